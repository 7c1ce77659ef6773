"""HTTP for achievements: the public gallery with its feeds, and what editors write."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.achievements import usecases
from services.profiles.achievements.domain import (
    Achievement,
    AchievementBody,
    AchievementContent,
)
from services.profiles.achievements.store import latest_achievements, public_achievements
from services.profiles.achievements.views import AchievementFilter, AchievementView, OwnAchievements, entry, own_page
from services.profiles.dependencies import NOTIFIES, AchievementId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.organisations.usecases import edited_ids
from shared.http.paging import Page, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import produces, refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.service import Runtime
from shared.syndication import ATOM, JSON_FEED, MOST_ENTRIES, Feed, atom_response, json_feed_response, make_feed

router = APIRouter(tags=["Achievements"])
Filters = Annotated[AchievementFilter, Query()]
NOT_EDITABLE = "Achievement not found, or you do not edit its organisation"
CHANGED_SINCE = "The achievement has changed since you read it"
NO_VERSION = "If-Match is missing"
INVALID_FILTER = {422: "A filter is not valid"}


@router.post(
    "/achievements",
    status_code=201,
    operation_id="create_achievement",
    summary="Write an achievement",
    responses=refusals(
        {
            404: "Organisation not found among those that you edit",
            409: "The organisation is not public, or has too many achievements that are not",
            422: "A field is not valid, or the Idempotency-Key was used before",
        }
    ),
)
async def create_achievement(
    body: AchievementBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> AchievementView:
    """Store a draft, which only the editors of the organisation see until it is submitted."""
    home = body.at_home(runtime.resources.public_url)
    made = await idempotent(
        runtime.db, key, caller.id, Achievement, usecases.create_achievement, new_id(), home, caller
    )
    created(response, usecases.achievement_path(made.id), made.version)
    return AchievementView.of(made)


@router.get(
    "/achievements",
    operation_id="list_achievements",
    summary="List public achievements",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_achievements(runtime: CurrentRuntime, q: Filters) -> Page[AchievementView]:
    """Return the public achievements that pass the filters, the last published first."""
    found = await public_achievements(runtime.db, q.query(), decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(AchievementView, found, q.limit, "published_at", AchievementView.public)


@router.get(
    "/achievements.atom",
    operation_id="read_achievements_atom_feed",
    summary="Follow achievements as an Atom feed",
    **produces(ATOM, INVALID_FILTER),
)
async def achievements_atom(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 achievements that were published or changed last, as Atom."""
    return await atom_response(request, await feed_of(runtime, q, "/achievements.atom"))


@router.get(
    "/achievements.feed.json",
    operation_id="read_achievements_json_feed",
    summary="Follow achievements as a JSON feed",
    **produces(JSON_FEED, INVALID_FILTER),
)
async def achievements_json_feed(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 achievements that were published or changed last, as JSON Feed 1.1."""
    return json_feed_response(request, await feed_of(runtime, q, "/achievements.feed.json"))


@router.get(
    "/achievements/own",
    operation_id="list_own_achievements",
    summary="List the achievements of organisations that you edit",
    responses=refusals({404: "Organisation not found among those that you edit", 422: "The cursor is not valid"}),
)
async def list_own_achievements(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[OwnAchievements, Query()]
) -> Page[AchievementView]:
    """Return the achievements of the organisations that you edit, drafts included, the newest first."""
    return await own_page(runtime.db, await edited_ids(runtime.db, caller.id, q.organisation_id), q)


@router.get(
    "/achievements/{id}",
    operation_id="read_achievement",
    summary="Read an achievement",
    responses=refusals({404: "Achievement not found, or not public and you do not edit its organisation"}),
)
async def read_achievement(
    id: AchievementId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response
) -> AchievementView:
    """Return an achievement. The editors of its organisation and operators also read what is not public of it."""
    achievement = await usecases.visible_achievement(runtime.db, id, caller)
    etag(response, achievement.version)
    inside = await usecases.sees_all(runtime.db, achievement, caller)
    return AchievementView.of(achievement) if inside else AchievementView.public(achievement)


@router.put(
    "/achievements/{id}",
    operation_id="change_achievement",
    summary="Change an achievement",
    dependencies=NOTIFIES,
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The achievement is in review or rejected, or its organisation is not public",
            412: CHANGED_SINCE,
            422: "A field is not valid",
            428: NO_VERSION,
        }
    ),
)
async def change_achievement(
    id: AchievementId,
    body: AchievementContent,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AchievementView:
    """Replace the content. New content of a public achievement awaits a review, and the present one stays public.

    `change` shows it. Sending the public content withdraws the change, unless a new picture awaits a review, too.
    """
    home = body.at_home(runtime.resources.public_url)
    return _view(await runtime.db.transact(usecases.change_achievement, id, home, caller, version), response)


@router.post(
    "/achievements/{id}/submit",
    operation_id="submit_achievement",
    summary="Submit an achievement for review",
    dependencies=NOTIFIES,
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "Its status does not allow it, or its organisation is not public",
            412: CHANGED_SINCE,
            428: NO_VERSION,
        }
    ),
)
async def submit_achievement(
    id: AchievementId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> AchievementView:
    """Ask the operators of the platform to review and publish the achievement."""
    return _view(await runtime.db.transact(usecases.submit_achievement, id, caller, version), response)


@router.post(
    "/achievements/{id}/withdraw",
    operation_id="withdraw_achievement",
    summary="Withdraw an achievement",
    responses=refusals(
        {404: NOT_EDITABLE, 409: "It is neither public nor in review", 412: CHANGED_SINCE, 428: NO_VERSION}
    ),
)
async def withdraw_achievement(
    id: AchievementId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> AchievementView:
    """Withdraw a public achievement; one that is in review becomes a draft again."""
    return _view(await runtime.db.transact(usecases.withdraw_achievement, id, caller, version), response)


@router.delete(
    "/achievements/{id}",
    status_code=204,
    operation_id="delete_achievement",
    summary="Delete an achievement that was never public",
    responses=refusals(
        {404: NOT_EDITABLE, 409: "It is or was public, or is in review", 412: CHANGED_SINCE, 428: NO_VERSION}
    ),
)
async def delete_achievement(
    id: AchievementId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch
) -> None:
    """Delete an achievement that was never public."""
    await runtime.db.transact(usecases.delete_achievement, id, caller, version)


async def feed_of(runtime: Runtime, q: AchievementFilter, path: str) -> Feed:
    """Return the feed of the achievements that pass the filters and were published or changed last."""
    site: str = runtime.resources.public_url
    entries = [entry(each, site) for each in await latest_achievements(runtime.db, q.query(), MOST_ENTRIES)]
    return make_feed(site, path, "/achievements", "Achievements", q, entries)


def _view(achievement: Achievement, response: Response) -> AchievementView:
    etag(response, achievement.version)
    return AchievementView.of(achievement)
