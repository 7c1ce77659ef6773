"""Use cases of erasures: what stands in the way, erase a member, collect the answers, show the proof."""

from services.profiles.accounts.domain import Member
from services.profiles.accounts.sessions.usecases import end_sessions
from services.profiles.accounts.store import MEMBERS, member_by_email
from services.profiles.accounts.tokens.usecases import revoke_api_tokens
from services.profiles.accounts.usecases import own_account
from services.profiles.organisations.domain import Membership
from services.profiles.organisations.memberships import end_membership
from services.profiles.organisations.people.store import has_other_administrator
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import (
    MEMBERSHIPS,
    MOST_MEMBERSHIPS,
    ORGANISATIONS,
    next_version,
    organisations_of,
)
from services.profiles.privacy.erasures.domain import (
    AskedBy,
    Erased,
    Erasure,
    ErasureOutlook,
    ErasureView,
    HandOverFirst,
    Obstacle,
    ServiceAnswer,
)
from services.profiles.privacy.erasures.store import ERASURES, erasures_after, is_alone, other_operator
from shared.auth import Caller
from shared.contracts import Event
from shared.contracts.base import ErasureAnswered
from shared.contracts.profiles import ErasureCompleted, MemberErased
from shared.errors import NotFound
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.jobs import enqueue
from shared.mongo import Reader, Transaction
from shared.personal import ERASE, Person, PersonalData, counted, erase, note_erased
from shared.sentences import _, listed

ANSWERS = [contract for contract in Event.registry.values() if issubclass(contract, ErasureAnswered)]
EXPECTED = sorted(contract.type.partition(".")[0] for contract in ANSWERS)  # services that answer; profiles is one more
OWN = "profiles"
ONLY_OPERATORS = _("Only operators of the platform erase members who ask for it.")
LET_GO = {Status.WITHDRAWN, Status.TAKEN_DOWN, Status.MERGED, Status.REJECTED}  # a profile that needs no person now


async def outlook(reader: Reader, caller: Caller) -> ErasureOutlook:
    """Return what the caller does before their account can be erased. Raises NotFound."""
    member = await own_account(reader, caller.id)
    return ErasureOutlook(email=member.email, obstacles=await obstacles(reader, member))


async def obstacles(reader: Reader, member: Member) -> list[Obstacle]:
    """Return what is to be done before a member is erased, each with the page where it is done."""
    found = [await _obstacle(reader, membership) for membership in await _memberships(reader, member.id)]
    if member.operator and await other_operator(reader, member.id) is None:
        text = _("This is the only operator of the platform. Make another member an operator first.")
        found.append(Obstacle(text=text, url="/operators"))
    return [each for each in found if each]


async def _obstacle(reader: Reader, membership: Membership) -> Obstacle | None:
    organisation = await ORGANISATIONS.get(reader, membership.organisation_id)
    is_needed = membership.role == "administrator" and not await has_other_administrator(reader, membership)
    if organisation is None or not is_needed:
        return None
    name, page = organisation.name, f"/organisations/{organisation.id}"
    if not await is_alone(reader, membership):
        text = _("{name} has no other administrator. Make another person one first.", name=name)
        return Obstacle(text=text, url=f"{page}/people")
    if organisation.status in LET_GO:
        return None
    if organisation.is_deletable:
        text = _("No one else belongs to {name}, which was never public. Delete it first.", name=name)
        return Obstacle(text=text, url=page)
    text = _(
        "No one else belongs to {name}. Withdraw its profile, or invite a colleague and make them an administrator.",
        name=name,
    )
    return Obstacle(text=text, url=page)


async def erase_for_other(tx: Transaction, personal: PersonalData, email: str, caller: Caller) -> Erased:
    """Erase a member who asked an operator. Raises NotAllowed, NotFound, HandOverFirst."""
    caller.require_operator(ONLY_OPERATORS)
    member = await member_by_email(tx, email)
    if member is None:
        raise NotFound(_("No member has this address. Check it, or look into the list of erasures."), field="email")
    return await erase_member(tx, personal, member.id, "operator", caller.id)


async def erase_member(
    tx: Transaction, personal: PersonalData, member_id: str, asked_by: AskedBy, operator_id: str = ""
) -> Erased:
    """Erase a member here, and publish it, so that every service does. Raises NotFound, HandOverFirst.

    Their tokens end at once. The rosters of their organisations are raised first: no one takes over meanwhile.
    """
    member = await own_account(tx, member_id)
    memberships = await _memberships(tx, member_id)
    versions = {each.id: await next_version(tx, each.organisation_id) for each in memberships}
    for organisation in await organisations_of(tx, member_id):
        await ORGANISATIONS.touch(tx, organisation)  # whether it needs a person depends on its status
    if member.operator and (other := await other_operator(tx, member_id)):
        await MEMBERS.touch(tx, other)
    if asked_by != "restore" and (found := await obstacles(tx, member)):
        raise HandOverFirst(listed([_("{what} Page: {page}", what=each.text, page=each.url) for each in found], " "))
    person = Person(member_id, member.email, member.name)
    things = await counted(personal, tx, person)
    for membership in memberships:
        await end_membership(tx, membership, versions[membership.id])
    await end_sessions(tx, member_id)
    await revoke_api_tokens(tx, member_id)
    await MEMBERS.remove(tx, member)
    await erase(personal, tx, person)
    await note_erased(tx, member_id, things)
    own = ServiceAnswer(service=OWN, version=1, at=tx.now, things=things)
    erasure = Erasure(id=member_id, at=tx.now, asked_by=asked_by, operator_id=operator_id, answers=[own])
    await ERASURES.insert(tx, erasure)
    await enqueue(tx, ERASE, {"member_id": member_id, "email": member.email, "name": member.name})
    tx.publish(MemberErased(member_id=member_id))
    return Erased(id=member_id)


async def on_answer(personal: PersonalData, tx: Transaction, event: ErasureAnswered) -> None:
    """Keep the answer of a service; with the last one, the erasure is completed.

    If the member is still here, profiles was restored from a backup that is older than the erasure: erase again.
    """
    erasure = await ERASURES.get(tx, event.member_id)
    if erasure is None:
        if await MEMBERS.get(tx, event.member_id) is None:
            return
        await erase_member(tx, personal, event.member_id, "restore")
        erasure = await ERASURES.get(tx, event.member_id)
    assert erasure  # noqa: S101
    service = event.type.partition(".")[0]
    answer = ServiceAnswer(service=service, version=event.version, at=tx.now, things=[*event.things])
    after = erasure.answered(answer, EXPECTED, tx.now)
    if after == erasure:
        return
    await ERASURES.change(tx, erasure, after)
    if after.completed_at and not erasure.completed_at:
        tx.publish(ErasureCompleted(member_id=event.member_id))


async def erasures(reader: Reader, caller: Caller, paging: Paging) -> Page[ErasureView]:
    """Return a page of the proofs of erasures, the newest first. Raises NotAllowed, Invalid."""
    caller.require_operator(ONLY_OPERATORS)
    found = await erasures_after(reader, decode_time_cursor(paging.cursor), paging.limit + 1)
    return page_of(ErasureView, found, paging.limit, "at", lambda each: ErasureView.of(each, EXPECTED))


async def _memberships(reader: Reader, member_id: str) -> list[Membership]:
    return await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=MOST_MEMBERSHIPS)
