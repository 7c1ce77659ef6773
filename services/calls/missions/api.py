"""HTTP for what a mission has left: its places for everybody, its money for its publisher, and more of both."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.calls.edge import By, Here, Perhaps
from services.calls.missions import usecases
from services.calls.missions.domain import Ledger, Money, More, limits
from services.calls.missions.store import LEDGERS
from services.calls.usecases import own, visible
from shared.auth import Caller
from shared.errors import NotFound
from shared.http import IfMatch, etag
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
async def places(id: Id, at: Here, by: Perhaps) -> Places:
    ledger = await ledger_of(at.db, id, by)
    return Places(places=ledger.places, taken=ledger.taken, left=ledger.places_left)


@router.put("/calls/{id}/places")
async def add_places(id: Id, body: More, at: Here, by: By, version: IfMatch, response: Response) -> Places:
    """More of them, until the mission begins; who is on the reserve list has them at once. If-Match is the call's."""
    async with at.resources.turns.take(id):
        call = await at.db.transact(usecases.add_places, id, body, by, version)
    etag(response, call.version)
    return await places(id, at, by)


async def ledger_of(at: Reader, call_id: str, by: Caller | None) -> Ledger:
    """Before anything was promised, it is what the call says. Raises NotFound."""
    call = await visible(at, call_id, by)
    if call.mission is None:
        raise NotFound("this call is no mission")
    return await LEDGERS.get(at, call_id) or Ledger.model_validate({"id": call_id, **limits(call.mission, call.budget)})


@router.get("/calls/{id}/accounts")
async def accounts(id: Id, at: Here, by: By) -> Accounts:
    await own(at.db, id, by)
    ledger = await ledger_of(at.db, id, by)
    money = {name: Money(cents=getattr(ledger, name)) for name in ("committed", "approved", "paid")}
    return Accounts(budget=None if ledger.budget is None else Money(cents=ledger.budget), **money)
