"""Storage and queries of sessions."""

from datetime import datetime

from services.profiles.accounts.sessions.domain import Session, hour_of
from shared.mongo import Collection, Reader, index

MOST_SESSIONS = 100  # of one member
SESSIONS = Collection("sessions", Session, [index("member_id", "-_id"), index("ends_at", ttl=0)])


async def live_sessions(reader: Reader, member_id: str, now: datetime) -> list[Session]:
    """Return the sessions of a member that have not ended, newest first."""
    live = {"member_id": member_id, "ends_at": {"$gt": now}}
    return await SESSIONS.find(reader, live, sort=[("_id", -1)], limit=MOST_SESSIONS)


async def set_used(reader: Reader, id: str, now: datetime) -> None:
    """Store the hour in which a session was used."""
    hour = hour_of(now)
    await SESSIONS.update(reader, {"_id": id, "used_at": {"$lt": hour}}, {"$set": {"used_at": hour}})
