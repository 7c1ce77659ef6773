"""The regions of Europe (NUTS 2021, level 2): codes, names, countries, and shapes (pure)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PER_DEGREE = 100  # shapes are in hundredths of a degree
Ring = Sequence[tuple[float, float]]  # longitudes and latitudes; the last point is not the first one again
Polygon = Sequence[Ring]  # the outline, then the holes


@dataclass(frozen=True)
class Region:
    """A region: its country is an ISO 3166-1 code, its point lies within it."""

    code: str
    name: str
    country: str
    lon: float
    lat: float


@dataclass(frozen=True)
class MapPicture:
    """A drawn map: its size, and a path of SVG for each code."""

    width: int
    height: int
    paths: Mapping[str, str]


@cache
def regions() -> Mapping[str, Region]:
    """Return all regions by code."""
    return {
        code: Region(code, told["name"], told["country"], *told["point"]) for code, told in _read("regions").items()
    }


@cache
def regions_of(country: str) -> Sequence[Region]:
    """Return the regions of a country in order of name; none for a country without NUTS regions."""
    found = [region for region in regions().values() if region.country == country]
    return sorted(found, key=lambda region: region.name)


def region_name(code: str) -> str:
    """Return the name of a region, or the code itself if it is unknown."""
    region = regions().get(code)
    return region.name if region else code


@cache
def shape_of(code: str) -> Sequence[Polygon]:
    """Return the shape of a region in degrees."""
    return [[_degrees(ring) for ring in polygon] for polygon in _shapes()[code]]


def _degrees(ring: Sequence[int]) -> Ring:
    return [(x / PER_DEGREE, y / PER_DEGREE) for x, y in zip(ring[::2], ring[1::2], strict=True)]


@cache
def picture(name: str) -> MapPicture:
    """Return the drawn map `europe` or `world`."""
    return MapPicture(**_read(name))


@cache
def _shapes() -> Mapping[str, Sequence[Sequence[Sequence[int]]]]:
    shapes: Mapping[str, Sequence[Sequence[Sequence[int]]]] = _read("shapes")
    return shapes


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())
