"""HTTP for calendars, feeds and exports. They take the lists' filters; limit and cursor mean nothing here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.api import CallView, profile
from services.calls.catalogue.search import CallFilter
from services.calls.catalogue.store import CALLS, EVER_PUBLISHED, calls_in_calendar, newest_calls
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.feeds import exports, tokens
from services.calls.feeds.calendar import Appointment, calendar
from services.calls.feeds.entries import appointment, call_entry, deadlines, gathering_entry, own
from services.calls.feeds.syndication import Feed, atom, json_feed
from services.calls.gatherings.access import visible
from services.calls.gatherings.api import GatheringFilter, GatheringView
from services.calls.gatherings.registrations.store import of_member
from services.calls.gatherings.store import (
    GATHERINGS,
    KEPT_IN_CALENDARS,
    in_calendar,
    newest_gatherings,
    of_ids,
    public,
)
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.conditional import conditional_response
from shared.http.paging import Paging
from shared.ids import Id
from shared.mongo import Collection, pages
from shared.mongo import Query as Filter
from shared.service import Runtime

D = TypeVar("D")
M = TypeVar("M", bound=BaseModel)

router = APIRouter()
Calls = Annotated[CallFilter, Query()]
Gatherings = Annotated[GatheringFilter, Query()]

ICS, ATOM, JSON_FEED = "text/calendar", "application/atom+xml", "application/feed+json"
MOST_ENTRIES, MOST_APPOINTMENTS, MOST_REGISTRATIONS = 50, 1_000, 500


def produces(media: str, *, cached: bool = True) -> dict[str, Any]:
    """How the API's description says what comes."""
    nothing_new = {304: {"description": "Nothing new since If-None-Match or If-Modified-Since"}} if cached else {}
    return {"response_class": Response, "responses": {200: {"content": {media: {}}}, **nothing_new}}


# --- calendars ----------------------------------------------------------------------------------


