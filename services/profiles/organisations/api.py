"""HTTP for organisations."""

from fastapi import APIRouter, Depends, Response

from services.profiles.dependencies import NOTIFIES, CurrentCaller, CurrentRuntime, OptionalCaller, OrganisationId
from services.profiles.organisations import deletion, usecases
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.store import OWN_ORGANISATIONS, organisations_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.http.security import means
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.security import SecurityEvent

router = APIRouter(tags=["Organisations"])
NO_TOKEN = "The token is missing or not valid"  # noqa: S105
NOT_EDITABLE = "Organisation not found, or the caller is not one of its editors"
CHANGED_SINCE = "The profile has changed since you read it"


@router.post(
    "/organisations",
    status_code=201,
    operation_id="create_organisation",
    summary="Create an organisation",
    responses=refusals({401: NO_TOKEN, 409: "You have too many organisations", 422: "A field is missing or not valid"}),
    dependencies=[Depends(means(SecurityEvent.RIGHTS_CHANGED))],
)
async def create_organisation(
    body: OrganisationProfile,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> Organisation:
    """Create an organisation as a draft. The caller becomes its administrator."""
    work = OWN_ORGANISATIONS.within(caller.id, {"member_id": caller.id}, usecases.create_organisation)
    organisation = await idempotent(runtime.db, key, caller.id, Organisation, work, new_id(), body, caller)
    created(response, usecases.organisation_path(organisation.id), organisation.version)
    return organisation


@router.get(
    "/me/organisations",
    operation_id="list_own_organisations",
    summary="List your organisations",
    responses=refusals({401: NO_TOKEN}),
)
async def list_own_organisations(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Organisation]:
    """Return the organisations that the caller belongs to, in any status."""
    return await organisations_of(runtime.db, caller.id)


@router.get(
    "/organisations/{id}",
    operation_id="read_organisation",
    summary="Read an organisation",
    responses=refusals({404: "Organisation not found, or not published and the caller does not belong to it"}),
)
async def read_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response
) -> Organisation:
    """Return an organisation. Its members and operators can also read it before it is published."""
    organisation = await usecases.visible_organisation(runtime.db, id, caller)
    etag(response, organisation.version)
    return organisation


@router.delete(
    "/organisations/{id}",
    status_code=204,
    operation_id="delete_organisation",
    summary="Delete a profile that was never public",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The profile is or was public, or is in review",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
)
async def delete_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch
) -> None:
    """Delete a profile as a draft, after a request for changes, or once it is rejected.

    Its member organisations and invitations are deleted with it, and its memberships end.
    """
    await runtime.db.transact(deletion.delete_organisation, id, caller, version)


@router.put(
    "/organisations/{id}",
    operation_id="change_organisation",
    summary="Change an organisation's profile",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The profile is in review, rejected or merged, or is public and would not meet the checklist",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
    dependencies=NOTIFIES,
)
async def change_organisation(
    id: OrganisationId,
    body: OrganisationProfile,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Replace the profile. The change of a published profile is public at once, except name, acronym, kind and country.

    These keep their public values until an operator accepts the new ones; `change` shows them. Sending the public
    values withdraws the change, except that of the logo. A published profile cannot fall below the checklist.
    """
    organisation = await runtime.db.transact(usecases.change_organisation, id, body, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/submit",
    operation_id="submit_organisation",
    summary="Submit a profile for review",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The profile is in review, public, rejected or merged",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
    dependencies=NOTIFIES,
)
async def submit_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    """Ask the operators of the platform to review and publish the profile."""
    organisation = await runtime.db.transact(usecases.submit_organisation, id, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/withdraw",
    operation_id="withdraw_organisation",
    summary="Withdraw a profile",
    responses=refusals(
        {
            404: "Organisation not found, or the caller is not one of its administrators",
            409: "The profile is neither in review nor public",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
)
async def withdraw_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    """Take back a submission, which is a draft again, or a public profile, which can be submitted again."""
    organisation = await runtime.db.transact(usecases.withdraw_organisation, id, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/confirm",
    operation_id="confirm_organisation",
    summary="Confirm that a profile is still correct",
    responses=refusals(
        {404: NOT_EDITABLE, 409: "The profile is not public", 412: CHANGED_SINCE, 428: "If-Match is missing"}
    ),
)
async def confirm_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    """Confirm a public profile; its members are reminded a year after its last change or confirmation."""
    organisation = await runtime.db.transact(usecases.confirm_organisation, id, caller, version)
    etag(response, organisation.version)
    return organisation
