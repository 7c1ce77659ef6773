"""Storage and queries of alerts."""

from datetime import datetime

from services.notifications.inbox.domain import Alert
from shared.mongo import Collection, Query, Reader, behind, index

ALERTS = Collection(
    "alerts",
    Alert,
    [index("member_id", "-at", "_id"), index("member_id", "read_at"), index("member_id", "occasion")],
)


async def list_alerts(
    reader: Reader, member_id: str, unread: bool, after: tuple[datetime, str] | None, limit: int
) -> list[Alert]:
    """Return the alerts of a member, or only the unread ones, the newest first."""
    query: Query = {"member_id": member_id, **behind("at", after, newest_first=True)}
    if unread:
        query = {**query, "read_at": None}
    return await ALERTS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=limit)
