# /// script
# requires-python = ">=3.11"
# dependencies = ["pyshp", "pycountry", "shapely>=2.1"]
# ///
"""Make the geometry of the maps from Eurostat's NUTS 2021 regions and Natural Earth's countries.

    uv run tools/map_shapes.py nuts2_2021_simplified.geojson naturalearth_lowres.shp

Neighbours keep common borders, because whole coverages are simplified. In `services/profiles/geography` it writes
`regions.json` (codes, names, countries, points), `shapes.json` (in hundredths of a degree), `europe.json` and
`world.json` (paths of SVG by code). Countries at 1:110 million are in `geopandas/datasets` of geopandas 0.14.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from itertools import chain, pairwise
from math import cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pycountry
import shapefile
import shapely
from shapely.geometry import MultiPolygon, Polygon, box, shape
from shapely.geometry.polygon import orient

FOLDER = Path(__file__).parent.parent / "services" / "profiles" / "geography"
ISO = {"EL": "GR", "UK": "GB"}  # of the codes that the EU writes
UNCODED = {"Kosovo": "XK"}
EARTH = 6371.0  # kilometres
EUROPE = box(2550, 1350, 7450, 5450)  # kilometres of ETRS89-LAEA: without overseas regions and Svalbard
WIDTH = 1000  # of a map, in units of its paths
FINE, COARSE = 0.025, 7.0  # tolerances: degrees, and kilometres
LEAST_ISLAND = 350.0  # square kilometres; each region keeps its largest part
LEAST_COUNTRY = 12.0  # square units of the world's map
SPLIT = 100  # of degrees: a region's shape is in hundredths
Points = np.ndarray[Any, Any]
Shapes = dict[str, MultiPolygon]


def azimuthal(points: Points) -> Points:
    """Return longitudes and latitudes as kilometres on Lambert's equal-area map of Europe (EPSG:3035, spherical)."""
    lon, lat = np.radians(points[:, 0] - 10), np.radians(points[:, 1])
    middle = radians(52)
    closeness = 1 + sin(middle) * np.sin(lat) + cos(middle) * np.cos(lat) * np.cos(lon)
    scale = EARTH * np.sqrt(2 / np.maximum(closeness, 1e-9))
    x = scale * np.cos(lat) * np.sin(lon)
    y = scale * (cos(middle) * np.sin(lat) - sin(middle) * np.cos(lat) * np.cos(lon))
    return np.column_stack([4321 + x, 3210 + y])


def equal_earth(points: Points) -> Points:
    """Return longitudes and latitudes on the Equal Earth map, in units of the earth's radius (Šavrič et al. 2018)."""
    first, second, third, fourth = 1.340264, -0.081106, 0.000893, 0.003796
    angle = np.arcsin(sqrt(3) / 2 * np.sin(np.radians(points[:, 1])))
    squared, sixth = angle**2, angle**6
    slope = 9 * fourth * sixth * squared + 7 * third * sixth + 3 * second * squared + first
    x = 2 * sqrt(3) * np.radians(points[:, 0]) * np.cos(angle) / (3 * slope)
    return np.column_stack([x, angle * (fourth * sixth * squared + third * sixth + second * squared + first)])


def parts(geometry: Any) -> list[Polygon]:
    """Return the polygons of a geometry."""
    return [each for each in getattr(geometry, "geoms", [geometry]) if isinstance(each, Polygon) and not each.is_empty]


def simplified(shapes: Shapes, tolerance: float) -> Shapes:
    """Return shapes with fewer points; neighbours still share their borders."""
    found = shapely.coverage_simplify([*shapes.values()], tolerance)
    return {code: MultiPolygon(parts(each)) for code, each in zip(shapes, found, strict=True)}


def without_islands(shapes: Shapes, least: float, inside: Polygon | None = None) -> Shapes:
    """Return shapes without small parts; a shape keeps its largest part within the box, and is left out without one."""
    kept = {}
    for code, each in shapes.items():
        within = [part for part in each.geoms if inside is None or inside.contains(part.representative_point())]
        if within:
            largest = max(within, key=lambda part: part.area)
            kept[code] = MultiPolygon([part for part in within if part is largest or part.area >= least])
    return kept


def outlined(polygon: Polygon, place: Callable[[Points], Points]) -> list[list[tuple[int, int]]]:
    """Return the rings of a polygon in whole units, without repeated points and the last one; none if it vanishes."""
    made = []
    for ring in (polygon.exterior, *polygon.interiors):
        whole = [tuple(map(int, point)) for point in np.rint(place(np.array(ring.coords)[:, :2]))]
        short = [point for last, point in pairwise([(None, None), *whole]) if point != last][:-1]
        if len(short) > 2:
            made.append(short)
        elif not made:
            break
    return made


