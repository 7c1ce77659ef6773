"""Pages of the directory: the list of organisations, and the map."""

from functools import partial
from typing import Literal
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import Field

from services.profiles.dependencies import CurrentRuntime
from services.profiles.directory import maps
from services.profiles.directory.drawing import Spot
from services.profiles.directory.lists import chips, facets, link
from services.profiles.directory.search import (
    OrganisationFilter,
    OrganisationSearch,
    country_of,
    list_organisations,
    located,
)
from services.profiles.directory.tally import Counts, Tally
from services.profiles.directory.words import ORDERS
from services.profiles.geography.regions import regions_of
from services.profiles.organisations.profile import wanted
from services.profiles.organisations.usecases import organisation_path
from shared.errors import Invalid
from shared.service import Runtime
from shared.web import pages
from shared.web.i18n import _, country_name, language, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

MOST_SPOTS = 500
WRONG_CURSOR = _("This page of the list does not exist any more. Here is the first one.")
EUROPE, WORLD, COUNTRY = (
    _("Organisations in the regions of Europe"),
    _("Organisations in the countries of the world"),
    _("Organisations in %(country)s"),
)

router = page_router()


class MapFilter(OrganisationFilter):
    """The filters of the map, and its view."""

    view: Literal["europe", "world"] = Field(
        "europe", description="The regions of Europe, or the countries of the world"
    )


@router.get("/organisations")
async def list_public_organisations(request: Request, runtime: CurrentRuntime) -> Response:
    """Show the public organisations that pass the filters, and how many there are of each value."""
    q, errors = read_query(request, OrganisationSearch)
    among = await tally_of(runtime).ids(runtime.db, q)
    try:
        found = await list_organisations(runtime.db, q, among)
    except Invalid:
        q, errors = q.replace(cursor=None), {**errors, "cursor": translated(WRONG_CURSOR)}
        found = await list_organisations(runtime.db, q, among)
    counted = await counts_of(runtime, q)
    order = None if q.sort == "name" else q.sort
    return pages.page(
        request,
        "organisations.html",
        resource=found,
        q=q,
        errors=errors,
        number=number_of(counted),
        facets=facets("/organisations", q, counted, sort=order),
        chips=chips("/organisations", q, sort=order),
        orders=[
            (translated(words), None if name == "name" else name, name == q.sort) for name, words in ORDERS.items()
        ],
        filters=f"?{urlencode(q.given)}" if q.given else "",
        map_address=link("/map", q),
        searched=[beginning for beginning, _stem in wanted(q.text or "")],
    )


@router.get("/map")
async def show_map(request: Request, runtime: CurrentRuntime) -> Response:
    """Show how many organisations pass the filters in each region of Europe, or of a country, or in each country."""
    q, errors = read_query(request, MapFilter)
    counted = await counts_of(runtime, q)
    country = country_of(q) if regions_of(country_of(q)) and q.view == "europe" else ""
    view = None if q.view == "europe" else q.view
    title = translated(COUNTRY if country else EUROPE if q.view == "europe" else WORLD)
    if country:
        title %= {"country": country_name(country)}
    drawn = await map_of(runtime, q, country, counted, title)
    return pages.page(
        request,
        "map.html",
        resource=drawn,
        q=q,
        errors=errors,
        title=title,
        country=country,
        number=number_of(counted),
        facets=facets("/map", q, counted, without=["region"], view=view),
        chips=chips("/map", q, view=view),
        views=[
            (translated(_("Europe")), link("/map", q, country=None, region=None), q.view == "europe" and not country),
            (translated(_("World")), link("/map", q, country=None, region=None, view="world"), q.view == "world"),
        ],
        list_address=link("/organisations", q),
        filters=f"?{urlencode(q.given)}" if q.given else "",
    )


async def map_of(runtime: Runtime, q: MapFilter, country: str, counted: dict[str, Counts], title: str) -> maps.Map:
    """Return the map of a country, of Europe or of the world, which is drawn once until the directory changes."""
    tally = tally_of(runtime)
    key = (tally.version, q.view, language.get(), *q.given.items())
    if country:
        found = [] if tally.keeps(key) else await spots(runtime, q)
        return tally.kept(key, partial(maps.of_country, q, country, counted, found, title))
    return tally.kept(key, partial(maps.europe if q.view == "europe" else maps.world, q, counted, title))


async def spots(runtime: Runtime, q: OrganisationFilter) -> list[Spot]:
    """Return the points of organisations that pass the filters, at most 500."""
    among = await tally_of(runtime).ids(runtime.db, q)
    return [
        Spot(row["name"], row["point"]["longitude"], row["point"]["latitude"], organisation_path(row["_id"]))
        for row in await located(runtime.db, q, among, MOST_SPOTS)
    ]


async def counts_of(runtime: Runtime, q: OrganisationFilter) -> dict[str, Counts]:
    """Return the counts of the organisations that pass the filters, by facet and value."""
    return await tally_of(runtime).counts(runtime.db, q)


def tally_of(runtime: Runtime) -> Tally:
    """Return the counts in memory."""
    tally: Tally = runtime.resources.tally
    return tally


def number_of(counted: dict[str, Counts]) -> int:
    """Return how many organisations are counted; each has one kind."""
    return sum(counted["kind"].values())
