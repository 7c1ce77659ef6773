"""The directory for programs and people: counts, exports, feeds, linked data, and the map."""

import csv
import json
from io import StringIO

import feedparser
import pytest

from services.profiles.directory.search import ORDERS, OrganisationSearch
from tests.support.browsing import Browser
from tests.support.people import PROFILE, Member, Platform, ok, refused

EVERYTHING = {
    "region": "SE11",
    "city": "Stockholm",
    "point": {"latitude": 59.33, "longitude": 18.07},
    "sectors": ["26"],
    "technologies": ["photonics"],
    "priorities": ["Smart materials"],
    "services": ["technology_transfer"],
    "countries_of_interest": ["JP"],
    "labels": ["cluster_excellence_gold"],
}
FILTERS = {
    "region": "SE11",
    "size": "15_to_49_members",
    "service": "technology_transfer",
    "interest": "JP",
    "technology": "photonics",
    "sector": "26",
    "label": "cluster_excellence_gold",
}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik", "SE")


@pytest.fixture(scope="module", autouse=True)
async def photon(ccp: Platform, erik: Member) -> dict:
    """Three public organisations; one has everything."""
    await ccp.organisation(erik, name="=Plain", country="JP", website="https://plain.example")
    await ccp.organisation(erik, name="Firm </script>", kind="company", country="FR", region="FR10", members={})
    return await ccp.organisation(erik, name="Photon Valley", website="https://photon.example", **EVERYTHING)


def visitor(ccp: Platform) -> Browser:
    return Browser(ccp.http)


@pytest.mark.parametrize(("name", "value"), FILTERS.items())
async def test_each_filter_finds_and_counts_the_same(ccp: Platform, name: str, value: str) -> None:
    found = ok(await ccp.http.get("/organisations", params={name: value, "text": "photon"}))["items"]
    assert [each["name"] for each in found] == ["Photon Valley"]
    counts = ok(await ccp.http.get("/organisations/facets", params={name: value, "text": "photon"}))
    assert counts[name] == {value: 1}
    assert counts["kind"] == {"cluster_organisation": 1}


@pytest.mark.parametrize("name", FILTERS)
async def test_a_value_that_does_not_exist_finds_nothing_or_is_refused(ccp: Platform, name: str) -> None:
    answer = await ccp.http.get("/organisations", params={name: "none"})
    assert answer.status_code == 422 or ok(answer)["items"] == []


async def test_counts_follow_each_change_at_once(ccp: Platform, erik: Member) -> None:
    made = await ccp.organisation(erik, name="Counted", services=["policy_advice"])
    count = {"service": "policy_advice"}
    assert ok(await ccp.http.get("/organisations/facets", params=count))["country"] == {"SE": 1}
    body = PROFILE | {"name": "Counted", "services": []}
    changed = ok(await erik.put(f"/organisations/{made['id']}", body, version=made["version"]))
    assert ok(await ccp.http.get("/organisations/facets", params=count))["country"] == {}
    before = ok(await ccp.http.get("/organisations/facets"))["kind"]["cluster_organisation"]
    ok(await erik.post(f"/organisations/{made['id']}/withdraw", version=changed["version"]))
    assert ok(await ccp.http.get("/organisations/facets"))["kind"]["cluster_organisation"] == before - 1


@pytest.mark.parametrize("sort", ORDERS)
@pytest.mark.parametrize("filters", [{}, {"country": "SE"}, {"text": "photon"}, *({k: v} for k, v in FILTERS.items())])
async def test_every_search_uses_an_index(ccp: Platform, sort: str, filters: dict) -> None:
    query = OrganisationSearch.model_validate(filters).query()
    rows = ccp.system.db("profiles").raw("organisations")
    plan = await rows.find(query).sort([*ORDERS[sort]]).explain()
    assert '"COLLSCAN"' not in json.dumps(plan["queryPlanner"]["winningPlan"], default=str)


async def test_the_list_pages_in_each_order(ccp: Platform) -> None:
    for sort in ORDERS:
        names, cursor = [], None
        while True:
            page = ok(
                await ccp.http.get(
                    "/organisations",
                    params={"limit": 1, "sort": sort, "cursor": cursor or ""} if cursor else {"limit": 1, "sort": sort},
                )
            )
            names += [each["name"] for each in page["items"]]
            if not (cursor := page["next"]):
                break
        assert {"=Plain", "Firm </script>", "Photon Valley"} <= {*names}
        assert len(names) == len({*names})


