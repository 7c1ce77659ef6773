"""Collections of registrations and places; every query by name."""

from services.calls.gatherings.registrations.domain import LIVE, GatheringPlaces, Registration, RegistrationState
from shared.mongo import Collection, Reader, index

PLACES = Collection("places", GatheringPlaces)
REGISTRATIONS = Collection(
    "registrations",
    Registration,
    [index("gathering_id", "state", "number"), index("gathering_id", "_id"), index("member_id", "state", "-_id")],
)


def registration_id(gathering_id: str, member_id: str) -> str:
    """Return the id of a member's registration for a gathering."""
    return f"{gathering_id}:{member_id}"


async def first_waiting(reader: Reader, gathering_id: str, limit: int) -> list[Registration]:
    """Return the first registrations of the waiting list."""
    query = {"gathering_id": gathering_id, "state": RegistrationState.WAITING}
    return await REGISTRATIONS.find(reader, query, sort=[("number", 1)], limit=limit)


async def waiting_position(reader: Reader, registration: Registration) -> int:
    """Return the position of a waiting registration on the waiting list, from 1."""
    ahead = {
        "gathering_id": registration.gathering_id,
        "state": RegistrationState.WAITING,
        "number": {"$lt": registration.number},
    }
    return await REGISTRATIONS.count(reader, ahead) + 1


async def list_registrations(
    reader: Reader, gathering_id: str, states: tuple[RegistrationState, ...], after: int, limit: int
) -> list[Registration]:
    """Return registrations for a gathering in order of number; `after` is the number of the last one seen."""
    query = {"gathering_id": gathering_id, "state": {"$in": [*states]}, "number": {"$gt": after}}
    return await REGISTRATIONS.find(reader, query, sort=[("number", 1)], limit=limit)


async def list_live_registrations(reader: Reader, gathering_id: str, after: str, limit: int) -> list[Registration]:
    """Return registered and waiting members' registrations in order of id; `after` is the last id seen."""
    query = {"gathering_id": gathering_id, "state": {"$in": [*LIVE]}, "_id": {"$gt": after}}
    return await REGISTRATIONS.find(reader, query, limit=limit)


async def registrations_of_member(reader: Reader, member_id: str, limit: int) -> list[Registration]:
    """Return a member's live registrations and those for cancelled gatherings, the newest gathering first."""
    query = {"member_id": member_id, "state": {"$in": [*LIVE, RegistrationState.CANCELLED]}}
    return await REGISTRATIONS.find(reader, query, sort=[("_id", -1)], limit=limit)
