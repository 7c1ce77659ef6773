"""What members can do: say what interests them, read their inbox, stop the e-mails."""

from services.notifications.preferences.domain import MOST_INTERESTS, Interest, InterestBody
from services.notifications.preferences.store import MEMBERS, set_interests, set_member
from shared.auth import Caller
from shared.contracts.profiles import MemberConfirmed
from shared.errors import NotFound, Refusal
from shared.mongo import Transaction


class TooManyInterests(Refusal):
    """Twenty are enough to say what one wants."""


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


async def switch_mail(tx: Transaction, member_id: str, on: bool) -> None:
    """The inbox stays; only e-mails stop or start again."""
    await set_member(tx, member_id, mail=on)


async def on_member_confirmed(tx: Transaction, event: MemberConfirmed) -> None:
    await set_member(tx, event.member_id, email=event.email, confirmed=True)
