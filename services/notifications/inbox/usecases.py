"""Use cases of the inbox: mark alerts as read."""

from pydantic import BaseModel, Field

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from shared.auth import Caller
from shared.errors import NotFound
from shared.mongo import Transaction


class MarkedRead(BaseModel):
    """Result of marking all alerts as read."""

    read: int = Field(description="Number of alerts that were unread before")


async def mark_read(tx: Transaction, id: str, caller: Caller) -> Alert:
    """Mark an alert of the caller as read; a repetition keeps the first time. Raises NotFound."""
    own_alert = {"_id": id, "member_id": caller.id}
    await ALERTS.update(tx, {**own_alert, "read_at": None}, {"$set": {"read_at": tx.now}})
    alert = await ALERTS.first(tx, own_alert)
    if alert is None:
        raise NotFound("Alert not found.")
    return alert


async def mark_all_read(tx: Transaction, caller: Caller) -> MarkedRead:
    """Mark every unread alert of the caller as read."""
    unread = {"member_id": caller.id, "read_at": None}
    return MarkedRead(read=await ALERTS.update(tx, unread, {"$set": {"read_at": tx.now}}))
