"""HTTP for organisations."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import Field

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.organisations import usecases
from services.profiles.organisations.domain import ChangeReview, Organisation, OrganisationProfile, Review
from services.profiles.organisations.store import OWN_ORGANISATIONS, list_organisations, organisations_of
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.http.security import means
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.security import SecurityEvent
from shared.vocabulary import Country, Ecosystem, OrganisationKind

router = APIRouter(tags=["Organisations"])
OrganisationId = Annotated[Id, Path(description="Id of the organisation")]
NO_TOKEN = "The token is missing or not valid"  # noqa: S105
NOT_EDITABLE = "Organisation not found, or the caller is not one of its editors"
CHANGED_SINCE = "The profile has changed since you read it"


class OrganisationFilter(Paging):
    """Filters for the list of organisations."""

    country: Country | None = Field(None, description="Only organisations of this country (ISO 3166-1 alpha-2 code)")
    ecosystem: Ecosystem | None = Field(None, description="Only organisations in this industrial ecosystem")
    kind: OrganisationKind | None = Field(None, description="Only organisations of this kind")


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
    "/organisations",
    response_model=Page[Organisation],
    operation_id="list_organisations",
    summary="List published organisations",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_published_organisations(
    request: Request, runtime: CurrentRuntime, q: Annotated[OrganisationFilter, Query()]
) -> Response:
    """Return the published organisations in order of name."""
    wanted = {"country": q.country, "ecosystems": q.ecosystem, "kind": q.kind}
    filters = {field: str(value) for field, value in wanted.items() if value}
    after = None
    if q.cursor:
        name, id = decode_cursor(q.cursor, 2)
        after = name, id
    organisations = await list_organisations(runtime.db, filters, after, q.limit + 1)
    page = page_of(Organisation, organisations, q.limit, "name", Organisation.public)
    return page_or_json(request, "organisations.html", page)


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
    response_model=Organisation,
    operation_id="read_organisation",
    summary="Read an organisation",
    responses=refusals({404: "Organisation not found, or not published and the caller does not belong to it"}),
)
async def read_organisation(
    id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return an organisation. Its members and operators can also read it before it is published.

    The page shows operators the organisations of the same name.
    """
    organisation = await usecases.visible_organisation(runtime.db, id, caller)
    namesakes = await usecases.namesakes(runtime.db, id, caller) if caller and caller.operator else []
    response = page_or_json(request, "organisation.html", organisation, namesakes=namesakes)
    etag(response, organisation.version)
    return response


@router.get(
    "/organisations/{id}/namesakes",
    operation_id="list_namesakes",
    summary="List organisations of the same name",
    responses=refusals({403: "The caller is not an operator", 404: "Organisation not found"}),
)
async def list_namesakes(id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[Organisation]:
    """Return at most 20 other organisations, in any status, whose name or new name is the same; for reviewers.

    Case, accents, spaces and punctuation make no difference.
    """
    return await usecases.namesakes(runtime.db, id, caller)


@router.put(
    "/organisations/{id}",
    operation_id="change_organisation",
    summary="Change an organisation's profile",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The profile is in review or rejected, or is public and would not meet the checklist",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
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
    values withdraws the change. A published profile cannot fall below the checklist.
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
            409: "The profile is neither a draft nor returned for changes",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
)
async def submit_organisation(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    """Ask the operators of the platform to review and publish the profile."""
    organisation = await runtime.db.transact(usecases.submit_organisation, id, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/review",
    operation_id="review_organisation",
    summary="Review a submitted profile",
    responses=refusals(
        {
            403: "The caller is not an operator",
            404: "Organisation not found",
            409: "The profile was not submitted, or does not meet the checklist",
            412: CHANGED_SINCE,
            422: "A return gives no reason",
            428: "If-Match is missing",
        }
    ),
)
async def review_organisation(
    id: OrganisationId,
    body: Review,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Publish the profile, return it for changes, or reject it. Only operators can do this."""
    organisation = await runtime.db.transact(usecases.review_organisation, id, body, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/change/review",
    operation_id="review_organisation_change",
    summary="Review a change of a profile",
    responses=refusals(
        {
            403: "The caller is not an operator",
            404: "Organisation not found",
            409: "No change awaits a review, or the changed profile does not meet the checklist",
            412: CHANGED_SINCE,
            422: "A refusal gives no reason",
            428: "If-Match is missing",
        }
    ),
)
async def review_change(
    id: OrganisationId,
    body: ChangeReview,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Accept or refuse a new name, acronym, kind or country of a published profile. Only operators can do this."""
    organisation = await runtime.db.transact(usecases.review_change, id, body, caller, version)
    etag(response, organisation.version)
    return organisation
