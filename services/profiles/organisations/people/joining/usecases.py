"""Use cases of requests to join: ask, withdraw, accept, decline, expire."""

from collections.abc import Sequence

from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import own_account
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.memberships import set_role
from services.profiles.organisations.people.domain import MembershipView
from services.profiles.organisations.people.joining.domain import (
    OPEN_FOR,
    AcceptanceBody,
    AlreadyAsked,
    AlreadyInside,
    DeclineBody,
    JoinRequest,
    JoinRequestBody,
    JoinRequestView,
    Outcome,
)
from services.profiles.organisations.people.joining.store import (
    JOIN_REQUESTS,
    OF_MEMBER,
    OF_ORGANISATION,
    due_ids,
    open_at,
    open_requests,
    own_requests,
    request_of,
)
from services.profiles.organisations.people.store import PEOPLE
from services.profiles.organisations.people.usecases import administered, overseen, view_of
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import (
    MEMBERSHIPS,
    ORGANISATIONS,
    OWN_ORGANISATIONS,
    membership_id,
    next_version,
    role_in,
)
from shared.auth import Caller
from shared.clock import moment, real_now
from shared.contracts.profiles import MemberAnswered, MemberAsked
from shared.errors import NotAllowed, NotFound
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

NO_REQUEST = _("This request was answered or withdrawn, or it has expired. Read the list again.")


async def ask(tx: Transaction, request_id: str, id: str, body: JoinRequestBody, caller: Caller) -> JoinRequestView:
    """Store a request to join a public organisation, and tell its administrators.

    Raises NotFound, NotAllowed, AlreadyInside, AlreadyAsked, QuotaReached.
    """
    await next_version(tx, id)
    organisation = await ORGANISATIONS.get(tx, id)
    if organisation is None or organisation.status is not Status.PUBLISHED:
        raise NotFound(_("Organisation not found."))
    await ORGANISATIONS.touch(tx, organisation)
    if not (await own_account(tx, caller.id)).is_settled:
        raise NotAllowed(_("Your address is not confirmed. Get a new link at /confirm, and open it."))
    if await role_in(tx, id, caller.id):
        raise AlreadyInside(_("You belong to this organisation."))
    earlier = await request_of(tx, id, caller.id)
    if earlier and earlier.bars_another(tx.now):
        raise _asked_already(earlier)
    await JOIN_REQUESTS.delete(tx, {"organisation_id": id, "member_id": caller.id})
    await OF_ORGANISATION.check(tx, id, open_at(tx.now, organisation_id=id))
    await OF_MEMBER.check(tx, caller.id, open_at(tx.now, member_id=caller.id))
    request = JoinRequest(
        id=request_id,
        organisation_id=id,
        member_id=caller.id,
        message=body.message,
        asked_at=tx.now,
        ends_at=tx.now + OPEN_FOR,
    )
    await JOIN_REQUESTS.insert(tx, request)
    tx.publish(
        MemberAsked(
            request_id=request_id,
            member_id=caller.id,
            organisation_id=id,
            organisation_name=organisation.name,
            url=f"/organisations/{id}/people",
        )
    )
    return (await _views(tx, [request]))[0]


def _asked_already(earlier: JoinRequest) -> AlreadyAsked:
    if earlier.outcome is Outcome.OPEN:
        return AlreadyAsked(_("You have asked already, and the administrators have not answered yet."))
    return AlreadyAsked(_("Your request was declined. You can ask again after {end}.", end=moment(earlier.ends_at)))


async def requests_to(reader: Database, id: str, caller: Caller) -> list[JoinRequestView]:
    """Return the open requests to an organisation, for its administrators and for operators. Raises NotFound."""
    await overseen(reader, id, caller)
    return await _views(reader, await open_requests(reader, id, reader.now()))


async def requests_of(reader: Database, caller: Caller) -> list[JoinRequestView]:
    """Return the requests of the caller, the newest first."""
    return await _views(reader, await own_requests(reader, caller.id))


async def withdraw(tx: Transaction, id: str, request_id: str, caller: Caller) -> None:
    """Delete a request of the caller. Raises NotFound."""
    await next_version(tx, id)
    own = {"_id": request_id, "organisation_id": id, "member_id": caller.id, "outcome": Outcome.OPEN}
    if not await JOIN_REQUESTS.delete(tx, own):
        raise NotFound(NO_REQUEST)


