"""HTTP for Atom and JSON feeds."""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from services.calls.catalogue.api import profile
from services.calls.catalogue.search import CallFilter
from services.calls.catalogue.store import EVER_PUBLISHED, newest_calls
from services.calls.dependencies import CurrentRuntime, OptionalCaller
from services.calls.feeds.routes import INVALID_FILTER, Calls, Gatherings, produces, rendered
from services.calls.feeds.syndication.entries import FeedEntry, call_entry, gathering_entry
from services.calls.feeds.syndication.formats import Feed, atom, json_feed
from services.calls.gatherings.api import GatheringFilter
from services.calls.gatherings.store import newest_gatherings
from shared.auth import Caller
from shared.http.conditional import conditional_response
from shared.http.paging import Paging
from shared.service import Runtime

router = APIRouter()

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"
MOST_ENTRIES = 50


@router.get(
    "/calls.atom",
    operation_id="read_calls_atom_feed",
    summary="Follow calls as an Atom feed",
    **produces(ATOM, INVALID_FILTER),
)
async def calls_atom(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Return the 50 calls that were last published, changed or withdrawn, as Atom.

    A withdrawn call is in the feed for 90 days.
    """
    return await atom_response(request, await calls_feed(runtime, caller, q, "/calls.atom"))


@router.get(
    "/calls.feed.json",
    operation_id="read_calls_json_feed",
    summary="Follow calls as a JSON feed",
    **produces(JSON_FEED, INVALID_FILTER),
)
async def calls_json_feed(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Return the 50 calls that were last published, changed or withdrawn, as JSON Feed 1.1.

    A withdrawn call is in the feed for 90 days.
    """
    return json_feed_response(request, await calls_feed(runtime, caller, q, "/calls.feed.json"))


@router.get(
    "/gatherings.atom",
    operation_id="read_gatherings_atom_feed",
    summary="Follow gatherings as an Atom feed",
    **produces(ATOM, INVALID_FILTER),
)
async def gatherings_atom(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    """Return the 50 gatherings that were last published, changed or cancelled, as Atom."""
    return await atom_response(request, await gatherings_feed(runtime, q, "/gatherings.atom"))


@router.get(
    "/gatherings.feed.json",
    operation_id="read_gatherings_json_feed",
    summary="Follow gatherings as a JSON feed",
    **produces(JSON_FEED, INVALID_FILTER),
)
async def gatherings_json_feed(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    """Return the 50 gatherings that were last published, changed or cancelled, as JSON Feed 1.1."""
    return json_feed_response(request, await gatherings_feed(runtime, q, "/gatherings.feed.json"))


async def calls_feed(runtime: Runtime, caller: Caller | None, q: CallFilter, path: str) -> Feed:
    """Return the feed of the newest calls that pass the filters."""
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller), EVER_PUBLISHED)
    calls = await newest_calls(runtime.db, query, now, MOST_ENTRIES)
    site = runtime.resources.public_url
    return make_feed(site, path, "/calls", "Calls", q, [call_entry(call, site) for call in calls])


async def gatherings_feed(runtime: Runtime, q: GatheringFilter, path: str) -> Feed:
    """Return the feed of the newest gatherings that pass the filters."""
    gatherings = await newest_gatherings(runtime.db, q.query(), MOST_ENTRIES)
    site = runtime.resources.public_url
    entries = [gathering_entry(gathering, site) for gathering in gatherings]
    return make_feed(site, path, "/gatherings", "Gatherings", q, entries)


def make_feed(site: str, path: str, page: str, title: str, q: Paging, entries: Sequence[FeedEntry]) -> Feed:
    """Return a feed. Its addresses contain the public address of the platform and the filters, nothing else."""
    filters = q.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor"})
    query = f"?{urlencode(filters)}" if filters else ""
    return Feed(f"urn:ccp:feed:{page[1:]}{query}", title, f"{site}{path}{query}", f"{site}{page}{query}", entries)


async def atom_response(request: Request, feed: Feed) -> Response:
    """Return the feed as Atom."""
    return conditional_response(request, await rendered(atom, feed), ATOM, feed.updated_at)


def json_feed_response(request: Request, feed: Feed) -> Response:
    """Return the feed as JSON Feed."""
    return conditional_response(request, json_feed(feed), JSON_FEED, feed.updated_at)
