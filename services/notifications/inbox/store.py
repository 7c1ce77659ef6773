"""Storage and queries of alerts."""

from datetime import datetime

from services.notifications.inbox.domain import Alert
from shared.mongo import Collection, Query, Reader, behind, index

NAMING = index("about", where={"about": {"$gt": ""}})
ALERTS = Collection(
    "alerts",
    Alert,
    [index("member_id", "-at", "_id"), index("member_id", "read_at"), index("member_id", "occasion"), NAMING],
)


async def list_alerts(
    reader: Reader, member_id: str, unread: bool, after: tuple[datetime, str] | None, limit: int
) -> list[Alert]:
    """Return the alerts of a member, or only the unread ones, the newest first."""
    query: Query = {"member_id": member_id, **behind("at", after, newest_first=True)}
    if unread:
        query = {**query, "read_at": None}
    return await ALERTS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=limit)


async def count_unread(reader: Reader, member_id: str) -> int:
    """Return the number of alerts of a member that are unread."""
    return await ALERTS.count(reader, {"member_id": member_id, "read_at": None})


async def last_read_together(reader: Reader, member_id: str, since: datetime) -> tuple[datetime, int] | None:
    """Return when a member last read alerts, if they marked several at once since a time, and their number."""
    read = {"member_id": member_id, "read_at": {"$gte": since}}
    newest = await ALERTS.find(reader, read, sort=[("read_at", -1)], limit=1)
    if not newest or newest[0].read_at is None:
        return None
    number = await ALERTS.count(reader, {"member_id": member_id, "read_at": newest[0].read_at})
    return (newest[0].read_at, number) if number > 1 else None
