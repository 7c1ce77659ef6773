"""What members can do with their inbox."""

from pydantic import BaseModel

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from shared.auth import Caller
from shared.errors import NotFound
from shared.mongo import Transaction


class Marked(BaseModel):
    read: int


async def mark_read(tx: Transaction, id: str, caller: Caller) -> Alert:
    """Reading twice keeps the first time. Raises NotFound."""
    mine = {"_id": id, "member_id": caller.id}
    await ALERTS.update(tx, {**mine, "read_at": None}, {"$set": {"read_at": tx.now}})
    alert = await ALERTS.first(tx, mine)
    if alert is None:
        raise NotFound("there is no such alert of yours")
    return alert


async def mark_all_read(tx: Transaction, caller: Caller) -> Marked:
    unread = {"member_id": caller.id, "read_at": None}
    return Marked(read=await ALERTS.update(tx, unread, {"$set": {"read_at": tx.now}}))
