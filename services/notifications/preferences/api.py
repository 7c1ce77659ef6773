"""HTTP for members' interests and inboxes, and the operators' view of deliveries."""

from fastapi import APIRouter

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.preferences import usecases
from services.notifications.preferences.domain import Interest, InterestBody
from services.notifications.preferences.store import MEMBERS
from shared.http.preconditions import IdempotencyKey
from shared.idempotency import idempotent
from shared.ids import Id, new_id

router = APIRouter()


@router.post("/interests", status_code=201)
async def add_interest(
    body: InterestBody, runtime: CurrentRuntime, caller: CurrentCaller, key: IdempotencyKey = None
) -> Interest:
    request = "interest" + body.model_dump_json()
    return await idempotent(
        runtime.db, key, caller.id, request, Interest, usecases.add_interest, new_id(), body, caller
    )


@router.get("/interests")
async def interests(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Interest]:
    member = await MEMBERS.get(runtime.db, caller.id)
    return list(member.interests) if member else []


@router.delete("/interests/{id}", status_code=204)
async def remove_interest(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    await runtime.db.transact(usecases.remove_interest, id, caller)
