"""Maps as SVG (pure): areas shaded by the number of organisations, with links and titles, and points.

The colours are classes of the style sheet, so that they follow light and dark. Links cannot be reached with the
keyboard, because the table beside each map has the same ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from math import cos, radians

from markupsafe import Markup

from services.profiles.geography.regions import MapPicture, Region, picture, shape_of

STEPS = 5  # shades of areas with organisations
WIDTH = 1000  # units of a country's map
MARGIN = 15
RADIUS = 7


@dataclass(frozen=True)
class Area:
    """An area of a map: `title` says its name and its number; `href` leads to its organisations."""

    code: str
    title: str
    number: int
    href: str


@dataclass(frozen=True)
class Spot:
    """An organisation at a point."""

    name: str
    lon: float
    lat: float
    href: str


def lower_bounds(most: int) -> list[int]:
    """Return the smallest number of each shade: each shade begins at a multiple of the one before."""
    if most <= STEPS:
        return [*range(1, most + 1)]
    return list(dict.fromkeys(round(most ** (step / STEPS)) for step in range(STEPS)))


def shade(number: int, bounds: Sequence[int]) -> int:
    """Return the shade of a number, 0 for none."""
    return sum(number >= bound for bound in bounds)


def legend(most: int) -> list[tuple[int, str]]:
    """Return the shades and the numbers that they stand for."""
    bounds = lower_bounds(most)
    ranges = [(low, high - 1) for low, high in pairwise([*bounds, most + 1])]
    return [(step, str(low) if low == high else f"{low}–{high}") for step, (low, high) in enumerate(ranges, 1)]


def drawn(name: str, areas: Mapping[str, Area], label: str) -> Markup:
    """Return the map `europe` or `world`; areas without organisations are drawn without a link."""
    map = picture(name)
    return _svg(map, areas, [], label)


def drawn_country(regions: Sequence[Region], areas: Mapping[str, Area], spots: Sequence[Spot], label: str) -> Markup:
    """Return the map of a country's regions with points; parts overseas are left out."""
    paths, place, height = _outlined(tuple(region.code for region in regions))
    inside = [spot for spot in spots if _is_within(place(spot.lon, spot.lat), height)]
    circles = [_circle(spot, *place(spot.lon, spot.lat)) for spot in inside]
    return _svg(MapPicture(WIDTH, height, paths), areas, circles, label)


@cache
def _outlined(codes: Sequence[str]) -> tuple[Mapping[str, str], Callable[[float, float], tuple[int, int]], int]:
    """Return the paths of a country's regions, the projection of the map, and its height."""
    on_the_map = [code for code in codes if code in picture("europe").paths] or codes
    outlines = {code: [*chain.from_iterable(shape_of(code))] for code in on_the_map}
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    place, height = projection(points)
    paths = {
        code: "".join(_ring([place(*point) for point in ring]) for ring in rings) for code, rings in outlines.items()
    }
    return paths, place, height


def projection(points: Sequence[tuple[float, float]]) -> tuple[Callable[[float, float], tuple[int, int]], int]:
    """Return the projection of a small part of the earth to units of a map, and the height of the map."""
    west, east = min(lon for lon, _ in points), max(lon for lon, _ in points)
    south, north = min(lat for _, lat in points), max(lat for _, lat in points)
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * narrow), (WIDTH - 2 * MARGIN) / (north - south))
    left = (WIDTH - (east - west) * narrow * scale) / 2

    def place(lon: float, lat: float) -> tuple[int, int]:
        return round(left + (lon - west) * narrow * scale), round(MARGIN + (north - lat) * scale)

    return place, round((north - south) * scale) + 2 * MARGIN


def _is_within(place: tuple[int, int], height: int) -> bool:
    return 0 <= place[0] <= WIDTH and 0 <= place[1] <= height


def _ring(points: Sequence[tuple[int, int]]) -> str:
    """Return an outline as a path, in steps from point to point."""
    steps = " ".join(f"{x1 - x},{y1 - y}" for (x, y), (x1, y1) in pairwise(points) if (x, y) != (x1, y1))
    return f"M{points[0][0]},{points[0][1]}l{steps}z" if steps else ""


def _svg(map: MapPicture, areas: Mapping[str, Area], circles: Sequence[Markup], label: str) -> Markup:
    bounds = lower_bounds(max((area.number for area in areas.values()), default=0))
    empty = [path for code, path in map.paths.items() if code not in areas or not areas[code].number]
    full = [
        Markup('<a href="{}" tabindex="-1"><title>{}</title><path class="s{}" d="{}"/></a>').format(
            area.href,
            area.title,
            shade(area.number, bounds),
            Markup(map.paths[code]),  # noqa: S704
        )
        for code, area in areas.items()
        if area.number and code in map.paths
    ]
    ground = Markup('<path class="s0" d="{}"/>').format(Markup("".join(empty)))  # noqa: S704
    return Markup('<svg class="map" viewBox="0 0 {} {}" role="group" aria-label="{}">{}{}{}</svg>').format(
        map.width, map.height, label, ground, Markup("").join(full), Markup("").join(circles)
    )


def _circle(spot: Spot, x: int, y: int) -> Markup:
    return Markup('<a href="{}" tabindex="-1"><title>{}</title><circle cx="{}" cy="{}" r="{}"/></a>').format(
        spot.href, spot.name, x, y, RADIUS
    )
