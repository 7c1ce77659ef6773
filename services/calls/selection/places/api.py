"""HTTP for the places and the accounts of a mission."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import own_call, visible_call
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.ledger.domain import Ledger, Money, limits
from services.calls.ledger.store import LEDGERS
from services.calls.selection.places import usecases
from services.calls.selection.places.domain import HigherLimits
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals
from shared.mongo import Reader

router = APIRouter(tags=["Places"])


class MissionPlaces(BaseModel):
    """Places of a mission. Null: the number is not limited."""

    places: int | None
    taken: int
    left: int | None

    @classmethod
    def of(cls, ledger: Ledger) -> "MissionPlaces":
        """Return the places of a ledger."""
        return cls(places=ledger.places, taken=ledger.taken, left=ledger.places_left)


class MissionAccounts(BaseModel):
    """Money of a mission. Approved money is part of the committed money, and paid money of the approved money."""

    budget: Money | None = Field(description="Null: the budget is not limited")
    committed: Money = Field(description="Set aside for selected applicants")
    approved: Money
    paid: Money

    @classmethod
    def of(cls, ledger: Ledger) -> "MissionAccounts":
        """Return the accounts of a ledger."""
        return cls(
            budget=None if ledger.budget is None else Money(cents=ledger.budget),
            committed=Money(cents=ledger.committed),
            approved=Money(cents=ledger.approved),
            paid=Money(cents=ledger.paid),
        )


@router.get(
    "/calls/{id}/places",
    operation_id="read_places",
    summary="Read the places of a mission",
    responses=refusals({404: "Call not found, or not a mission"}),
)
async def read_places(id: CallId, runtime: CurrentRuntime, caller: OptionalCaller) -> MissionPlaces:
    """Return how many places a mission has, and how many are left."""
    return MissionPlaces.of(await ledger_of(runtime.db, id, caller))


@router.put(
    "/calls/{id}/places",
    operation_id="add_places",
    summary="Add places or money to a mission",
    responses=refusals(
        {
            404: "Call not found, not a mission, or you do not publish it",
            409: "The call is not public, or the mission has started",
            412: "The call has changed since you read it",
            422: "The new limits are not higher than the old ones",
        }
    ),
)
async def add_places(
    id: CallId, body: HigherLimits, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> MissionPlaces:
    """Raise the limits of a mission until it starts; applications on the reserve list get the places at once.

    If-Match takes the ETag of the call.
    """
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.add_places, id, body, caller, version)
    etag(response, call.version)
    return await read_places(id, runtime, caller)


@router.get(
    "/calls/{id}/accounts",
    operation_id="read_accounts",
    summary="Read the accounts of a mission",
    responses=refusals({404: "Call not found, not a mission, or you do not publish it"}),
)
async def read_accounts(id: CallId, runtime: CurrentRuntime, caller: CurrentCaller) -> MissionAccounts:
    """Return the budget of a mission, and the money committed, approved and paid; for its publisher."""
    await own_call(runtime.db, id, caller)
    return MissionAccounts.of(await ledger_of(runtime.db, id, caller))


async def ledger_of(reader: Reader, call_id: str, caller: Caller | None) -> Ledger:
    """Return the ledger of a mission; before the first commitment, the limits of its call. Raises NotFound."""
    call = await visible_call(reader, call_id, caller)
    if call.mission is None:
        raise NotFound("This call is not a mission, so it has no places and no accounts.")
    stored = await LEDGERS.get(reader, call_id)
    if stored:
        return stored
    places, budget = limits(call.mission, call.budget)
    return Ledger(id=call_id, places=places, budget=budget)
