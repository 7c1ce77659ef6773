"""Use cases of preferences: keep copies of members, add and remove interests, switch e-mail on and off."""

from collections.abc import Mapping

from services.notifications.preferences.domain import (
    MOST_INTERESTS,
    Interest,
    InterestBody,
    Member,
    Scope,
    Subscription,
)
from services.notifications.preferences.store import (
    MEMBERS,
    members_folded_earlier,
    set_confirmed,
    set_contact,
    set_deliverable,
    set_interests,
    set_mail_consent,
)
from shared.auth import Caller
from shared.contracts.profiles import MemberConfirmed, MemberRegistered
from shared.errors import NotFound, Refusal
from shared.mongo import Database, Reader, Transaction

FOLDED_AT_ONCE = 100  # members in one transaction


class TooManyInterests(Refusal):
    """The member already has the largest number of interests."""


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Store the copy of a member; events of an earlier version do not tell who is an operator."""
    values = {"email": event.email, "name": event.name}
    await set_contact(tx, event.member_id, {**values, "operator": True} if event.operator else values)


async def on_member_confirmed(tx: Transaction, event: MemberConfirmed) -> None:
    """Store that the address of a member is confirmed."""
    await set_confirmed(tx, event.member_id, event.email)


async def add_interest(tx: Transaction, id: str, body: InterestBody, caller: Caller) -> Interest:
    """Store another interest of the caller. Raises TooManyInterests."""
    member = await MEMBERS.get(tx, caller.id)
    interests = member.interests if member else ()
    if len(interests) >= MOST_INTERESTS:
        raise TooManyInterests(f"You have {MOST_INTERESTS} interests, which is the limit. Remove one to add another.")
    interest = Interest(
        id=id,
        ecosystems=list(body.ecosystems),
        countries=list(body.countries),
        kinds=list(body.kinds),
        keywords=list(body.keywords),
    )
    await set_interests(tx, caller.id, [*interests, interest])
    return interest


async def remove_interest(tx: Transaction, id: str, caller: Caller) -> None:
    """Remove an interest of the caller. Raises NotFound."""
    member = await MEMBERS.get(tx, caller.id)
    interests = member.interests if member else ()
    kept = [interest for interest in interests if interest.id != id]
    if len(kept) == len(interests):
        raise NotFound("Interest not found.")
    await set_interests(tx, caller.id, kept)


async def change_consents(tx: Transaction, member_id: str, consents: Mapping[Scope, bool]) -> Subscription:
    """Stop or resume e-mails to a member; alerts arrive in the inbox in any case. To resume tries the address again."""
    await set_mail_consent(tx, member_id, consents)
    if any(consents.values()):
        await set_deliverable(tx, [member_id])
    return await subscription_of(tx, member_id)


async def subscription_of(reader: Reader, member_id: str) -> Subscription:
    """Return the consents of a member; a member who is not known yet takes all e-mails."""
    return Subscription.of(await MEMBERS.get(reader, member_id) or Member(id=member_id))


async def fold_again(db: Database) -> None:
    """Make the index keys of every member's interests again if an earlier release folded words in another way."""
    while await db.transact(_fold_some_again):
        pass


async def _fold_some_again(tx: Transaction) -> int:
    members = await members_folded_earlier(tx, FOLDED_AT_ONCE)
    for member in members:
        await set_interests(tx, member.id, member.interests)
    return len(members)
