"""HTTP for Atom and JSON feeds."""

from fastapi import APIRouter, Request, Response

from services.calls.catalogue.search import CallFilter
from services.calls.catalogue.store import EVER_PUBLISHED, newest_calls
from services.calls.catalogue.views import query_of
from services.calls.dependencies import CurrentRuntime, OptionalCaller
from services.calls.feeds.routes import INVALID_FILTER, Calls, Gatherings, rendered
from services.calls.feeds.syndication.entries import call_entry, gathering_entry
from services.calls.gatherings.store import newest_gatherings
from services.calls.gatherings.views import GatheringFilter
from shared.auth import Caller
from shared.http.problems import produces
from shared.service import Runtime
from shared.syndication import ATOM, JSON_FEED, MOST_ENTRIES, Feed, atom_response, json_feed_response, make_feed

router = APIRouter()


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
    return await atom_response(request, await calls_feed(runtime, caller, q, "/calls.atom"), rendered)


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
    return await atom_response(request, await gatherings_feed(runtime, q, "/gatherings.atom"), rendered)


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
    query = await query_of(runtime, q, caller, EVER_PUBLISHED)
    calls = await newest_calls(runtime.db, query, now, MOST_ENTRIES)
    site = runtime.resources.public_url
    return make_feed(site, path, "/calls", "Calls", q, [call_entry(call, site) for call in calls])


async def gatherings_feed(runtime: Runtime, q: GatheringFilter, path: str) -> Feed:
    """Return the feed of the newest gatherings that pass the filters."""
    gatherings = await newest_gatherings(runtime.db, q.query(), MOST_ENTRIES)
    site = runtime.resources.public_url
    entries = [gathering_entry(gathering, site) for gathering in gatherings]
    return make_feed(site, path, "/gatherings", "Gatherings", q, entries)
