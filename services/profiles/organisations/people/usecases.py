"""Use cases of people: list them, invite and accept, change a role, remove, leave, hand over, appoint."""

from services.profiles.accounts.domain import normal_email
from services.profiles.accounts.store import MEMBERS, member_by_email
from services.profiles.accounts.usecases import own_account
from services.profiles.organisations.domain import Membership, Organisation
from services.profiles.organisations.memberships import end_membership, set_role
from services.profiles.organisations.people.domain import (
    VALID_FOR,
    AlreadyInvited,
    AlreadyMember,
    Departure,
    Invitation,
    InvitationBody,
    InvitationView,
    LastAdministrator,
    MembershipView,
    OtherAddress,
    PersonView,
    ReceivedInvitation,
    RoleBody,
)
from services.profiles.organisations.people.store import (
    INVITATIONS,
    OPEN_INVITATIONS,
    PEOPLE,
    has_other_administrator,
    open_at,
    open_invitations,
    people_after,
)
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import (
    MEMBERSHIPS,
    ORGANISATIONS,
    OWN_ORGANISATIONS,
    membership_id,
    next_version,
    role_in,
)
from services.profiles.organisations.usecases import ADMINISTRATOR, NOT_AN_ADMINISTRATOR
from shared.auth import Caller
from shared.clock import real_now
from shared.contracts.profiles import MemberNominated
from shared.errors import NotAllowed, NotFound, not_found
from shared.http.paging import Page, Paging, decode_cursor, page_of
from shared.models import ExpectedVersion
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

NOT_A_MEMBER = _("Organisation not found, or you do not belong to it.")
NO_SUCH_PERSON = _("This person does not belong to the organisation any more. Read the list again.")
NO_INVITATION = _("This invitation has expired, or it was withdrawn or accepted. Ask an administrator for a new one.")


