"""Use cases of changes of addresses: ask for one, and make it by its link."""

from services.profiles.accounts.addresses.domain import (
    AddressAsked,
    AddressChange,
    AddressTaken,
    AddressView,
    SameAddress,
)
from services.profiles.accounts.addresses.store import ADDRESS_CHANGES
from services.profiles.accounts.domain import Member, MemberView, normal_email
from services.profiles.accounts.store import MEMBERS, REGISTRATIONS, member_by_email
from services.profiles.accounts.usecases import confirmed_event, own_account, registered_event
from shared.clock import real_now
from shared.contracts.profiles import AddressRequested, MemberChallenged, MemberReminded
from shared.errors import NotFound, Stale
from shared.mongo import Reader, Transaction
from shared.mongo.collection import CHANGED
from shared.sentences import _

USED = _("This link was used, has expired, or the password was changed since. Ask for the change again at /me/address.")


async def ask_for_address(tx: Transaction, id: str, known: Member, email: str, *, may_mail: bool) -> AddressAsked:
    """Let the owner of an address get a link, and tell the member at the present one. Raises SameAddress, Stale.

    A member who has the address already is told that they have an account. The answer is the same.
    """
    email = normal_email(email)
    member = await own_account(tx, known.id)
    if member.password_number != known.password_number:
        raise Stale(CHANGED)
    if member.email == email:
        raise SameAddress(_("Your account has this address already."), field="email")
    await MEMBERS.touch(tx, member)
    await ADDRESS_CHANGES.delete(tx, {"member_id": member.id})
    owner = await member_by_email(tx, email)
    if owner is None or not owner.is_settled:
        change = AddressChange(
            id=id, member_id=member.id, email=email, password_number=member.password_number, at=real_now()
        )
        await ADDRESS_CHANGES.insert(tx, change)
        if may_mail:
            tx.publish(MemberChallenged(change_id=id, email=email, member_id=member.id))
    elif may_mail:
        tx.publish(MemberReminded(member_id=owner.id, email=email))
    tx.publish(AddressRequested(member_id=member.id))
    return AddressAsked(email=email)


async def asked_address(reader: Reader, change_id: str) -> AddressView:
    """Return the address that a link is for. Raises NotFound."""
    change, _member = await _open_change(reader, change_id)
    return AddressView(email=change.email)


async def move(tx: Transaction, change_id: str) -> MemberView:
    """Give an account the address whose owner opened the link. Raises NotFound, AddressTaken.

    The links that reset a password and went to the address before end: its mailbox may be that of another person now.
    """
    change, member = await _open_change(tx, change_id)
    owner = await member_by_email(tx, change.email)
    if owner and owner.is_settled:
        raise AddressTaken(
            _(
                "This address has an account by now, and yours stays as it is. "
                "Log in to that one, or use another address."
            )
        )
    if owner:
        await MEMBERS.delete(tx, {"_id": owner.id})  # a stranger's, of version 0.1
    await REGISTRATIONS.delete(tx, {"email": change.email})
    await ADDRESS_CHANGES.delete(tx, {"member_id": member.id})
    after = member.replace(email=change.email, confirmed=True, password_number=member.password_number + 1)
    changed = await MEMBERS.change(tx, member, after)
    tx.publish(registered_event(changed))
    tx.publish(confirmed_event(changed))
    return MemberView.of(changed)


async def _open_change(reader: Reader, change_id: str) -> tuple[AddressChange, Member]:
    """Return a change that waits for its link, and its member. Raises NotFound."""
    change = await ADDRESS_CHANGES.get(reader, change_id)
    member = await MEMBERS.get(reader, change.member_id) if change else None
    if change is None or member is None or member.password_number != change.password_number:
        raise NotFound(USED)
    return change, member
