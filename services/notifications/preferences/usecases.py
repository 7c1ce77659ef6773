"""Use cases of preferences: keep copies of members, add, change and remove interests, switch e-mail on and off."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notifications.preferences.domain import (
    MOST_INTERESTS,
    Interest,
    InterestBody,
    Member,
    Scope,
    Subscription,
    Topic,
    first_reason,
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
from services.notifications.things.domain import CallThing
from services.notifications.things.store import MOST_OPEN, open_calls
from shared.auth import Caller
from shared.contracts.profiles import MemberConfirmed, MemberRegistered, OperatorAppointed, OperatorDismissed
from shared.errors import NotFound, Refusal
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

FOLDED_AT_ONCE = 100  # members in one transaction


class TooManyInterests(Refusal):
    """The member already has the largest number of interests."""


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Store the copy of a member, unless a newer one is stored; old events do not tell who is an operator.

    E-mails are sent again to a new address, also if those to the address before it were refused.
    """
    known = await MEMBERS.get(tx, event.member_id)
    if event.operator:
        await _set_role(tx, known, event, operator=True)
    if known and known.account_version >= event.version:
        return
    values: dict[str, Any] = {"email": event.email, "name": event.name, "account_version": event.version}
    if known and known.email != event.email:
        values["undeliverable"] = ""
    await set_contact(tx, event.member_id, values)


async def on_role_changed(tx: Transaction, event: OperatorAppointed | OperatorDismissed) -> None:
    """Store that a member operates the platform, or no longer does."""
    known = await MEMBERS.get(tx, event.member_id)
    await _set_role(tx, known, event, operator=isinstance(event, OperatorAppointed))


async def _set_role(
    tx: Transaction,
    known: Member | None,
    event: MemberRegistered | OperatorAppointed | OperatorDismissed,
    *,
    operator: bool,
) -> None:
    """Store whether a member operates the platform, unless a newer event about that is stored."""
    if known is None or event.version > known.role_version:
        await set_contact(tx, event.member_id, {"operator": operator, "role_version": event.version})


async def on_member_confirmed(tx: Transaction, event: MemberConfirmed) -> None:
    """Store that the address of a member is confirmed."""
    known = await MEMBERS.get(tx, event.member_id)
    is_old = known is not None and known.account_version > event.version
    await set_confirmed(tx, event.member_id, known.email if known and is_old else event.email)


async def add_interest(tx: Transaction, id: str, body: InterestBody, caller: Caller) -> Interest:
    """Store another interest of the caller. Raises TooManyInterests."""
    member = await MEMBERS.get(tx, caller.id)
    interests = member.interests if member else ()
    if len(interests) >= MOST_INTERESTS:
        raise TooManyInterests(
            _(
                "You have {most_interests} interests, which is the limit. Remove one to add another.",
                most_interests=MOST_INTERESTS,
            )
        )
    interest = Interest.of(id, body)
    await set_interests(tx, caller.id, [*interests, interest])
    return interest


async def interests_of(reader: Reader, caller: Caller) -> list[Interest]:
    """Return the interests of the caller, the oldest first."""
    member = await MEMBERS.get(reader, caller.id)
    return list(member.interests) if member else []


async def interest_of(reader: Reader, id: str, caller: Caller) -> Interest:
    """Return an interest of the caller. Raises NotFound."""
    found = next((interest for interest in await interests_of(reader, caller) if interest.id == id), None)
    if found is None:
        raise NotFound(_("Interest not found."))
    return found


async def replace_interest(tx: Transaction, id: str, body: InterestBody, caller: Caller) -> Interest:
    """Store an interest of the caller with other criteria. Raises NotFound."""
    await interest_of(tx, id, caller)
    changed = Interest.of(id, body)
    interests = await interests_of(tx, caller)
    await set_interests(tx, caller.id, [changed if interest.id == id else interest for interest in interests])
    return changed


async def remove_interest(tx: Transaction, id: str, caller: Caller) -> None:
    """Remove an interest of the caller. Raises NotFound."""
    removed = await interest_of(tx, id, caller)
    await set_interests(tx, caller.id, [each for each in await interests_of(tx, caller) if each != removed])


async def calls_that_fit(db: Database, interests: Sequence[Interest]) -> tuple[list[tuple[CallThing, str]], bool]:
    """Return the open calls that match an interest, each with the reason, the next deadline first.

    The second value says whether there are calls that were not compared, because there are too many.
    """
    calls = await open_calls(db, db.now()) if interests else []
    fitting = [(call, reason) for call in calls if (reason := first_reason(interests, _topic(call)))]
    return fitting, len(calls) == MOST_OPEN


def _topic(call: CallThing) -> Topic:
    return Topic(list(call.ecosystems), list(call.countries), call.call_kind, call.texts, list(call.about))


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
