"""HTTP for the places and the accounts of a mission."""

from fastapi import APIRouter, Response

from services.calls.catalogue.access import own_call
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.selection.places import usecases
from services.calls.selection.places.domain import HigherLimits
from services.calls.selection.places.views import MissionAccounts, MissionPlaces, ledger_of
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Places"])


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
