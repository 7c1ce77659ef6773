"""Search for calls: ranking, filters, calls for my profile, facets; pages without repeats, queries with an index."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.catalogue import search
from services.calls.catalogue.domain import Call
from services.calls.catalogue.eligibility.domain import Candidate, Verdict, check_all, verdict
from services.calls.catalogue.facets import counts
from services.calls.catalogue.search import PUBLIC, CallFilter
from services.calls.catalogue.status import Stage, status
from services.calls.catalogue.store import BY_DEADLINE, CALLS, fold_again
from services.calls.organisations.domain import Applicant
from shared.vocabulary import CallKind, Ecosystem
from tests.support.calls import NOW
from tests.support.eligibility import COUNTRIES, ECOSYSTEMS, KINDS, applicants, rules
from tests.support.people import Member, Platform, ok, refused

DAY = timedelta(days=1)


def call(id: str, **more: Any) -> Call:
    deadline = NOW + more.pop("days", 40) * DAY
    facts = {"title": "Call", "organisation_name": "Publisher", "stage": Stage.PUBLISHED, "opens_at": NOW - DAY}
    return Call.model_validate({"id": id, "deadline": deadline, **facts, **more})


FOUND = [
    call("title", title="Hydrogen for trains", kind="funding", ecosystems=["mobility"], programme="LIFE"),
    call("keyword", title="Clean rail", keywords=["hydrogen"], kind="mission", days=5, countries=["JP"], about=["BR"]),
    call(
        "summary", title="Depots", summary="They may use hydrogen.", days=25, budget={"smallest": 100, "largest": 900}
    ),
    call("text", title="Tracks", summary="Where it was tried, as long as a summary may be: hydrogen.", days=-3),
    call("other", title="Bakeries", ecosystems=["agri_food"], opens_at=NOW + DAY),
    call("draft", title="Hydrogen in secret", stage=Stage.DRAFT),
]


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


@pytest.fixture(scope="module")
async def park(ccp: Platform, editor: Member) -> dict:
    return await ccp.organisation(editor, name="Lund Park", kind="science_park", members={}, country="SE")


async def only(ccp: Platform, calls: list[Call]) -> None:
    at = ccp.system.db("calls")
    await at.raw("calls").delete_many({})
    await CALLS.insert_new(at, calls)


async def ids(ccp: Platform, **params: Any) -> list[str]:
    return [found["id"] for found in ok(await ccp.http.get("/calls", params=params))["items"]]


async def test_a_word_in_the_title_counts_more_than_one_in_the_summary(ccp: Platform) -> None:
    await only(ccp, FOUND)
    assert await ids(ccp, text="hydrogen") == ["title", "keyword", "summary", "text"]
    assert await ids(ccp, text="HYDROGENS") == ["title", "keyword", "summary", "text"]
    assert await ids(ccp, text="hydrogen -rail") == ["title", "summary", "text"]
    assert await ids(ccp, text='"where it was tried"') == ["text"]
    assert await ids(ccp, text="helium") == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["text", "keyword", "summary", "other", "title"]),
        ({"status": "closing_soon"}, ["keyword"]),
        ({"status": "draft"}, []),
        ({"kind": "mission"}, ["keyword"]),
        ({"country": "JP"}, ["keyword"]),
        ({"about": "BR"}, ["keyword"]),
        ({"country": "BR"}, []),
        ({"about": "BR", "text": "hydrogen"}, ["keyword"]),
        ({"ecosystem": "mobility"}, ["title"]),
        ({"programme": "LIFE"}, ["title"]),
        ({"closing_within": 30}, ["keyword", "summary"]),
        ({"closing_within": 30, "text": "hydrogen"}, ["keyword", "summary"]),
        ({"grant_from": 900}, ["summary"]),
        ({"grant_from": 901}, []),
        ({"grant_to": 100}, ["summary"]),
        ({"status": "open", "text": "hydrogen"}, ["title", "summary"]),
        ({"status": "closed", "text": "tried"}, ["text"]),
        ({"status": ["open", "closing_soon"]}, ["keyword", "summary", "title"]),
        ({"status": ["closed", "forthcoming"]}, ["text", "other"]),
        ({"sort": "latest"}, ["other", "title", "summary", "keyword", "text"]),
        ({"sort": "deadline", "text": "hydrogen"}, ["text", "keyword", "summary", "title"]),
        ({"sort": "match"}, ["text", "keyword", "summary", "other", "title"]),
    ],
)
async def test_filters_narrow_alone_and_together(ccp: Platform, filters: dict, expected: list[str]) -> None:
    await only(ccp, FOUND)
    assert await ids(ccp, **filters) == expected


@pytest.mark.parametrize("params", [{}, {"text": "grid"}, {"text": "grid island"}, {"closing_within": 300}], ids=str)
async def test_pages_show_each_call_once_also_among_equals(ccp: Platform, params: dict) -> None:
    calls = [
        call(f"c{number:02}", title="Grid " + "island " * (number % 3), days=1 + number % 4) for number in range(25)
    ]
    await only(ccp, calls)
    seen: list[str] = []
    cursor: dict = {}
    while True:
        page = ok(await ccp.http.get("/calls", params={**params, "limit": 4, **cursor}))
        seen += [found["id"] for found in page["items"]]
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}
    assert len(seen) == 25
    assert sorted(seen) == [f"c{number:02}" for number in range(25)]


async def test_calls_for_my_profile_are_in_my_ecosystems_and_open_to_me(
    ccp: Platform, editor: Member, park: dict
) -> None:
    calls = [
        call("fits", ecosystems=["digital", "textiles"]),
        call("others", ecosystems=["textiles"]),
        call("norway", ecosystems=["digital"], eligibility={"applicant": {"countries": ["NO"]}}),
        call("parks", ecosystems=["digital"], eligibility={"applicant": {"kinds": ["science_park"]}}),
        call("closed", ecosystems=["digital"], days=-1),
    ]
    await only(ccp, calls)
    params = {"for_profile": park["id"]}
    assert [found["id"] for found in ok(await editor.get("/calls", params=params))["items"]] == ["fits", "parks"]
    assert ok(await editor.get("/calls/facets", params=params))["ecosystem"]["textiles"] == 1
    anna = await ccp.member("Anna")
    refused(await anna.get("/calls", params=params), 404, "for_profile")
    refused(await ccp.http.get("/calls", params=params), 401)


@examples(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(of=applicants, asked=st.lists(rules, min_size=20, max_size=40))
async def test_the_query_for_a_profile_finds_the_calls_that_the_rules_allow(
    ccp: Platform, of: Applicant, asked: list
) -> None:
    alone = [one.model_copy(update={"consortium": type(one.consortium)()}) for one in asked]
    calls = [call(f"c{i:02}", ecosystems=ECOSYSTEMS, eligibility=one) for i, one in enumerate(alone)]
    await only(ccp, calls)
    query = CallFilter(limit=100).query(NOW, of)
    found = {one.id for one in await CALLS.find(ccp.system.db("calls"), query, limit=100)}
    possible = {
        one.id
        for one in calls
        if of.ecosystems and verdict(check_all(one.eligibility, Candidate(of))) is not Verdict.NOT_ELIGIBLE
    }
    assert found == possible


PROGRAMMES = ["", "LIFE", "Digital Europe"]
made = st.builds(
    lambda days, opens, forthcoming, closed, kind, ecosystems, countries, about, programme: {
        "days": days,
        "opens_at": None if opens is None else NOW + opens * DAY,
        "forthcoming": forthcoming,
        "closed_at": NOW if closed else None,
        "kind": kind,
        "ecosystems": ecosystems,
        "countries": countries,
        "about": about,
        "programme": programme,
    },
    st.integers(-20, 60),
    st.none() | st.integers(-30, 30),
    st.booleans(),
    st.booleans(),
    st.sampled_from([*CallKind]),
    st.lists(st.sampled_from([*Ecosystem]), max_size=3, unique=True),
    st.lists(st.sampled_from(COUNTRIES), max_size=3, unique=True),
    st.lists(st.sampled_from(COUNTRIES), max_size=3, unique=True),
    st.sampled_from(PROGRAMMES),
)
NARROWING: list[dict] = [
    {},
    {"status": "open"},
    {"status": "closed"},
    {"status": ["open", "closing_soon"]},
    {"status": ["forthcoming", "closed"]},
    {"kind": "mission"},
    {"ecosystem": "digital"},
    {"country": "SE"},
    {"about": "SE"},
    {"programme": "LIFE"},
    {"closing_within": 30},
]


@pytest.mark.parametrize("filters", NARROWING, ids=str)
@examples(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(made, min_size=20, max_size=40))
async def test_facets_domain_and_filters_agree(ccp: Platform, filters: dict, rows: list[dict]) -> None:
    secret = call("draft", stage=Stage.DRAFT, countries=["BR"], programme="Secret", ecosystems=["digital"])
    await only(ccp, [*(call(f"c{number:02}", **row) for number, row in enumerate(rows)), secret])
    at, q = ccp.system.db("calls"), CallFilter.model_validate(filters)
    seen = await CALLS.find(at, q.query(NOW), limit=100)
    found = await counts(at, q, q.query(NOW), NOW)
    assert found["kind"] == {str(k): sum(one.kind is k for one in seen) for k in CallKind}
    assert found["ecosystem"] == {str(e): sum(e in one.ecosystems for one in seen) for e in Ecosystem}
    assert found["status"] == {str(s): sum(status(one, NOW) is s for one in seen) for s in PUBLIC}
    assert found["country"] == Counter(country for one in seen for country in one.countries)
    assert found["about"] == Counter(country for one in seen for country in one.about)
    assert found["programme"] == Counter(one.programme for one in seen if one.programme)
    for facet in ("country", "about", "programme"):
        assert [*found[facet].values()] == sorted(found[facet].values(), reverse=True)


async def test_choosing_a_facet_finds_as_many_as_it_counts(ccp: Platform) -> None:
    await only(ccp, FOUND)
    facets = ok(await ccp.http.get("/calls/facets"))
    assert facets["country"] == {"JP": 1}
    assert facets["about"] == {"BR": 1}
    assert facets["programme"] == {"LIFE": 1}
    for facet, counted in facets.items():
        for value, number in counted.items():
            assert len(await ids(ccp, **{facet: value})) == number, (facet, value)


WRITTEN = [
    call("accents", title="Électricité pour Île-de-France"),
    call("greek", title="Καινοτόμος ΕΝΈΡΓΕΙΑ"),
    call("polish", title="Klaster Łódź"),
    call("abbreviation", title="Funds for IT firms", summary="By WHO, for farms"),
    call("stop", title="Make it work", summary="For those who apply"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("electricite", ["accents"]),
        ("Ile de France", ["accents"]),
        ('"Ile de France"', ["accents"]),
        ("E\u0301lectricite\u0301", ["accents"]),
        ("ενέργεια", ["greek"]),
        ("ενεργειας", ["greek"]),
        ("lodz", ["polish"]),
        ("IT", ["abbreviation"]),
        ("it", ["abbreviation"]),
        ("WHO", ["abbreviation"]),
        ("firm -IT", []),
        ("works", ["stop"]),
        ("funds -arm", ["abbreviation"]),
        ('funds "firms IT"', []),
        ('funds "IT firms"', ["abbreviation"]),
        ('funds "irm"', []),
        ('funds -"irm"', ["abbreviation"]),
        ("make -work", []),
        ('make -"work for"', []),
    ],
)
async def test_words_are_found_in_any_spelling(ccp: Platform, text: str, expected: list[str]) -> None:
    await only(ccp, WRITTEN)
    assert await ids(ccp, text=text) == expected


TOPICS = [
    "HORIZON-CL4-2026-DIGITAL-01",
    "HORIZON-CL4-2026-DIGITAL-01-02",
    "HORIZON-CL4-2027-DIGITAL-01",
    "LIFE-2026-IT",
]
IDENTIFIED = [
    *(call(f"c{n}", title="Digital work", source={"name": "portal", "id": id}) for n, id in enumerate(TOPICS)),
    call("words", title="Digital digital Horizon 2026 CL4 01", summary="Horizon CL4 2026 digital 01 " * 5),
    call("named", title="Second call of COSME/2016-035", keywords=["EDF-2026-DA"]),
]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        *((id, [f"c{n}"]) for n, id in enumerate(TOPICS)),
        *((id.lower().replace("-", " "), [f"c{n}"]) for n, id in enumerate(TOPICS)),
        ("CL4-2026-DIGITAL", ["c0", "c1"]),
        ("work programme CL4-2027", ["c2"]),
        ("digital-01-02", ["c1"]),
        ("cosme/2016-035", ["named"]),
        ("EDF-2026", ["named"]),
        ("c1", ["c1"]),
    ],
)
async def test_an_identifier_or_a_part_of_it_finds_its_call_first(ccp: Platform, text: str, first: list[str]) -> None:
    await only(ccp, IDENTIFIED)
    assert sorted((await ids(ccp, text=text))[: len(first)]) == first


DESCRIBED = [
    call("title", title="Hydrogen for trains"),
    call("described", title="Clean rail", description="Trains that run on hydrogen, in Île-de-France."),
    call("both", title="Depots for trains", description="Hydrogen is stored in them."),
    call("draft", title="A secret electrolyser", stage=Stage.DRAFT),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hydrogen", ["title", "both", "described"]),
        ("hydrogen trains", ["title", "both", "described"]),
        ("ile de france", ["described"]),
        ("hydrogn", ["title", "both", "described"]),
        ("hydr", ["title", "both", "described"]),
        ("hidrogen trainz", ["title", "both", "described"]),
        ("hydrogen france", ["title", "described"]),
        ("stored depo", ["both"]),
        ('"run on hydrogen"', []),
        ("hydrogen -clean", ["title"]),
        ("electrolysr", []),
        ("electrolyser", []),
    ],
)
async def test_descriptions_starts_of_words_and_typing_mistakes_are_found(
    ccp: Platform, text: str, expected: list[str]
) -> None:
    await only(ccp, DESCRIBED)
    await vocabulary_is_read(ccp)
    assert await ids(ccp, text=text) == expected
    counted = ok(await ccp.http.get("/calls/facets", params={"text": text}))
    assert sum(counted["kind"].values()) == len(expected)


async def test_a_search_pages_from_titles_to_descriptions(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "AT_ONCE", 2)
    titled = [call(f"a{n}", title="Hydrogen") for n in range(5)]
    await only(ccp, [*titled, *(call(f"b{n}", description="Hydrogen") for n in range(5))])
    seen: list[str] = []
    cursor: dict = {}
    while len(seen) < 10:
        page = ok(await ccp.http.get("/calls", params={"text": "hydrogen", "limit": 3, **cursor}))
        seen += [found["id"] for found in page["items"]]
        cursor = {"cursor": page["next"]}
    assert seen == [*(f"a{n}" for n in range(5)), *(f"b{n}" for n in range(5))]
    assert page["next"] is None


async def vocabulary_is_read(ccp: Platform) -> None:
    """Let the loop of the vocabulary run, as it does every minute."""
    runtime = ccp.system.runtimes["calls"]
    await runtime.round(next(loop for loop in runtime.service.loops if loop.name == "vocabulary"))


async def test_the_newest_come_first_if_asked(ccp: Platform) -> None:
    await only(ccp, [call(f"c{n}", published_at=NOW - n * DAY) for n in (3, 1, 2)])
    assert await ids(ccp, sort="newest") == ["c1", "c2", "c3"]
    assert await ids(ccp, sort="newest", limit=2) == ["c1", "c2"]


async def test_a_mission_is_about_its_destinations(ccp: Platform) -> None:
    mission = {"starts_on": "2016-08-08", "ends_on": "2016-08-12", "destinations": ["BR"]}
    await only(ccp, [call("mission", kind="mission", mission=mission, countries=["FR"]), call("other")])
    assert await ids(ccp, about="BR") == ["mission"]
    assert await ids(ccp, country="FR") == ["mission"]
    assert ok(await ccp.http.get("/calls/facets"))["about"] == {"BR": 1}


async def test_calls_of_an_earlier_release_are_found_after_their_words_are_folded(ccp: Platform) -> None:
    await only(ccp, FOUND)
    at = ccp.system.db("calls")
    await at.raw("calls").update_many({"_id": {"$ne": "summary"}}, {"$unset": {"found_by": ""}})
    await at.raw("calls").update_one({"_id": "summary"}, {"$set": {"found_by": {"folding": 0}}})
    assert await ids(ccp, text="hydrogen") == []
    await fold_again(at)
    assert await ids(ccp, text="hydrogen") == ["title", "keyword", "summary", "text"]
    assert await ids(ccp, about="BR") == ["keyword"]
    assert await at.raw("calls").count_documents({"found_by.words": "hydrogen"}) == 4
    assert await at.raw("calls").count_documents({"version": 1}) == len(FOUND)


FILTERS: list[dict] = [
    {},
    *({"status": one} for one in PUBLIC),
    {"status": ["open", "closing_soon"]},
    {"kind": "mission"},
    {"country": "JP"},
    {"about": "JP"},
    {"ecosystem": "digital"},
    {"programme": "LIFE"},
    {"organisation_id": "o1"},
    {"closing_within": 30},
    {"grant_from": 5, "grant_to": 9},
    {"text": "hydrogen"},
    {"text": "hydrogen", "kind": "mission", "closing_within": 30},
]


@pytest.mark.parametrize("filters", FILTERS, ids=str)
async def test_no_search_reads_every_call(ccp: Platform, filters: dict) -> None:
    await only(ccp, FOUND)
    rows = ccp.system.db("calls").raw("calls")
    query = CallFilter.model_validate(filters).query(NOW)
    for_profile = CallFilter.model_validate(filters).query(NOW, Applicant("P", COUNTRIES[0], KINDS[0], ECOSYSTEMS))
    for one in (query, for_profile):
        cursor = rows.find(one)
        plan = await (cursor if "text" in filters else cursor.sort(list(BY_DEADLINE))).explain()
        assert '"COLLSCAN"' not in json.dumps(plan["queryPlanner"]["winningPlan"], default=str)


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"text": "x"}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"closing_within": 0}, "closing_within"),
        ({"grant_from": -1}, "grant_from"),
        ({"programme": ""}, "programme"),
        ({"colour": "blue"}, "colour"),
        ({"sort": "size"}, "sort"),
        ({"status": "new"}, "status.0"),
        ({"text": "hydrogen", "cursor": "WyJuYW4iLCAiYyJd"}, "cursor"),
        ({"text": "hydrogen", "cursor": "WyJ4IiwgImMiXQ"}, "cursor"),
        ({"text": "hydrogen", "cursor": "x"}, "cursor"),
        ({"text": "\x00ab"}, "text"),
    ],
)
async def test_a_bad_filter_is_named(ccp: Platform, params: dict, field: str) -> None:
    refused(await ccp.http.get("/calls", params=params), 422, field)


@pytest.mark.parametrize("text", ["$where", '{"$gt": ""}', '"unclosed', "-only", "the of", "ünïcode", "a" * 200])
async def test_every_search_text_is_read_as_words_only(ccp: Platform, text: str) -> None:
    ok(await ccp.http.get("/calls", params={"text": text}))
    ok(await ccp.http.get("/calls/facets", params={"text": text}))