async def test_exports_have_every_organisation_and_obey_the_filters(ccp: Platform, photon: dict) -> None:
    text = (await ccp.http.get("/organisations.csv")).content.decode("utf-8-sig")
    rows = {row["name"]: row for row in csv.DictReader(StringIO(text))}
    assert rows["Photon Valley"]["region_name"] == "Stockholm"
    assert rows["Photon Valley"]["members_sme"] == "30"
    assert "'=Plain" in rows
    values = ok(await ccp.http.get("/organisations.json", params={"region": "SE11"}))
    assert [(each["id"], each["services"]) for each in values] == [(photon["id"], ["technology_transfer"])]
    points = ok(await ccp.http.get("/organisations.geojson"))
    assert [each["geometry"]["coordinates"] for each in points["features"]] == [[18.07, 59.33]]
    assert ok(await ccp.http.get("/organisations.geojson", params={"country": "JP"}))["features"] == []
    areas = ok(await ccp.http.get("/organisations.regions.geojson", params={"kind": "company"}))["features"]
    assert {
        each["id"]: each["properties"]["organisations"] for each in areas if each["properties"]["organisations"]
    } == {"FR10": 1}
    refused(await ccp.http.get("/organisations.csv", params={"kind": "club"}), 422, "kind")


async def test_feeds_have_what_changed_last(ccp: Platform, photon: dict) -> None:
    atom = await ccp.http.get("/organisations.atom", params={"region": "SE11"})
    feed = feedparser.parse(atom.content)
    assert [(each.title, each.link.rpartition("/")[2]) for each in feed.entries] == [("Photon Valley", photon["id"])]
    again = {"If-None-Match": atom.headers["etag"]}
    assert (await ccp.http.get("/organisations.atom", params={"region": "SE11"}, headers=again)).status_code == 304
    items = ok(await ccp.http.get("/organisations.feed.json", params={"region": "SE11"}))["items"]
    assert [item["title"] for item in items] == ["Photon Valley"]


async def test_a_profile_describes_itself_to_search_engines(ccp: Platform, photon: dict) -> None:
    soup = (await visitor(ccp).open(f"/organisations/{photon['id']}")).soup
    data = json.loads(soup.find("script", type="application/ld+json").string)
    assert (data["@type"], data["address"]["addressRegion"]) == ("Organization", "Stockholm")
    assert data["location"]["geo"]["latitude"] == 59.33
    assert soup.find("meta", property="og:title")["content"] == "Photon Valley"
    [firm] = ok(await ccp.http.get("/organisations", params={"kind": "company"}))["items"]
    page = await visitor(ccp).open(f"/organisations/{firm['id']}")
    assert json.loads(page.soup.find("script", type="application/ld+json").string)["name"] == "Firm </script>"


async def test_a_visitor_reads_the_profile_and_finds_others_like_it(ccp: Platform, photon: dict) -> None:
    page = await visitor(ccp).open(f"/organisations/{photon['id']}")
    for words in (
        "Region Stockholm",
        "Computers, electronics and optics",
        "Smart materials",
        "Cluster excellence gold",
    ):
        assert words in page.text
    same = await page.follow("Technology transfer")
    assert [link.get_text() for link in same.soup.select(".rows h2 a")] == ["Photon Valley"]


async def test_a_visitor_walks_over_the_map(ccp: Platform) -> None:
    page = await (await visitor(ccp).open("/organisations?ecosystem=digital")).follow("Show on the map")
    assert page.heading == "Organisations in the regions of Europe"
    titles = [title.get_text() for title in page.soup.select("svg title")]
    assert "Stockholm: 1 organisation" in titles
    assert "© EuroGeographics" in page.text
    sweden = await page.follow("Sweden")
    assert sweden.heading == "Organisations in Sweden"
    assert "Photon Valley" in [title.get_text() for title in sweden.soup.select("svg title")]
    shown = await sweden.follow("Stockholm")
    assert [link.get_text() for link in shown.soup.select(".rows h2 a")] == ["Photon Valley"]
    world = await page.follow("World")
    assert "Japan: 1 organisation" in [title.get_text() for title in world.soup.select("svg title")]
    narrowed = await world.follow("Company")
    assert [row.get_text(" ", strip=True) for row in narrowed.soup.select("tbody tr")] == ["France 1"]
    empty = await visitor(ccp).open("/map?text=nothingofthesort")
    assert "No organisation passes all of these filters" in empty.text
    french = Browser(ccp.http, languages="fr")
    assert (await french.open("/map?country=SE")).heading == "Organisations : Suède"


async def test_a_wrong_filter_of_the_map_is_named_and_left_out(ccp: Platform) -> None:
    page = await visitor(ccp).open("/map?kind=club&view=moon&region=XX99")
    assert page.status == 200
    assert len(page.soup.select(".warning li")) == 2
