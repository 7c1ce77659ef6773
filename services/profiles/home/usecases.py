"""The content of the front page, and the event handlers that keep the copies of calls and gatherings."""

from services.profiles.achievements.store import public_achievements
from services.profiles.home.domain import (
    CallCopy,
    FrontPage,
    GatheringCopy,
    NewAchievement,
    NewOrganisation,
    NewPost,
)
from services.profiles.home.store import (
    CALLS,
    keep_call,
    keep_gathering,
    next_deadlines,
    next_gatherings,
    next_openings,
)
from services.profiles.organisations.store import count_published, newest_organisations
from services.profiles.posts.store import public_posts
from shared.contracts.calls import (
    CallChanged,
    CallClosed,
    CallOpened,
    CallPublished,
    CallWithdrawn,
    CutOffPassed,
    GatheringCancelled,
    GatheringChanged,
    GatheringPublished,
)
from shared.mongo import Database, Transaction

NEWEST_SHOWN = 6
POSTS_SHOWN = 5
ACHIEVEMENTS_SHOWN = 3
OpenCallEvent = CallPublished | CallOpened | CallChanged | CutOffPassed
EndedCallEvent = CallClosed | CallWithdrawn


async def front_page(db: Database) -> FrontPage:
    """Return the content of the front page."""
    now = db.now()
    return FrontPage(
        organisations=await count_published(db),
        calls=await next_deadlines(db, now),
        forthcoming=await next_openings(db, now),
        gatherings=await next_gatherings(db, now),
        newest=[NewOrganisation.of(each) for each in await newest_organisations(db, NEWEST_SHOWN)],
        posts=[NewPost.of(each) for each in await public_posts(db, {}, None, POSTS_SHOWN)],
        achievements=[NewAchievement.of(each) for each in await public_achievements(db, {}, None, ACHIEVEMENTS_SHOWN)],
    )


async def on_call_changed(tx: Transaction, event: OpenCallEvent) -> None:
    """Store the copy of a call that is open, or will be."""
    await _store_copy(tx, event, over=False)


async def on_call_ended(tx: Transaction, event: EndedCallEvent) -> None:
    """Store the copy of a call that is closed or withdrawn."""
    await _store_copy(tx, event, over=True)


async def on_gathering(tx: Transaction, event: GatheringPublished | GatheringChanged | GatheringCancelled) -> None:
    """Store the copy of a gathering."""
    gathering = event.gathering
    copy = GatheringCopy(
        id=event.gathering_id,
        version=gathering.version,
        title=gathering.title,
        url=gathering.url,
        organisation_id=gathering.organisation_id,
        organisation_name=gathering.organisation_name,
        place=gathering.place,
        starts_at=gathering.starts_at,
        ends_at=gathering.ends_at,
        timezone=gathering.timezone,
        cancelled=isinstance(event, GatheringCancelled),
    )
    await keep_gathering(tx, copy)


async def _store_copy(tx: Transaction, event: OpenCallEvent | EndedCallEvent, *, over: bool) -> None:
    call = event.call
    copy = CallCopy(
        id=event.call_id,
        version=call.version,
        title=call.title,
        url=call.url,
        organisation_id=call.organisation_id,
        organisation_name=call.organisation_name,
        deadline=call.deadline,
        timezone=call.timezone,
        opens_at=call.opens_at,
        forthcoming=await _is_forthcoming(tx, event),
        over=over,
        withdrawn=isinstance(event, CallWithdrawn),
    )
    await keep_call(tx, copy)


async def _is_forthcoming(tx: Transaction, event: OpenCallEvent | EndedCallEvent) -> bool:
    """Return whether the date of the opening is not yet known; a change does not tell, so it stays as it was."""
    if event.call.opens_at is not None:
        return False
    if isinstance(event, CallPublished):
        return not event.is_open
    known = await CALLS.get(tx, event.call_id) if isinstance(event, CallChanged) else None
    return known is not None and known.forthcoming