def polygons(geometry: MultiPolygon, place: Callable[[Points], Points]) -> list[list[list[tuple[int, int]]]]:
    """Return the polygons of a shape as rings, the outer one first and anticlockwise (RFC 7946)."""
    return [rings for part in geometry.geoms if (rings := outlined(orient(part), place))]


def path(outlines: Sequence[Sequence[tuple[int, int]]]) -> str:
    """Return rings as a path of SVG, in steps from point to point."""
    made = []
    for ring in outlines:
        steps = "".join(f"{x1 - x:+d}{y1 - y:+d}" for (x, y), (x1, y1) in pairwise(ring)).removeprefix("+")
        made.append(f"M{ring[0][0]} {ring[0][1]}l{steps}z".replace("+", " "))
    return "".join(made).replace(" -", "-")


def drawn(shapes: Shapes) -> dict[str, Any]:
    """Return shapes as a picture: its size, and a path for each code."""
    left, bottom, right, top = MultiPolygon([part for each in shapes.values() for part in each.geoms]).bounds
    scale = WIDTH / (right - left)
    paths = {}
    for code, each in sorted(shapes.items()):
        placed = polygons(each, lambda points: (points - [left, top]) * [scale, -scale])
        outlines = [*chain.from_iterable(placed)]
        if not outlines:  # smaller than a unit
            middle = np.rint((np.array(each.centroid.coords) - [left, top]) * [scale, -scale])[0]
            x, y = map(int, middle)
            outlines = [[(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]]
        paths[code] = path(outlines)
    return {"width": WIDTH, "height": round((top - bottom) * scale), "paths": paths}


def regions(source: Path) -> tuple[dict[str, Any], Shapes]:
    """Return the names and countries of the regions by code, and their shapes in degrees."""
    features = sorted(json.loads(source.read_text())["features"], key=lambda each: each["properties"]["nuts_id"])
    names, shapes = {}, {}
    for feature in features:
        told = feature["properties"]
        names[told["nuts_id"]] = (told["name"], ISO.get(told["country"], told["country"]))
        shapes[told["nuts_id"]] = MultiPolygon(parts(shapely.make_valid(shape(feature["geometry"]))))
    return names, shapes


def countries(source: Path) -> Shapes:
    """Return the shapes of the countries by ISO code; Antarctica is left out."""
    found: dict[str, MultiPolygon] = {}
    for record in shapefile.Reader(str(source)).shapeRecords():
        told = record.record.as_dict()
        known = pycountry.countries.get(alpha_3=told["iso_a3"])
        code = known.alpha_2 if known else UNCODED.get(told["name"], "")
        if code and code != "AQ":
            found[code] = MultiPolygon(parts(shapely.make_valid(shape(record.shape.__geo_interface__))))
    return found


def moved(shapes: Shapes, projection: Callable[[Points], Points]) -> Shapes:
    """Return shapes on a map."""
    placed = {code: shapely.make_valid(shapely.transform(each, projection)) for code, each in shapes.items()}
    return {code: MultiPolygon(parts(each)) for code, each in placed.items()}


def middle(geometry: MultiPolygon) -> tuple[float, ...]:
    """Return a point within the largest part of a shape."""
    point: tuple[float, ...] = max(geometry.geoms, key=lambda part: part.area).representative_point().coords[0]
    return point


def written(name: str, content: dict[str, Any]) -> None:
    """Write a file with one line for each key, or for each path."""
    paths = content.pop("paths", None)
    lines = ",\n".join(f"{json.dumps(key)}:{compact(value)}" for key, value in content.items())
    if paths:
        drawings = ",\n".join(f"{json.dumps(key)}:{compact(value)}" for key, value in paths.items())
        lines = f'{lines},\n"paths":{{\n{drawings}\n}}'
    (FOLDER / name).write_text(f"{{\n{lines}\n}}\n")


def compact(value: Any) -> str:
    """Return a value as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Read both sources and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("regions", type=Path)
    parser.add_argument("countries", type=Path)
    chosen = parser.parse_args()
    names, shapes = regions(chosen.regions)
    fine = simplified(shapes, FINE)
    table = {
        code: {"name": name, "country": country, "point": [round(each, 2) for each in middle(fine[code])]}
        for code, (name, country) in names.items()
    }
    outlines = {code: polygons(each, lambda points: points * SPLIT) for code, each in fine.items()}
    written("regions.json", table)
    flat = {
        code: [[[*chain.from_iterable(ring)] for ring in rings] for rings in each] for code, each in outlines.items()
    }
    written("shapes.json", flat)
    written("europe.json", drawn(without_islands(simplified(moved(shapes, azimuthal), COARSE), LEAST_ISLAND, EUROPE)))
    world = moved(countries(chosen.countries), lambda points: equal_earth(points) * 180)
    written("world.json", drawn(without_islands(simplified(world, 1.2), LEAST_COUNTRY)))


if __name__ == "__main__":
    main()
