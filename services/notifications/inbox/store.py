"""Where alerts are kept."""

from datetime import datetime

from services.notifications.inbox.domain import Alert
from shared.mongo import Collection, Reader, behind, index

ALERTS = Collection(
    "alerts",
    Alert,
    [index("member_id", "-at", "_id"), index("member_id", "read_at"), index("member_id", "occasion")],
)


async def inbox(
    reader: Reader, member_id: str, unread: bool, after: tuple[datetime, str] | None, limit: int
) -> list[Alert]:
    """A member's alerts, the newest first."""
    unread_only = {"read_at": None} if unread else {}
    query = {"member_id": member_id, **unread_only, **behind("at", after, newest_first=True)}
    return await ALERTS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=limit)
