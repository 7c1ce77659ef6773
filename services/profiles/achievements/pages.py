"""Pages of achievements: the public gallery, an achievement, what editors write, and the review."""

from collections.abc import Sequence
from functools import partial

from fastapi import Request, Response

from services.profiles.achievements import reviewing, usecases
from services.profiles.achievements.domain import Achievement, allows
from services.profiles.achievements.forms import CAUSES, NEXT_STEPS
from services.profiles.achievements.linked_data import linked_data
from services.profiles.achievements.store import ACHIEVEMENTS, PUBLIC, public_achievements
from services.profiles.achievements.views import AchievementFilter, AchievementView, OwnAchievements, own_page
from services.profiles.dependencies import AchievementId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.organisations.profile import wanted
from services.profiles.organisations.review import EDITABLE
from services.profiles.organisations.usecases import organisations_edited_by
from services.profiles.organisations.words import STATUSES, TONES
from services.profiles.posts.forms import publishers
from services.profiles.posts.pages import other_chips
from shared.errors import not_found
from shared.http.paging import Paging, decode_cursor, decode_time_cursor, page_of
from shared.vocabulary import Ecosystem
from shared.web import pages
from shared.web.facets import Counts, Facet, chips, counted, groups
from shared.web.form_views import form_view
from shared.web.i18n import _, country_name, translated
from shared.web.queries import page_at, read_cursor, read_query
from shared.web.routes import page_router

FACETS = [
    Facet("cause", "cause", _("What is behind it"), lambda value: translated(CAUSES[value])),
    Facet("country", "countries", _("Country"), country_name),
    Facet("ecosystem", "ecosystems", _("Ecosystem"), lambda value: translated(Ecosystem(value).label)),
    Facet("year", "year", _("Year"), str),
]
router = page_router()


@router.get("/achievements")
async def show_achievements(request: Request, runtime: CurrentRuntime) -> Response:
    """Show the public achievements that pass the filters, the last published first."""
    q, errors = read_query(request, AchievementFilter)
    db, query = runtime.db, q.query()
    after = read_cursor(q.cursor, decode_time_cursor, errors)
    achievements = await public_achievements(db, query, after, q.limit + 1)
    found = {**PUBLIC, **query}
    return pages.page(
        request,
        "achievements.html",
        resource=page_of(AchievementView, achievements, q.limit, "published_at", AchievementView.public),
        q=q,
        errors=errors,
        causes=CAUSES,
        number=await ACHIEVEMENTS.count(db, found),
        facets=groups(request, FACETS, _by_text(await counted(db, ACHIEVEMENTS, found, FACETS))),
        chips=[*chips(request, FACETS, q.model_dump()), *await other_chips(request, db, q.text, q.organisation_id)],
        filters=q.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor"}),
        searched=[beginning for beginning, _stem in wanted(q.text or "")],
    )


def _by_text(counts: Sequence[Counts]) -> Sequence[Counts]:
    """Return counts by the values as addresses have them: a year is a text there. Achievements without one are left."""
    return [{str(value): number for value, number in each.items() if value is not None} for each in counts]


@router.get("/achievements/own")
async def show_own_achievements(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the achievements of all organisations that the member edits."""
    q, errors = read_query(request, OwnAchievements)
    edited = [(each.id, each.name) for each in await organisations_edited_by(runtime.db, caller.id)]
    ids = [id for id, _name in edited if q.organisation_id in (None, id)]
    if read_cursor(q.cursor, lambda cursor: decode_cursor(cursor, 1) if cursor else None, errors) is None:
        q = q.replace(cursor=None)
    resource = await own_page(runtime.db, ids, q)
    return pages.page(
        request,
        "own_achievements.html",
        resource=resource,
        options=edited,
        errors=errors,
        statuses=STATUSES,
        tones=TONES,
    )


@router.get("/achievements/new")
async def show_new_achievement(request: Request, caller: CurrentCaller) -> Response:
    """Show the form of a new achievement, for a published organisation that the member edits."""
    options = await publishers(request)
    asked = request.query_params.get("organisation_id", "")
    chosen = asked if asked in dict(options) else options[0][0] if options else ""
    view = await form_view(request, "create_achievement", values={"organisation_id": chosen})
    return pages.page(request, "achievement_form.html", view=view, achievement=None, options=options)


@router.get("/achievements/review")
async def show_achievement_reviews(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators the achievements and changes that await a review."""
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(reviewing.reviews, runtime.db, caller), q)
    resource = page_of(AchievementView, found, q.limit, "id", AchievementView.of)
    return pages.page(request, "achievement_reviews.html", resource=resource)


@router.get("/achievements/{id}")
async def show_achievement(
    id: AchievementId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Show an achievement; its editors also see its status and what they can do."""
    achievement = await usecases.visible_achievement(runtime.db, id, caller)
    inside = await usecases.sees_all(runtime.db, achievement, caller)
    return pages.page(
        request,
        "achievement.html",
        resource=AchievementView.of(achievement) if inside else AchievementView.public(achievement),
        inside=inside,
        edits=await usecases.edits(runtime.db, achievement, caller),
        is_public=await usecases.is_public(runtime.db, achievement),
        causes=CAUSES,
        statuses=STATUSES,
        tones=TONES,
        next_step=translated(NEXT_STEPS[achievement.status]),
        can=steps_of(achievement),
        linked_data=linked_data(achievement, request.app.state.settings.public_url),
    )


@router.get("/achievements/{id}/change")
async def show_change_of_achievement(
    id: AchievementId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the form that changes an achievement; a change that waits is what the form begins with."""
    achievement = await usecases.visible_achievement(runtime.db, id, caller)
    if not await usecases.edits(runtime.db, achievement, caller):
        raise not_found(achievement, usecases.NOT_YOURS)
    content = achievement.change.content if achievement.change else AchievementView.of(achievement)
    values = content.model_dump(mode="json")
    view = await form_view(request, "change_achievement", values=values, version=achievement.version, id=id)
    return pages.page(
        request,
        "achievement_form.html",
        view=view,
        achievement=achievement,
        options=None,
        can_change=steps_of(achievement)["change"],
    )


@router.get("/achievements/{id}/review")
async def show_achievement_review(
    id: AchievementId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show operators an achievement, or its change beside what is public, and what they can decide."""
    achievement = await reviewing.reviewable(runtime.db, id, caller)
    operation = "review_achievement_change" if achievement.change else "review_achievement"
    view, version = None, achievement.version
    if achievement.awaits_review:
        view = await form_view(request, operation, version=version)
    take_down = None
    if reviewing.can_take_down(achievement):
        take_down = await form_view(request, "take_down_achievement", version=version, prefix="take-down-")
    return pages.page(
        request,
        "achievement_review.html",
        resource=AchievementView.of(achievement),
        changed=achievement.change if achievement.awaits_review else None,
        causes=CAUSES,
        stands=translated(STATUSES[achievement.status]),
        tone=TONES[achievement.status],
        view=view,
        take_down=take_down,
    )


def steps_of(achievement: Achievement) -> dict[str, bool]:
    """Return which steps are possible for an editor."""
    return {
        "change": achievement.status in EDITABLE,
        "submit": allows(achievement, "submit"),
        "withdraw": allows(achievement, "withdraw"),
        "delete": achievement.is_deletable,
    }
