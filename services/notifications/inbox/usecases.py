"""Use cases of the inbox: mark alerts as read, and as unread again."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from shared.auth import Caller
from shared.errors import NotFound
from shared.models import Body, Moment
from shared.mongo import Transaction
from shared.sentences import _


class MarkedRead(BaseModel):
    """Result of marking all alerts as read."""

    read: int = Field(description="Number of alerts that were unread before")
    at: datetime = Field(description="Time of reading; with it, `POST /inbox/unread` undoes this")


class ReadAt(Body):
    """The time at which all alerts were marked as read."""

    at: Moment = Field(description="`at` of the answer to `POST /inbox/read`")


class MarkedUnread(BaseModel):
    """Result of undoing that."""

    unread: int = Field(description="Number of alerts that are unread again")


async def mark_read(tx: Transaction, id: str, caller: Caller) -> Alert:
    """Mark an alert of the caller as read; a repetition keeps the first time. Raises NotFound."""
    own_alert = {"_id": id, "member_id": caller.id}
    await ALERTS.update(tx, {**own_alert, "read_at": None}, {"$set": {"read_at": tx.now}})
    alert = await ALERTS.first(tx, own_alert)
    if alert is None:
        raise NotFound(_("Alert not found."))
    return alert


async def mark_all_read(tx: Transaction, caller: Caller) -> MarkedRead:
    """Mark every unread alert of the caller as read."""
    unread = {"member_id": caller.id, "read_at": None}
    read = await ALERTS.update(tx, unread, {"$set": {"read_at": tx.now}})
    return MarkedRead(read=read, at=tx.now)


async def mark_unread(tx: Transaction, id: str, caller: Caller) -> Alert:
    """Mark an alert of the caller as unread again. Raises NotFound."""
    own_alert = {"_id": id, "member_id": caller.id}
    await ALERTS.update(tx, own_alert, {"$set": {"read_at": None}})
    alert = await ALERTS.first(tx, own_alert)
    if alert is None:
        raise NotFound(_("Alert not found."))
    return alert


async def mark_all_unread(tx: Transaction, body: ReadAt, caller: Caller) -> MarkedUnread:
    """Mark the alerts of the caller as unread again that were marked as read at one time."""
    read_then = {"member_id": caller.id, "read_at": body.at}
    return MarkedUnread(unread=await ALERTS.update(tx, read_then, {"$set": {"read_at": None}}))
