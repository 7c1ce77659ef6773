"""HTTP for a member's interests."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.preferences import usecases
from services.notifications.preferences.domain import Interest, InterestBody
from services.notifications.preferences.store import MEMBERS
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id

router = APIRouter(tags=["Interests"])
InterestId = Annotated[Id, Path(description="Id of the interest")]


@router.post(
    "/interests",
    status_code=201,
    operation_id="add_interest",
    summary="Add an interest",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            409: "The caller already has 20 interests",
            422: "The interest has no criterion, or a value is not valid",
        }
    ),
)
async def add_interest(
    body: InterestBody, runtime: CurrentRuntime, caller: CurrentCaller, key: IdempotencyKey = None
) -> Interest:
    """Add an interest. You receive an alert about each call and gathering that matches one of your interests."""
    return await idempotent(runtime.db, key, caller.id, Interest, usecases.add_interest, new_id(), body, caller)


@router.get(
    "/interests",
    operation_id="list_interests",
    summary="List your interests",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def list_interests(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Interest]:
    """Return the interests of the caller."""
    member = await MEMBERS.get(runtime.db, caller.id)
    return list(member.interests) if member else []


@router.delete(
    "/interests/{id}",
    status_code=204,
    operation_id="remove_interest",
    summary="Remove an interest",
    responses=refusals({401: "The token is missing or not valid", 404: "Interest not found"}),
)
async def remove_interest(id: InterestId, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Remove one of your interests."""
    await runtime.db.transact(usecases.remove_interest, id, caller)
