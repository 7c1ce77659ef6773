"""HTTP for the review of achievements by operators."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.profiles.achievements import reviewing
from services.profiles.achievements.domain import Achievement, AchievementChangeReview, AchievementReview
from services.profiles.achievements.views import AchievementView
from services.profiles.dependencies import AchievementId, CurrentCaller, CurrentRuntime
from services.profiles.organisations.review import TakeDown
from shared.http.paging import Page, Paging, page_of
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Achievements"])
NOT_FOUND = "Achievement not found, or not submitted yet"
NOT_AN_OPERATOR = "The caller is not an operator"
CHANGED_SINCE = "The achievement has changed since you read it"
NO_VERSION = "If-Match is missing"


@router.get(
    "/achievements/review",
    operation_id="list_achievement_reviews",
    summary="List achievements and changes to review",
    responses=refusals({403: NOT_AN_OPERATOR, 422: "The cursor is not valid"}),
)
async def list_achievement_reviews(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[AchievementView]:
    """Return the achievements that await a review, or whose change does; the oldest first."""
    return page_of(AchievementView, await reviewing.reviews(runtime.db, caller, q), q.limit, "id", AchievementView.of)


@router.post(
    "/achievements/{id}/review",
    operation_id="review_achievement",
    summary="Review a submitted achievement",
    responses=refusals(
        {
            403: NOT_AN_OPERATOR,
            404: NOT_FOUND,
            409: "It was not submitted, or its organisation is not public",
            412: CHANGED_SINCE,
            422: "A return gives no reason",
            428: NO_VERSION,
        }
    ),
)
async def review_achievement(
    id: AchievementId,
    body: AchievementReview,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AchievementView:
    """Publish the achievement, return it for changes, or reject it. Only operators can do this."""
    return _view(await runtime.db.transact(reviewing.review_achievement, id, body, caller, version), response)


@router.post(
    "/achievements/{id}/change/review",
    operation_id="review_achievement_change",
    summary="Review a change of an achievement",
    responses=refusals(
        {
            403: NOT_AN_OPERATOR,
            404: NOT_FOUND,
            409: "No change awaits a review, or its organisation is not public",
            412: CHANGED_SINCE,
            422: "A refusal gives no reason",
            428: NO_VERSION,
        }
    ),
)
async def review_achievement_change(
    id: AchievementId,
    body: AchievementChangeReview,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AchievementView:
    """Accept the new content of a public achievement, or refuse it. Only operators can do this."""
    return _view(await runtime.db.transact(reviewing.review_change, id, body, caller, version), response)


@router.post(
    "/achievements/{id}/take-down",
    operation_id="take_down_achievement",
    summary="Take an achievement down",
    responses=refusals(
        {
            403: NOT_AN_OPERATOR,
            404: NOT_FOUND,
            409: "The achievement is not public",
            412: CHANGED_SINCE,
            422: "No reason is given",
            428: NO_VERSION,
        }
    ),
)
async def take_down_achievement(
    id: AchievementId,
    body: TakeDown,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AchievementView:
    """End the publication of an achievement, with the reasons. Its editors can change it and submit it again."""
    return _view(await runtime.db.transact(reviewing.take_down, id, body, caller, version), response)


def _view(achievement: Achievement, response: Response) -> AchievementView:
    etag(response, achievement.version)
    return AchievementView.of(achievement)
