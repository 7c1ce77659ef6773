"""HTTP for what a mission has left: its places for everybody, its money for its publisher, and more of both."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.calls.catalogue.access import own_call, visible_call
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.ledger.domain import Ledger, Money, limits
from services.calls.ledger.store import LEDGERS
from services.calls.selection.places import usecases
from services.calls.selection.places.domain import More
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.preconditions import IfMatch, etag
from shared.ids import Id
from shared.mongo import Reader

router = APIRouter()


class Places(BaseModel):
    """None: no limit was said."""

    places: int | None
    taken: int
    left: int | None


class Accounts(BaseModel):
    """None: no budget was said. What is approved is within what is committed, what is paid within what is approved."""

    budget: Money | None
    committed: Money
    approved: Money
    paid: Money


@router.get("/calls/{id}/places")
async def places(id: Id, runtime: CurrentRuntime, caller: OptionalCaller) -> Places:
    ledger = await ledger_of(runtime.db, id, caller)
    return Places(places=ledger.places, taken=ledger.taken, left=ledger.places_left)


@router.put("/calls/{id}/places")
async def add_places(
    id: Id, body: More, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Places:
    """More of them, until the mission begins; who is on the reserve list has them at once. If-Match is the call's."""
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.add_places, id, body, caller, version)
    etag(response, call.version)
    return await places(id, runtime, caller)


async def ledger_of(reader: Reader, call_id: str, caller: Caller | None) -> Ledger:
    """Before anything was promised, it is what the call says. Raises NotFound."""
    call = await visible_call(reader, call_id, caller)
    if call.mission is None:
        raise NotFound("this call is no mission")
    return await LEDGERS.get(reader, call_id) or Ledger.model_validate(
        {"id": call_id, **limits(call.mission, call.budget)._asdict()}
    )


@router.get("/calls/{id}/accounts")
async def accounts(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> Accounts:
    await own_call(runtime.db, id, caller)
    ledger = await ledger_of(runtime.db, id, caller)
    money = {name: Money(cents=getattr(ledger, name)) for name in ("committed", "approved", "paid")}
    return Accounts(budget=None if ledger.budget is None else Money(cents=ledger.budget), **money)
