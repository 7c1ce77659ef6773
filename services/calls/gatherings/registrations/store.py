"""Where registrations and places are kept; every query by name."""

from services.calls.gatherings.registrations.domain import LIVE, Places, Registration, State
from shared.mongo import Collection, Reader, index

PLACES = Collection("places", Places)
REGISTRATIONS = Collection(
    "registrations",
    Registration,
    [index("gathering_id", "state", "number"), index("gathering_id", "_id"), index("member_id", "state", "-_id")],
)


def registration_id(gathering_id: str, member_id: str) -> str:
    return f"{gathering_id}:{member_id}"


async def first_waiting(reader: Reader, gathering_id: str, limit: int) -> list[Registration]:
    query = {"gathering_id": gathering_id, "state": State.WAITING}
    return await REGISTRATIONS.find(reader, query, sort=[("number", 1)], limit=limit)


async def position(reader: Reader, registration: Registration) -> int:
    """On the waiting list, from 1."""
    ahead = {
        "gathering_id": registration.gathering_id,
        "state": State.WAITING,
        "number": {"$lt": registration.number},
    }
    return await REGISTRATIONS.count(reader, ahead) + 1


async def participants(
    reader: Reader, gathering_id: str, states: tuple[State, ...], after: int, limit: int
) -> list[Registration]:
    """In order of number; `after` is that of the last one seen."""
    query = {"gathering_id": gathering_id, "state": {"$in": [*states]}, "number": {"$gt": after}}
    return await REGISTRATIONS.find(reader, query, sort=[("number", 1)], limit=limit)


async def live_page(reader: Reader, gathering_id: str, after: str, limit: int) -> list[Registration]:
    """Who has a place or waits, in order of id."""
    query = {"gathering_id": gathering_id, "state": {"$in": [*LIVE]}, "_id": {"$gt": after}}
    return await REGISTRATIONS.find(reader, query, limit=limit)


async def of_member(reader: Reader, member_id: str, limit: int) -> list[Registration]:
    """What she has a place in, waits for, or would have gone to, the newest gathering first."""
    query = {"member_id": member_id, "state": {"$in": [*LIVE, State.CANCELLED]}}
    return await REGISTRATIONS.find(reader, query, sort=[("_id", -1)], limit=limit)
