"""Event handlers that keep copies of calls, gatherings, organisations, posts and achievements."""

from services.notifications.things.domain import CallThing, Thing, ThingKind
from services.notifications.things.store import CALLS, THINGS
from shared.contracts import calls
from shared.contracts.announcements import announcement_of
from shared.contracts.profiles import (
    AchievementChanged,
    AchievementPublished,
    AchievementWithdrawn,
    OrganisationPublished,
    OrganisationWithdrawn,
    PostChanged,
    PostPublished,
    PostWithdrawn,
)
from shared.mongo import Transaction

CallEvent = (
    calls.CallPublished
    | calls.CallOpened
    | calls.CallChanged
    | calls.CutOffPassed
    | calls.CallClosed
    | calls.CallWithdrawn
)
GatheringEvent = calls.GatheringPublished | calls.GatheringChanged | calls.GatheringCancelled
OrganisationEvent = OrganisationPublished | OrganisationWithdrawn
PostEvent = PostPublished | PostChanged | PostWithdrawn
AchievementEvent = AchievementPublished | AchievementChanged | AchievementWithdrawn


async def on_call_event(tx: Transaction, event: CallEvent) -> None:
    """Keep the copy of a call."""
    call = event.call
    forthcoming = await _is_forthcoming(tx, event)
    copy = CallThing(
        id=event.call_id,
        version=call.version,
        name=call.title,
        url=call.url,
        over=isinstance(event, calls.CallClosed | calls.CallWithdrawn),
        call_kind=call.kind,
        ecosystems=tuple(call.ecosystems),
        countries=tuple(call.countries),
        about=tuple(call.about),
        texts=(call.title, call.summary, *call.keywords),
        forthcoming=forthcoming,
        opens_at=call.opens_at,
        deadline=call.deadline,
        timezone=call.timezone,
    )
    await CALLS.keep_newest(tx, copy)


async def _is_forthcoming(tx: Transaction, event: CallEvent) -> bool:
    """Return whether the date of the opening is not yet known; a change does not tell, so it stays as it was."""
    if event.call.opens_at is not None:
        return False
    if isinstance(event, calls.CallPublished):
        return not event.is_open
    known = await CALLS.get(tx, event.call_id) if isinstance(event, calls.CallChanged) else None
    return known is not None and known.forthcoming


async def on_announced(
    tx: Transaction, event: GatheringEvent | OrganisationEvent | PostEvent | AchievementEvent
) -> None:
    """Keep the copy of a thing that is no call."""
    told = announcement_of(event)
    thing = Thing(
        id=told.id,
        version=told.version or 1,
        kind=ThingKind(told.kind),
        name=told.title,
        url=told.url,
        over=told.over,
        organisation_id=told.organisation_id or "" if isinstance(event, PostEvent | AchievementEvent) else "",
    )
    if isinstance(event, OrganisationWithdrawn):
        thing = thing.replace(merged_into=event.merged_into)
    if thing.organisation_id and (organisation := await _staying(tx, thing.organisation_id)):
        thing = thing.replace(organisation_id=organisation.id, orphaned=organisation.over)
    await THINGS.keep_newest(tx, thing)
    if thing.kind is ThingKind.ORGANISATION and (organisation := await _staying(tx, thing.id)):
        kept = {"organisation_id": organisation.id, "orphaned": organisation.over}
        await THINGS.update(tx, {"organisation_id": thing.id}, {"$set": kept})


async def _staying(tx: Transaction, id: str) -> Thing | None:
    """Return the copy of an organisation, or of the one into which it was merged at last.

    Events about these organisations conflict until this commits.
    """
    organisation, seen = await THINGS.get(tx, id), {id}
    while organisation:
        await THINGS.touch(tx, organisation)
        if not organisation.merged_into or organisation.merged_into in seen:
            break
        seen.add(organisation.merged_into)
        stays = await THINGS.get(tx, organisation.merged_into)
        if stays is None:
            break
        organisation = stays
    return organisation
