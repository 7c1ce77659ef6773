"""Organisations as rows of exports and as entries of feeds (pure)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.profiles.directory.tally import Counts
from services.profiles.geography.regions import region_name, regions, shape_of
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.usecases import organisation_path
from shared.exports import Columns
from shared.ids import created_at
from shared.syndication import FeedEntry

Row = Mapping[str, Any]  # an organisation as it is stored
FIELDS = (
    "name",
    "acronym",
    "kind",
    "country",
    "region",
    "city",
    "point",
    "website",
    "year_founded",
    "staff",
    "members",
    "ecosystems",
    "sectors",
    "technologies",
    "priorities",
    "services",
    "countries_of_interest",
    "labels",
    "description",
    "updated_at",
)
GROUPS = {"point": ("latitude", "longitude"), "members": ("sme", "large", "research", "other")}
ON_THE_MAP = ("name", "acronym", "kind", "country", "region", "city", "website", "ecosystems")


def _column(name: str, part: str = "") -> Callable[[Row], Any]:
    return lambda row: (row.get(name) or {}).get(part) if part else row.get(name)


def columns(site: str) -> Columns[Row]:
    """Return the columns of the export as CSV; groups have a column for each part."""
    made: dict[str, Callable[[Row], Any]] = {"id": _column("_id"), "url": lambda row: _url(site, row)}
    for name in FIELDS:
        if name in GROUPS:
            made |= {f"{name}_{part}": _column(name, part) for part in GROUPS[name]}
        else:
            made[name] = _column(name)
        if name == "region":
            made["region_name"] = lambda row: region_name(row.get("region", ""))
    return made


def as_value(row: Row, site: str) -> dict[str, Any]:
    """Return an organisation as a value of JSON."""
    return {"id": row["_id"], "url": _url(site, row), **{name: row.get(name) for name in FIELDS}}


def as_feature(row: Row, site: str) -> dict[str, Any]:
    """Return an organisation with a point as a feature of GeoJSON."""
    return {
        "type": "Feature",
        "id": row["_id"],
        "geometry": {"type": "Point", "coordinates": [row["point"]["longitude"], row["point"]["latitude"]]},
        "properties": {"url": _url(site, row), **{name: row.get(name) for name in ON_THE_MAP}},
    }


def region_features(counted: Counts) -> Sequence[dict[str, Any]]:
    """Return every region as a feature of GeoJSON with its number of organisations."""
    return [
        {
            "type": "Feature",
            "id": code,
            "geometry": {
                "type": "MultiPolygon",
                "coordinates": [[[*ring, ring[0]] for ring in polygon] for polygon in shape_of(code)],
            },
            "properties": {"name": region.name, "country": region.country, "organisations": counted.get(code, 0)},
        }
        for code, region in regions().items()
    ]


def entry(organisation: Organisation, site: str) -> FeedEntry:
    """Return an organisation as an entry of a feed."""
    published_at = created_at(organisation.id)
    return FeedEntry(
        id=f"urn:ccp:organisation:{organisation.id}",
        url=f"{site}{organisation_path(organisation.id)}",
        title=organisation.name,
        text=organisation.description or organisation.kind.label,
        author=organisation.name,
        tags=(organisation.kind.label, *(ecosystem.label for ecosystem in organisation.ecosystems)),
        published_at=published_at,
        updated_at=organisation.updated_at or published_at,
    )


def _url(site: str, row: Row) -> str:
    return f"{site}{organisation_path(row['_id'])}"