async def administered(reader: Reader, id: str, caller: Caller) -> Organisation:
    """Return an organisation for one of its administrators. Raises NotFound."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None or await role_in(reader, id, caller.id) != ADMINISTRATOR:
        raise not_found(organisation, NOT_AN_ADMINISTRATOR)
    return organisation


async def overseen(reader: Reader, id: str, caller: Caller) -> Organisation:
    """Return an organisation for an operator, or for one of its administrators. Raises NotFound."""
    if not caller.operator:
        return await administered(reader, id, caller)
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None:
        raise NotFound(NOT_AN_ADMINISTRATOR)
    return organisation


async def people(reader: Reader, id: str, caller: Caller, paging: Paging) -> Page[PersonView]:
    """Return a page of the people of an organisation. Raises NotFound, and Invalid for a wrong cursor."""
    await overseen(reader, id, caller)
    after = decode_cursor(paging.cursor, 2)[1] if paging.cursor else ""
    memberships = await people_after(reader, id, after, paging.limit + 1)
    ids = [each.member_id for each in memberships]
    members = {each.id: each for each in await MEMBERS.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))}

    def view(each: Membership) -> PersonView:
        member = members.get(each.member_id)
        name, email = (member.name, member.email) if member else ("", "")
        return PersonView(id=each.member_id, version=each.version, name=name, email=email, role=each.role)

    return page_of(PersonView, memberships, paging.limit, "id", view)


async def invitations(db: Database, id: str, caller: Caller) -> list[InvitationView]:
    """Return the open invitations of an organisation. Raises NotFound."""
    await overseen(db, id, caller)
    return [InvitationView.of(each) for each in await open_invitations(db, id, db.now())]


async def invite(tx: Transaction, invitation_id: str, id: str, body: InvitationBody, caller: Caller) -> InvitationView:
    """Store an invitation and publish it. Raises NotFound, AlreadyMember, AlreadyInvited, QuotaReached."""
    await next_version(tx, id)
    organisation = await administered(tx, id, caller)
    email = normal_email(body.email)
    member = await member_by_email(tx, email)
    if member and await role_in(tx, id, member.id):
        detail = _("The owner of this address belongs to the organisation. Change their role in the list of people.")
        raise AlreadyMember(detail, field="email")
    await INVITATIONS.delete(tx, {"organisation_id": id, "ends_at": {"$lte": tx.now}})
    if await INVITATIONS.first(tx, {"organisation_id": id, "email": email}):
        detail = _("This address has an open invitation. Withdraw it to send another one.")
        raise AlreadyInvited(detail, field="email")
    await OPEN_INVITATIONS.check(tx, id, open_at(id, tx.now))
    return await store_invitation(tx, invitation_id, organisation, body)


async def store_invitation(
    tx: Transaction, invitation_id: str, organisation: Organisation, body: InvitationBody
) -> InvitationView:
    """Store an invitation that nothing forbids, and publish it."""
    invitation = Invitation(
        id=invitation_id,
        organisation_id=organisation.id,
        email=normal_email(body.email),
        role=body.role,
        at=real_now(),
        ends_at=tx.now + VALID_FOR,
    )
    await INVITATIONS.insert(tx, invitation)
    tx.publish(
        MemberNominated(
            invitation_id=invitation_id,
            organisation_id=organisation.id,
            organisation_name=organisation.name if organisation.status is Status.PUBLISHED else "",
            role=body.role,
            email=invitation.email,
        )
    )
    return InvitationView.of(invitation)


async def withdraw_invitation(tx: Transaction, id: str, invitation_id: str, caller: Caller) -> None:
    """Delete an invitation, so that its link no longer works. Raises NotFound."""
    await next_version(tx, id)
    await administered(tx, id, caller)
    if not await INVITATIONS.delete(tx, {"_id": invitation_id, "organisation_id": id}):
        raise NotFound(_("Invitation not found. It was accepted or withdrawn; read the list again."))


async def received(db: Database, invitation_id: str) -> ReceivedInvitation:
    """Return an invitation for the person who has its link. Raises NotFound."""
    invitation = await INVITATIONS.get(db, invitation_id)
    if invitation is None or invitation.ends_at <= db.now():
        raise NotFound(NO_INVITATION)
    organisation = await ORGANISATIONS.get(db, invitation.organisation_id)
    if organisation is None or organisation.status is Status.MERGED:
        raise NotFound(NO_INVITATION)
    view = InvitationView.of(invitation).model_dump()
    return ReceivedInvitation(**view, organisation_id=organisation.id, organisation_name=organisation.name)


async def accept(tx: Transaction, invitation_id: str, caller: Caller) -> MembershipView:
    """Give the owner of an invited address the membership. Raises NotFound, OtherAddress, QuotaReached."""
    invitation = await INVITATIONS.get(tx, invitation_id)
    if invitation is None or invitation.ends_at <= tx.now:
        raise NotFound(NO_INVITATION)
    id = invitation.organisation_id
    version = await next_version(tx, id)
    organisation = await ORGANISATIONS.get(tx, id)
    if organisation is None or organisation.status is Status.MERGED:
        raise NotFound(NO_INVITATION)
    member = await own_account(tx, caller.id)
    await MEMBERS.touch(tx, member)
    if member.email != invitation.email:
        raise OtherAddress(
            _("This invitation is for another address than that of your account. Log in with the invited address.")
        )
    await INVITATIONS.delete(tx, {"_id": invitation_id})
    membership = await MEMBERSHIPS.get(tx, membership_id(id, caller.id))
    if membership is None:
        await OWN_ORGANISATIONS.check(tx, caller.id, {"member_id": caller.id})
        await PEOPLE.check(tx, id, {"organisation_id": id})
    elif membership.role == ADMINISTRATOR:
        return view_of(membership)
    joined = await set_role(
        tx,
        id,
        caller.id,
        invitation.role,
        version,
        organisation_name=organisation.name,
        member_name=member.name,
    )
    return view_of(joined)


async def change_role(
    tx: Transaction, id: str, member_id: str, body: RoleBody, caller: Caller, expected: ExpectedVersion
) -> MembershipView:
    """Give a person another role. Raises NotFound, Stale, LastAdministrator."""
    version = await next_version(tx, id)
    name = await _name_to_tell(tx, id, caller, member_id)
    membership = await _person(tx, id, member_id)
    expected.check(membership.version)
    if membership.role == body.role:
        return view_of(membership)
    await _require_other_administrator(tx, membership)
    return view_of(await set_role(tx, id, member_id, body.role, version, organisation_name=name))


async def remove(tx: Transaction, id: str, member_id: str, caller: Caller) -> None:
    """End the membership of a person. Raises NotFound, LastAdministrator."""
    version = await next_version(tx, id)
    name = await _name_to_tell(tx, id, caller, member_id)
    membership = await _person(tx, id, member_id)
    await _require_other_administrator(tx, membership)
    await end_membership(tx, membership, version, organisation_name=name)


async def leave(tx: Transaction, id: str, departure: Departure, caller: Caller) -> None:
    """End the membership of the caller, after making a successor an administrator if one is named.

    Raises NotFound, NotAllowed, LastAdministrator.
    """
    version = await next_version(tx, id)
    membership = await MEMBERSHIPS.get(tx, membership_id(id, caller.id))
    if membership is None:
        raise not_found(await ORGANISATIONS.get(tx, id), NOT_A_MEMBER)
    if departure.successor:
        if membership.role != ADMINISTRATOR:
            raise NotAllowed(_("Only administrators hand over. Leave without a successor."), field="successor")
        successor = await _person(tx, id, departure.successor, "successor")
        if successor.role != ADMINISTRATOR:
            name = (await administered(tx, id, caller)).name
            await set_role(tx, id, successor.member_id, ADMINISTRATOR, version, organisation_name=name)
    await _require_other_administrator(tx, membership)
    await end_membership(tx, membership, version)


async def appoint(tx: Transaction, id: str, email: str, caller: Caller) -> MembershipView:
    """Make a member of the platform an administrator, for an operator. Raises NotAllowed, NotFound."""
    caller.require_operator(_("Only operators of the platform appoint administrators."))
    version = await next_version(tx, id)
    organisation = await overseen(tx, id, caller)
    member = await member_by_email(tx, email)
    if member is None or not member.is_settled:
        raise NotFound(_("No member has this address. The person registers first."), field="email")
    await MEMBERS.touch(tx, member)
    return view_of(await set_role(tx, id, member.id, ADMINISTRATOR, version, organisation_name=organisation.name))


def view_of(membership: Membership) -> MembershipView:
    """Return the view of a membership."""
    return MembershipView(**membership.model_dump(include={"organisation_id", "member_id", "version", "role"}))


async def _name_to_tell(tx: Transaction, id: str, caller: Caller, member_id: str) -> str:
    """Return the name of the organisation for the alert to a person; empty if that is the caller. Raises NotFound."""
    organisation = await administered(tx, id, caller)
    return "" if member_id == caller.id else organisation.name


async def _person(tx: Transaction, id: str, member_id: str, field: str | None = None) -> Membership:
    membership = await MEMBERSHIPS.get(tx, membership_id(id, member_id))
    if membership is None:
        raise NotFound(NO_SUCH_PERSON, field=field)
    return membership


async def _require_other_administrator(tx: Transaction, membership: Membership) -> None:
    if membership.role == ADMINISTRATOR and not await has_other_administrator(tx, membership):
        raise LastAdministrator(
            _("An organisation needs an administrator, and there is no other one. Make another person one first.")
        )
