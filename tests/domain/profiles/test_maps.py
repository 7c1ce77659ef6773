"""Maps of organisations: shades, links, titles, regions, projections."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.directory.drawing import STEPS, Area, Spot, drawn, drawn_country, legend, lower_bounds, shade
from services.profiles.directory.tally import bit_set
from services.profiles.geography.regions import picture, regions, regions_of, shape_of

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    text = str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ElementTree.fromstring(text)  # noqa: S314


@given(st.integers(1, 10**6), st.data())
def test_every_number_has_the_shade_that_the_legend_says(most: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, most))
    bounds = lower_bounds(most)
    assert bounds[0] == 1
    assert len(bounds) <= STEPS
    first, _, last = dict(legend(most))[shade(number, bounds)].partition("–")
    assert int(first) <= number <= int(last or first)
    assert shade(0, bounds) == 0


def test_a_region_with_organisations_is_a_link_with_a_title_and_the_others_are_not() -> None:
    areas = {"FR10": Area("FR10", "Ile-de-France: 3 organisations", 3, "/organisations?region=FR10&kind=company")}
    svg = parsed(drawn("europe", areas, "Organisations"))
    [link] = svg.findall(f"{SVG}a")
    assert link.get("href") == "/organisations?region=FR10&kind=company"
    assert link.find(f"{SVG}title").text == "Ile-de-France: 3 organisations"
    assert link.find(f"{SVG}path").get("class") == "s3"
    assert (svg.get("role"), svg.get("aria-label")) == ("group", "Organisations")


def test_a_map_escapes_names() -> None:
    spot = Spot('<b>"A" & B</b>', 18.0, 59.3, "/organisations/1")
    svg = drawn_country(regions_of("SE"), {}, [spot], "Sweden & more")
    assert "<b>" not in svg
    assert parsed(svg).find(f"{SVG}a/{SVG}title").text == spot.name


def test_a_point_is_inside_the_map_of_its_country_and_one_far_away_is_left_out() -> None:
    stockholm = regions()["SE11"]
    near = Spot("Near", stockholm.lon, stockholm.lat, "/1")
    svg = parsed(drawn_country(regions_of("SE"), {}, [near, Spot("Far", 139.7, 35.7, "/2")], "Sweden"))
    _, _, width, height = map(int, svg.get("viewBox").split())
    [circle] = svg.iter(f"{SVG}circle")
    assert 0 < int(circle.get("cx")) < width
    assert 0 < int(circle.get("cy")) < height


@pytest.mark.parametrize("country", sorted({region.country for region in regions().values()}))
def test_every_country_with_regions_has_a_map(country: str) -> None:
    found = regions_of(country)
    areas = {region.code: Area(region.code, region.name, 1, "/") for region in found}
    links = parsed(drawn_country(found, areas, [], country)).findall(f"{SVG}a")
    shown = {link.find(f"{SVG}title").text for link in links}
    assert shown
    assert {region.name for region in found if region.code in picture("europe").paths} <= shown


def test_the_table_of_regions_names_iso_countries_and_every_shape() -> None:
    assert {region.country for region in regions().values()} >= {"GR", "GB", "FR", "TR"}
    assert not {"EL", "UK"} & {region.country for region in regions().values()}
    for code in regions():
        assert shape_of(code)
        assert re.fullmatch(r"[A-Z]{2}[0-9A-Z]{2}", code)


@given(st.sets(st.integers(0, 300)))
def test_a_set_of_bits_has_the_bits_that_it_is_made_of(bits: set[int]) -> None:
    made = bit_set(bits)
    assert made.bit_count() == len(bits)
    assert all(made >> bit & 1 for bit in bits)