async def accept(tx: Transaction, id: str, request_id: str, body: AcceptanceBody, caller: Caller) -> MembershipView:
    """Give the member who asked a role, and tell them and their colleagues. Raises NotFound, QuotaReached."""
    version = await next_version(tx, id)
    organisation, request = await _open_request(tx, id, request_id, caller)
    member = await MEMBERS.get(tx, request.member_id)
    if member is None or organisation.status is Status.MERGED:
        raise NotFound(NO_REQUEST)
    await JOIN_REQUESTS.delete(tx, {"_id": request_id})
    if membership := await MEMBERSHIPS.get(tx, membership_id(id, member.id)):
        return view_of(membership)
    await OWN_ORGANISATIONS.check(tx, member.id, {"member_id": member.id})
    await PEOPLE.check(tx, id, {"organisation_id": id})
    joined = await set_role(
        tx,
        id,
        member.id,
        body.role,
        version,
        organisation_name=organisation.name,
        member_name=member.name,
        asked=True,
    )
    return view_of(joined)


async def decline(tx: Transaction, id: str, request_id: str, body: DeclineBody, caller: Caller) -> None:
    """Store the reason for the member who asked, and tell them. Raises NotFound."""
    await next_version(tx, id)
    organisation, request = await _open_request(tx, id, request_id, caller)
    await _close(tx, request.replace(outcome=Outcome.DECLINED, reason=body.reason), organisation)


async def expire(db: Database) -> None:
    """End the requests that no administrator answered in 30 days."""
    while ids := await due_ids(db, db.now()):
        for id in ids:
            await db.transact(expire_request, id)


async def expire_request(tx: Transaction, request_id: str) -> None:
    """End a request, if it is still open and due, and tell the member who asked."""
    request = await JOIN_REQUESTS.get(tx, request_id)
    if request is None or request.outcome is not Outcome.OPEN or request.ends_at > tx.now:
        return
    await next_version(tx, request.organisation_id)
    organisation = await ORGANISATIONS.get(tx, request.organisation_id)
    if organisation is None or await role_in(tx, request.organisation_id, request.member_id):
        await JOIN_REQUESTS.delete(tx, {"_id": request_id})
        return
    await _close(tx, request.replace(outcome=Outcome.EXPIRED), organisation)


async def _close(tx: Transaction, request: JoinRequest, organisation: Organisation) -> None:
    """Store that a request was declined or has expired, and publish it."""
    closed = {"outcome": request.outcome, "reason": request.reason, "closed_at": real_now()}
    await JOIN_REQUESTS.update(tx, {"_id": request.id}, {"$set": closed})
    tx.publish(
        MemberAnswered(
            request_id=request.id,
            member_id=request.member_id,
            organisation_id=organisation.id,
            organisation_name=organisation.name,
            outcome="declined" if request.outcome is Outcome.DECLINED else "expired",
            url="/me/organisations",
        )
    )


async def _open_request(tx: Transaction, id: str, request_id: str, caller: Caller) -> tuple[Organisation, JoinRequest]:
    """Return an organisation of which the caller is an administrator, and an open request to it. Raises NotFound."""
    organisation = await administered(tx, id, caller)
    request = await JOIN_REQUESTS.get(tx, request_id)
    if request is None or request.organisation_id != id or not request.is_open(tx.now):
        raise NotFound(NO_REQUEST)
    return organisation, request


async def _views(reader: Reader, requests: Sequence[JoinRequest]) -> list[JoinRequestView]:
    most = max(1, len(requests))
    ids, asked = {each.member_id for each in requests}, {each.organisation_id for each in requests}
    members = {each.id: each for each in await MEMBERS.find(reader, {"_id": {"$in": [*ids]}}, limit=most)}
    names = {each.id: each.name for each in await ORGANISATIONS.find(reader, {"_id": {"$in": [*asked]}}, limit=most)}
    return [
        JoinRequestView(
            **each.model_dump(exclude={"closed_at"}),
            organisation_name=names.get(each.organisation_id, ""),
            name=members[each.member_id].name,
            email=members[each.member_id].email,
        )
        for each in requests
        if each.member_id in members
    ]
