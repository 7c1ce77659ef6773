"""HTTP for reviewing organisations: the queue, duplicates, decisions, taking down, merging."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OrganisationId
from services.profiles.organisations import reviewing, usecases
from services.profiles.organisations.api import CHANGED_SINCE, NO_TOKEN, NOT_EDITABLE
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.review import ChangeReview, Merger, Review, ReviewDecision, TakeDown
from shared.http.paging import Page, Paging
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals
from shared.http.security import means
from shared.security import SecurityEvent

router = APIRouter(tags=["Organisations"])


@router.get(
    "/organisations/review",
    operation_id="list_reviews",
    summary="List profiles and changes to review",
    responses=refusals({401: NO_TOKEN, 403: "The caller is not an operator", 422: "The cursor is not valid"}),
)
async def list_reviews(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[Organisation]:
    """Return the organisations whose profile, or whose change of a public profile, awaits a review; oldest first."""
    return await reviewing.reviews(runtime.db, caller, q)


@router.get(
    "/organisations/{id}/duplicates",
    operation_id="list_duplicates",
    summary="List organisations that may be the same",
    responses=refusals({401: NO_TOKEN, 404: NOT_EDITABLE}),
)
async def list_duplicates(id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[Organisation]:
    """Return at most 20 other organisations with the same name or website, or with words of the name in the same city.

    Case, accents, spaces and punctuation make no difference. Operators see them in any status, editors the public ones.
    """
    if caller.operator:
        return await reviewing.duplicates(runtime.db, id, caller)
    return await usecases.public_duplicates(runtime.db, id, caller)


@router.get(
    "/organisations/{id}/decisions",
    operation_id="list_decisions",
    summary="List the decisions on a profile",
    responses=refusals({401: NO_TOKEN, 403: "The caller is not an operator", 404: "Organisation not found"}),
)
async def list_decisions(id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[ReviewDecision]:
    """Return the last 50 decisions of operators, the newest first, each with the checklist as it was."""
    return await reviewing.decisions(runtime.db, id, caller)


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
    organisation = await runtime.db.transact(reviewing.review_organisation, id, body, caller, version)
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
    """Accept or refuse a new name, acronym, kind, country or logo of a published profile. For operators."""
    organisation = await runtime.db.transact(reviewing.review_change, id, body, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/take-down",
    operation_id="take_down_organisation",
    summary="Take down a public profile",
    responses=refusals(
        {
            403: "The caller is not an operator",
            404: "Organisation not found",
            409: "The profile is not public",
            412: CHANGED_SINCE,
            422: "No reason is given",
            428: "If-Match is missing",
        }
    ),
)
async def take_down_organisation(
    id: OrganisationId,
    body: TakeDown,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Take a profile down with reasons for its members, who can change it and submit it again. For operators."""
    organisation = await runtime.db.transact(reviewing.take_down, id, body, caller, version)
    etag(response, organisation.version)
    return organisation


@router.post(
    "/organisations/{id}/merge",
    operation_id="merge_organisation",
    summary="Merge a duplicate into another organisation",
    responses=refusals(
        {
            403: "The caller is not an operator",
            404: "One of the two organisations is not found",
            409: "The profile was rejected or merged, or the other one is not public",
            412: CHANGED_SINCE,
            422: "A profile cannot be merged into itself",
            428: "If-Match is missing",
        }
    ),
    dependencies=[Depends(means(SecurityEvent.RIGHTS_CHANGED))],
)
async def merge_organisation(
    id: OrganisationId,
    body: Merger,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Merge a profile into the one that stays, which its members join. Its page leads there. For operators."""
    organisation = await runtime.db.transact(reviewing.merge, id, body, caller, version)
    etag(response, organisation.version)
    return organisation
