"""HTTP for the people of an organisation."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request

from services.profiles.dependencies import NOTIFIES, CurrentCaller, CurrentRuntime, LoggedInCaller, OrganisationId
from services.profiles.organisations.people import usecases
from services.profiles.organisations.people.domain import (
    Appointment,
    Departure,
    InvitationBody,
    InvitationView,
    MembershipView,
    PersonView,
    ReceivedInvitation,
    RoleBody,
)
from shared.addresses import mailbox
from shared.errors import NotAuthenticated, NotFound
from shared.http.caller import verified
from shared.http.paging import Page, Paging
from shared.http.preconditions import IdempotencyKey, IfMatch
from shared.http.problems import refusals
from shared.http.security import means
from shared.http.throttling import TOO_MANY, ByMemberOnce, count
from shared.idempotency import idempotent, is_answered
from shared.ids import Id, new_id
from shared.security import SecurityEvent
from shared.service import Runtime

router = APIRouter(tags=["Organisations"])
MemberId = Annotated[Id, Path(description="Id of the member")]
InvitationId = Annotated[Id, Path(description="Id of the invitation")]
InvitationToken = Annotated[str, Path(max_length=2000, description="Token from the link in the e-mail that invites")]
NO_TOKEN = "The token is missing or not valid"  # noqa: S105
API_TOKEN = "The token is an API token"  # noqa: S105
NOT_YOURS = "Organisation not found, or the caller is not one of its administrators"
LAST = "The organisation would have no administrator"
CHANGES_RIGHTS = [Depends(means(SecurityEvent.RIGHTS_CHANGED))]


@router.get(
    "/organisations/{id}/people",
    operation_id="list_people",
    summary="List the people of an organisation",
    responses=refusals({401: NO_TOKEN, 404: NOT_YOURS, 422: "The cursor is not valid"}),
)
async def list_people(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[PersonView]:
    """Return the members of an organisation with their roles, for its administrators and for operators."""
    return await usecases.people(runtime.db, id, caller, q)


@router.get(
    "/organisations/{id}/invitations",
    operation_id="list_invitations",
    summary="List the open invitations of an organisation",
    responses=refusals({401: NO_TOKEN, 404: NOT_YOURS}),
)
async def list_invitations(id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[InvitationView]:
    """Return the at most 50 invitations that were not accepted and have not expired, in order of address."""
    return await usecases.invitations(runtime.db, id, caller)


async def limit_mail(
    id: OrganisationId,
    body: InvitationBody,
    request: Request,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
    key: IdempotencyKey = None,
) -> None:
    """Count an e-mail of an administrator to the mailbox of an address, once. Raises NotFound, TooManyRequests."""
    await usecases.administered(runtime.db, id, caller)
    if not await is_answered(runtime.db, key, caller.id):
        await count(request, "profiles", "mails_to_address", mailbox(body.email))


@router.post(
    "/organisations/{id}/invitations",
    status_code=201,
    operation_id="invite_person",
    summary="Invite a person to an organisation",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: API_TOKEN,
            404: NOT_YOURS,
            409: "The person belongs to the organisation or is invited, or 50 invitations are open",
            422: "A field is missing or not valid",
            **TOO_MANY,
        }
    ),
    dependencies=[*CHANGES_RIGHTS, Depends(ByMemberOnce("profiles", "publications_by_member")), Depends(limit_mail)],
)
async def invite_person(
    id: OrganisationId,
    body: InvitationBody,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
    key: IdempotencyKey = None,
) -> InvitationView:
    """Send an e-mail with a link to an address. Its owner logs in or registers with it, and accepts within 14 days."""
    return await idempotent(runtime.db, key, caller.id, InvitationView, usecases.invite, new_id(), id, body, caller)


@router.delete(
    "/organisations/{id}/invitations/{invitation_id}",
    status_code=204,
    operation_id="withdraw_invitation",
    summary="Withdraw an invitation",
    responses=refusals({401: NO_TOKEN, 403: API_TOKEN, 404: "Organisation or invitation not found"}),
)
async def withdraw_invitation(
    id: OrganisationId, invitation_id: InvitationId, runtime: CurrentRuntime, caller: LoggedInCaller
) -> None:
    """Withdraw an invitation that was not accepted. The link in its e-mail no longer works."""
    await runtime.db.transact(usecases.withdraw_invitation, id, invitation_id, caller)


async def invited_by(runtime: Runtime, token: str) -> Mapping[str, Any]:
    """Return the claims of a link in an invitation. Raises NotFound, because a new log-in does not help."""
    try:
        return await verified(runtime, token, ["invitation"], "notifications")
    except NotAuthenticated as error:
        raise NotFound(usecases.NO_INVITATION) from error


@router.get(
    "/invitations/{token}",
    operation_id="read_invitation",
    summary="Read an invitation that you received",
    responses=refusals({401: NO_TOKEN, 404: "The link is not valid, or the invitation has ended"}),
)
async def read_invitation(token: InvitationToken, runtime: CurrentRuntime, caller: CurrentCaller) -> ReceivedInvitation:
    """Return the organisation and the role of an invitation, and change nothing."""
    claims = await invited_by(runtime, token)
    return await usecases.received(runtime.db, claims["sub"])


@router.post(
    "/invitations/{token}",
    operation_id="accept_invitation",
    summary="Accept an invitation",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: "The invitation is for another address, or the token is an API token",
            404: "The link is not valid, or the invitation has ended",
            409: "You belong to too many organisations, or too many people belong to this one",
        }
    ),
    dependencies=CHANGES_RIGHTS,
)
async def accept_invitation(token: InvitationToken, runtime: CurrentRuntime, caller: LoggedInCaller) -> MembershipView:
    """Join the organisation that invited your address."""
    claims = await invited_by(runtime, token)
    return await runtime.db.transact(usecases.accept, claims["sub"], caller)


@router.put(
    "/organisations/{id}/people/{member_id}",
    operation_id="change_role",
    summary="Change the role of a person",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: API_TOKEN,
            404: NOT_YOURS,
            409: LAST,
            412: "The role has changed since you read it",
            428: "If-Match is missing",
        }
    ),
    dependencies=[*CHANGES_RIGHTS, *NOTIFIES],
)
async def change_role(
    id: OrganisationId,
    member_id: MemberId,
    body: RoleBody,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
    version: IfMatch,
) -> MembershipView:
    """Give a member of the organisation another role. The last administrator keeps theirs."""
    return await runtime.db.transact(usecases.change_role, id, member_id, body, caller, version)


@router.delete(
    "/organisations/{id}/people/{member_id}",
    status_code=204,
    operation_id="remove_person",
    summary="Remove a person from an organisation",
    responses=refusals({401: NO_TOKEN, 403: API_TOKEN, 404: NOT_YOURS, 409: LAST}),
    dependencies=CHANGES_RIGHTS,
)
async def remove_person(
    id: OrganisationId, member_id: MemberId, runtime: CurrentRuntime, caller: LoggedInCaller
) -> None:
    """End the membership of a person. The last administrator cannot be removed."""
    await runtime.db.transact(usecases.remove, id, member_id, caller)


@router.post(
    "/organisations/{id}/leave",
    status_code=204,
    operation_id="leave_organisation",
    summary="Leave an organisation, or hand it over",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: API_TOKEN,
            404: "Organisation or successor not found, or you do not belong to it",
            409: LAST,
        }
    ),
    dependencies=CHANGES_RIGHTS,
)
async def leave_organisation(
    id: OrganisationId, body: Departure, runtime: CurrentRuntime, caller: LoggedInCaller
) -> None:
    """End your membership. An administrator can name a successor, who becomes one; the last administrator has to."""
    await runtime.db.transact(usecases.leave, id, body, caller)


@router.post(
    "/organisations/{id}/administrators",
    operation_id="appoint_administrator",
    summary="Appoint an administrator",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: "The caller is not an operator, or the token is an API token",
            404: "Organisation not found, or no member has the address",
            422: "The address is missing or not valid",
        }
    ),
    dependencies=CHANGES_RIGHTS,
)
async def appoint_administrator(
    id: OrganisationId, body: Appointment, runtime: CurrentRuntime, caller: LoggedInCaller
) -> MembershipView:
    """Make a member of the platform an administrator, for example if all others are gone. For operators."""
    return await runtime.db.transact(usecases.appoint, id, body.email, caller)
