"""What members can do: say what interests them, read their inbox, stop the e-mails."""

from pydantic import BaseModel

from services.notifications.domain import MOST_INTERESTS, Interest, InterestBody
from services.notifications.store import ALERTS, MEMBERS, Alert, set_interests, set_member
from shared.auth import Caller
from shared.errors import NotFound, Refusal
from shared.mongo import Transaction


class TooManyInterests(Refusal):
    """Twenty are enough to say what one wants."""


class Marked(BaseModel):
    read: int


async def add_interest(tx: Transaction, id: str, body: InterestBody, caller: Caller) -> Interest:
    member = await MEMBERS.get(tx, caller.id)
    interests = member.interests if member else ()
    if len(interests) >= MOST_INTERESTS:
        raise TooManyInterests(f"at most {MOST_INTERESTS} interests; remove one first")
    interest = Interest(id=id, **body.model_dump())
    await set_interests(tx, caller.id, [*interests, interest])
    return interest


async def remove_interest(tx: Transaction, id: str, caller: Caller) -> None:
    member = await MEMBERS.get(tx, caller.id)
    interests = member.interests if member else ()
    kept = [interest for interest in interests if interest.id != id]
    if len(kept) == len(interests):
        raise NotFound("there is no such interest of yours")
    await set_interests(tx, caller.id, kept)


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


async def switch_mail(tx: Transaction, member_id: str, on: bool) -> None:
    """The inbox stays; only e-mails stop or start again."""
    await set_member(tx, member_id, mail=on)
