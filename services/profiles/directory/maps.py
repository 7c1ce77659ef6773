"""What the page of the map shows: the areas of a view with their numbers, the picture, and the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from services.profiles.directory.drawing import Area, Spot, drawn, drawn_country, legend
from services.profiles.directory.lists import link
from services.profiles.directory.search import OrganisationFilter
from services.profiles.directory.tally import Counts
from services.profiles.geography.regions import regions, regions_of
from shared.web.i18n import country_name, number, translated_number

LIST = "/organisations"
MAP = "/map"


@dataclass(frozen=True)
class Row:
    """A row of the table: an area, the country that it is in, and its number."""

    name: str
    href: str
    number: int
    country: str = ""
    country_href: str = ""


@dataclass(frozen=True)
class Map:
    """A map: its picture, its table, and what the picture cannot show."""

    picture: Markup
    rows: Sequence[Row]
    most: int
    elsewhere: Sequence[Row] = field(default=())  # organisations without a region, by country

    @property
    def legend(self) -> list[tuple[int, str]]:
        """The shades and their numbers."""
        return legend(self.most)


def europe(q: OrganisationFilter, counted: Mapping[str, Counts], label: str) -> Map:
    """Return the map of the European regions."""
    areas = {code: _region(q, code, found) for code, found in counted["region"].items() if code in regions()}
    rows = [_row(q, area) for area in areas.values()]
    placed: dict[str, int] = {}
    for code, area in areas.items():
        placed[regions()[code].country] = placed.get(regions()[code].country, 0) + area.number
    rest = {country: found - placed.get(country, 0) for country, found in counted["country"].items()}
    elsewhere = [
        Row(country_name(country), link(LIST, q, country=country), found)
        for country, found in rest.items()
        if found > 0
    ]
    most = max((area.number for area in areas.values()), default=0)
    return Map(drawn("europe", areas, label), sorted(rows, key=_by_place), most, elsewhere)


def of_country(
    q: OrganisationFilter, country: str, counted: Mapping[str, Counts], spots: Sequence[Spot], label: str
) -> Map:
    """Return the map of a country with regions, and the points of organisations."""
    found = regions_of(country)
    areas = {region.code: _region(q, region.code, counted["region"].get(region.code, 0)) for region in found}
    without = sum(counted["country"].values()) - sum(area.number for area in areas.values())
    elsewhere = [Row(country_name(country), link(LIST, q, country=country), without)] if without > 0 else []
    rows = sorted((_row(q, area) for area in areas.values() if area.number), key=_by_place)
    most = max((area.number for area in areas.values()), default=0)
    return Map(drawn_country(found, areas, spots, label), rows, most, elsewhere)


def world(q: OrganisationFilter, counted: Mapping[str, Counts], label: str) -> Map:
    """Return the map of the world's countries."""
    areas = {
        code: Area(code, _title(country_name(code), found), found, address_of_country(q, code))
        for code, found in counted["country"].items()
    }
    rows = [Row(country_name(code), area.href, area.number) for code, area in areas.items()]
    most = max((area.number for area in areas.values()), default=0)
    return Map(drawn("world", areas, label), rows, most)


def address_of_country(q: OrganisationFilter, country: str) -> str:
    """Return the address of a country's map, or of its organisations if it has no regions."""
    return link(MAP if regions_of(country) else LIST, q, country=country)


def _region(q: OrganisationFilter, code: str, found: int) -> Area:
    return Area(code, _title(regions()[code].name, found), found, link(LIST, q, region=code))


def _title(name: str, found: int) -> str:
    words = translated_number("%(name)s: %(num)s organisation", "%(name)s: %(num)s organisations", found)
    return words % {"name": name, "num": number(found)}


def _row(q: OrganisationFilter, area: Area) -> Row:
    region = regions()[area.code]
    country_href = address_of_country(q, region.country)
    return Row(region.name, area.href, area.number, country_name(region.country), country_href)


def _by_place(row: Row) -> tuple[str, str]:
    return row.country, row.name
