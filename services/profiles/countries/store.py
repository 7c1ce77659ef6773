"""Collections of country pages, their editions, and copies of what is announced; every query by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.profiles.countries.domain import AnnouncedThing, CountryPage, Edition
from shared.mongo import Collection, Query, Reader, index

COUNTRIES = Collection("countries", CountryPage, [index("public", "_id")])
EDITIONS = Collection("country_editions", Edition, [index("code", "-number"), index("written_by")])
ANNOUNCED = Collection(
    "announced_things",
    AnnouncedThing,
    [
        index("countries", "kind", "over", "orphaned", "until", "_id"),
        index("countries", "kind", "over", "orphaned", "until", "-at", "_id"),
        index("service", "organisation_id"),
    ],
)
SHOWN = 6  # of each kind
MOST_EDITIONS = 100
MOST_COUNTRIES = 250


async def page_of_country(reader: Reader, code: str) -> CountryPage:
    """Return the page of a country, a blank one if nothing was written."""
    return await COUNTRIES.get(reader, code) or CountryPage.blank(code)


async def with_texts(reader: Reader) -> list[CountryPage]:
    """Return the pages that have a public text."""
    return await COUNTRIES.find(reader, {"public": {"$gt": 0}}, sort=[("public", 1)], limit=MOST_COUNTRIES)


async def editions_of(reader: Reader, code: str) -> list[Edition]:
    """Return the last editions of a country, the newest first."""
    return await EDITIONS.find(reader, {"code": code}, sort=[("number", -1)], limit=MOST_EDITIONS)


async def countries_with_news(reader: Reader) -> list[str]:
    """Return the codes of the countries for which something was announced at some time."""
    return [str(code) for code in await ANNOUNCED.values(reader, "countries")]


async def announced_for(
    reader: Reader, code: str, kinds: Sequence[str], now: datetime
) -> Mapping[str, list[AnnouncedThing]]:
    """Return what is announced for a country, by kind: what ends next, then what has no end, the newest first."""
    found = {}
    for kind in kinds:
        live: Query = {"countries": code, "kind": kind, "over": False, "orphaned": False}
        ending = {**live, "until": {"$gt": now}}
        things = await ANNOUNCED.find(reader, ending, sort=[("until", 1), ("_id", 1)], limit=SHOWN)
        lasting = {**live, "until": None}
        things += await ANNOUNCED.find(reader, lasting, sort=[("at", -1), ("_id", 1)], limit=SHOWN)
        found[kind] = things[:SHOWN]
    return {kind: things for kind, things in found.items() if things}
