"""HTTP for the directory: search, counts, exports and feeds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.profiles.dependencies import CurrentRuntime
from services.profiles.directory.exports import (
    FIELDS,
    ON_THE_MAP,
    Row,
    as_feature,
    as_value,
    columns,
    entry,
    region_features,
)
from services.profiles.directory.search import OrganisationFilter, OrganisationSearch, latest, list_organisations
from services.profiles.directory.tally import Counts
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.store import ORGANISATIONS
from shared.exports import as_csv, as_geojson, as_json_array
from shared.http.paging import Page
from shared.http.problems import produces, refusals
from shared.mongo import Query as Search
from shared.service import Runtime
from shared.syndication import ATOM, JSON_FEED, MOST_ENTRIES, Feed, atom_response, json_feed_response, make_feed

router = APIRouter(tags=["Directory"])
Filters = Annotated[OrganisationFilter, Query()]
INVALID_FILTER = {422: "A filter is not valid"}
CSV, JSON, GEOJSON = "text/csv", "application/json", "application/geo+json"
BATCH = 500


class OrganisationFacets(BaseModel):
    """Number of organisations that pass the filters, by facet and value, the most frequent value first."""

    country: Counts
    region: Counts
    kind: Counts
    ecosystem: Counts
    size: Counts
    service: Counts
    interest: Counts
    technology: Counts
    sector: Counts
    label: Counts


@router.get(
    "/organisations",
    operation_id="list_organisations",
    summary="List published organisations",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_published_organisations(
    runtime: CurrentRuntime, q: Annotated[OrganisationSearch, Query()]
) -> Page[Organisation]:
    """Return the published organisations in order of name, the newest first, or those first that changed last."""
    return await list_organisations(runtime.db, q, await runtime.resources.tally.ids(runtime.db, q))


@router.get(
    "/organisations/facets",
    operation_id="count_organisations",
    summary="Count organisations by facet",
    responses=refusals(INVALID_FILTER),
)
async def count_published_organisations(
    runtime: CurrentRuntime, q: Annotated[OrganisationSearch, Query()]
) -> OrganisationFacets:
    """Return how many published organisations pass the filters, by facet; limit, cursor and sort have no effect."""
    return OrganisationFacets.model_validate(await runtime.resources.tally.counts(runtime.db, q))


@router.get(
    "/organisations.regions.geojson",
    operation_id="export_regions_geojson",
    summary="Export the regions of Europe as GeoJSON",
    **produces(GEOJSON, INVALID_FILTER, conditional=False),
)
async def regions_geojson(runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the NUTS 2021 regions of level 2 with the number of organisations that pass the filters in each.

    © EuroGeographics for the administrative boundaries, which are simplified.
    """
    counted = (await runtime.resources.tally.counts(runtime.db, q))["region"]

    async def features() -> AsyncIterator[Sequence[Any]]:
        yield await asyncio.to_thread(region_features, counted)

    return as_geojson("regions", features())


@router.get(
    "/organisations.csv",
    operation_id="export_organisations_csv",
    summary="Export organisations as CSV",
    **produces(CSV, INVALID_FILTER, conditional=False),
)
async def organisations_csv(runtime: CurrentRuntime, q: Filters) -> Response:
    """Return all published organisations that pass the filters as CSV with a header.

    It is UTF-8 with a byte-order mark. Every cell is in quotes. What a spreadsheet would read as a formula has an
    apostrophe in front of it.
    """
    return as_csv("organisations", rows(runtime, q, FIELDS), columns(runtime.resources.public_url))


@router.get(
    "/organisations.json",
    operation_id="export_organisations_json",
    summary="Export organisations as JSON",
    **produces(JSON, INVALID_FILTER, conditional=False),
)
async def organisations_json(runtime: CurrentRuntime, q: Filters) -> Response:
    """Return all published organisations that pass the filters as one JSON array."""
    return as_json_array("organisations", each_as(as_value, runtime, q, FIELDS))


@router.get(
    "/organisations.geojson",
    operation_id="export_organisations_geojson",
    summary="Export organisations as GeoJSON",
    **produces(GEOJSON, INVALID_FILTER, conditional=False),
)
async def organisations_geojson(runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the points of all published organisations that pass the filters and have one."""
    return as_geojson(
        "organisations", each_as(as_feature, runtime, q, ("point", *ON_THE_MAP), {"point": {"$ne": None}})
    )


@router.get(
    "/organisations.atom",
    operation_id="read_organisations_atom_feed",
    summary="Follow organisations as an Atom feed",
    **produces(ATOM, INVALID_FILTER),
)
async def organisations_atom(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 organisations that changed last, as Atom."""
    return await atom_response(request, await feed_of(runtime, q, "/organisations.atom"))


@router.get(
    "/organisations.feed.json",
    operation_id="read_organisations_json_feed",
    summary="Follow organisations as a JSON feed",
    **produces(JSON_FEED, INVALID_FILTER),
)
async def organisations_json_feed(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 organisations that changed last, as JSON Feed 1.1."""
    return json_feed_response(request, await feed_of(runtime, q, "/organisations.feed.json"))


async def feed_of(runtime: Runtime, q: OrganisationFilter, path: str) -> Feed:
    """Return the feed of the organisations that pass the filters and changed last."""
    site: str = runtime.resources.public_url
    entries = [entry(each, site) for each in await latest(runtime.db, q, MOST_ENTRIES)]
    return make_feed(site, path, "/organisations", "Organisations", q, entries)


async def each_as(
    view: Callable[[Row, str], dict[str, Any]],
    runtime: Runtime,
    q: OrganisationFilter,
    fields: Sequence[str],
    more: Search | None = None,
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Yield a view of each organisation that passes the filters, in batches."""
    site: str = runtime.resources.public_url
    async for batch in rows(runtime, q, fields, more):
        yield [view(row, site) for row in batch]


async def rows(
    runtime: Runtime, q: OrganisationFilter, fields: Sequence[str], more: Search | None = None
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Yield fields of the organisations that pass the filters, in order of id, in batches.

    The next batch is read while one is written.
    """
    query = {"$and": [q.query(), more or {}]}

    def read(after: str) -> asyncio.Task[list[dict[str, Any]]]:
        return asyncio.ensure_future(
            ORGANISATIONS.rows(runtime.db, {**query, "_id": {"$gt": after}}, fields, limit=BATCH)
        )

    reading = read("")
    try:
        while batch := await reading:
            reading = read(batch[-1]["_id"])
            yield batch
    finally:
        reading.cancel()