@router.get("/gatherings.ics", **produces(ICS))
async def gatherings_ics(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    """What is not over, and what was or was cancelled in the last 30 days; at most 1,000."""
    found = await in_calendar(runtime.db, q.query(), runtime.db.now(), MOST_APPOINTMENTS)
    return await ics(request, "Gatherings", [appointment(it, runtime.resources.public_url) for it in found])


@router.get("/gatherings/{id}.ics", **produces(ICS))
async def gathering_ics(id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    it = await visible(runtime.db, id, caller)
    return await ics(request, it.title, [appointment(it, runtime.resources.public_url)])


@router.get("/calls.ics", **produces(ICS))
async def calls_ics(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Every deadline of the calls that still run, and of those withdrawn in the last 90 days; at most 1,000."""
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller), EVER_PUBLISHED)
    found = await calls_in_calendar(runtime.db, query, now, MOST_APPOINTMENTS)
    shown = [one for it in found for one in deadlines(it, runtime.resources.public_url)]
    return await ics(request, "Deadlines of calls", shown[:MOST_APPOINTMENTS])


async def ics(request: Request, name: str, shown: Sequence[Appointment], **headers: str) -> Response:
    """A file is made beside the event loop: a big one takes half a second."""
    body = await asyncio.to_thread(calendar, name, shown)
    changed_at = max((it.changed_at for it in shown), default=datetime(1970, 1, 1, tzinfo=UTC))
    return conditional_response(request, body, ICS, changed_at, **headers)


# --- one's own calendar -------------------------------------------------------------------------

Secret = Annotated[str, Path(min_length=20, max_length=100, pattern=r"^[\w-]+$")]


class OwnCalendar(BaseModel):
    url: str = Field(description="For you alone: whoever knows it reads where you go. It is said this once")


@router.post("/calendar", status_code=201)
async def make_own(runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> OwnCalendar:
    """An address for your calendar program; the one before opens nothing any more."""
    secret = await runtime.db.transact(tokens.rotate, caller.id)
    response.headers["Cache-Control"] = "no-store"
    return OwnCalendar(url=f"{runtime.resources.public_url}/calendar/{secret}.ics")


@router.delete("/calendar", status_code=204)
async def give_up_own(runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    await runtime.db.transact(tokens.revoke, caller.id)


@router.get("/calendar/{secret}.ics", **produces(ICS))
async def own_ics(secret: Secret, request: Request, runtime: CurrentRuntime) -> Response:
    """What you have a place in, with its programme, or wait for. The address is all that is asked for."""
    member = await tokens.member_of(runtime.db, secret)
    if member is None:
        raise NotFound("there is no such calendar; its owner may have a new address for it")
    mine = {one.gathering_id: one for one in await of_member(runtime.db, member, MOST_REGISTRATIONS)}
    found = await of_ids(runtime.db, [*mine], runtime.db.now() - KEPT_IN_CALENDARS)
    shown = await asyncio.to_thread(own, found, mine, runtime.resources.public_url, MOST_APPOINTMENTS)
    return await ics(request, "My gatherings", shown, X_Robots_Tag="noindex", Referrer_Policy="no-referrer")


# --- feeds --------------------------------------------------------------------------------------


@router.get("/calls.atom", **produces(ATOM))
async def calls_atom(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """The 50 that last said something new; one that was withdrawn says so for 90 days, then is in no feed."""
    return syndicated(request, ATOM, await calls_feed(runtime, caller, q, "/calls.atom"))


@router.get("/calls.feed.json", **produces(JSON_FEED))
async def calls_json_feed(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    return syndicated(request, JSON_FEED, await calls_feed(runtime, caller, q, "/calls.feed.json"))


@router.get("/gatherings.atom", **produces(ATOM))
async def gatherings_atom(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    """The 50 that were last published, changed or cancelled."""
    return syndicated(request, ATOM, await gatherings_feed(runtime, q, "/gatherings.atom"))


@router.get("/gatherings.feed.json", **produces(JSON_FEED))
async def gatherings_json_feed(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    return syndicated(request, JSON_FEED, await gatherings_feed(runtime, q, "/gatherings.feed.json"))


async def calls_feed(runtime: Runtime, caller: Caller | None, q: CallFilter, path: str) -> Feed:
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller), EVER_PUBLISHED)
    found = await newest_calls(runtime.db, query, now, MOST_ENTRIES)
    site = runtime.resources.public_url
    return feed(site, path, "/calls", "Calls", q, [call_entry(it, site) for it in found])


async def gatherings_feed(runtime: Runtime, q: GatheringFilter, path: str) -> Feed:
    found = await newest_gatherings(runtime.db, q.query(), MOST_ENTRIES)
    site = runtime.resources.public_url
    return feed(site, path, "/gatherings", "Gatherings", q, [gathering_entry(it, site) for it in found])


def feed(site: str, path: str, page: str, title: str, q: Paging, entries: Sequence[Any]) -> Feed:
    """Its addresses are ours: of the request only the filters that were understood are in them."""
    filters = q.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor"})
    asked = f"?{urlencode(filters)}" if filters else ""
    return Feed(f"urn:ccp:feed:{page[1:]}{asked}", title, f"{site}{path}{asked}", f"{site}{page}{asked}", entries)


def syndicated(request: Request, media: str, one: Feed) -> Response:
    body = {ATOM: atom, JSON_FEED: json_feed}[media](one)
    return conditional_response(request, body, media, one.updated_at)


# --- exports ------------------------------------------------------------------------------------


@router.get("/calls.csv", **produces("text/csv", cached=False))
async def calls_csv(runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """UTF-8 with a header; text that begins like a formula has an apostrophe before it."""
    return exports.as_csv("calls", await all_calls(runtime, caller, q), exports.CALLS)


@router.get("/calls.json", **produces("application/json", cached=False))
async def calls_json(runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    return exports.as_json("calls", await all_calls(runtime, caller, q))


@router.get("/gatherings.csv", **produces("text/csv", cached=False))
async def gatherings_csv(runtime: CurrentRuntime, q: Gatherings) -> Response:
    """UTF-8 with a header; text that begins like a formula has an apostrophe before it. Past ones too."""
    return exports.as_csv("gatherings", all_gatherings(runtime, q), exports.GATHERINGS)


@router.get("/gatherings.json", **produces("application/json", cached=False))
async def gatherings_json(runtime: CurrentRuntime, q: Gatherings) -> Response:
    return exports.as_json("gatherings", all_gatherings(runtime, q))


async def all_calls(runtime: Runtime, caller: Caller | None, q: CallFilter) -> AsyncIterator[list[CallView]]:
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller))
    return viewed(runtime, CALLS, query, lambda call: CallView.of(call, now))


def all_gatherings(runtime: Runtime, q: GatheringFilter) -> AsyncIterator[list[GatheringView]]:
    return viewed(runtime, GATHERINGS, public(q.query()), GatheringView.of)


async def viewed(
    runtime: Runtime, collection: Collection[Any], query: Filter, view: Callable[[Any], M]
) -> AsyncIterator[list[M]]:
    async for page in pages(collection, runtime.db, query, exports.BATCH):
        yield [view(one) for one in page]
