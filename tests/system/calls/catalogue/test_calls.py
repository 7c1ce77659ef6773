"""Calls as people meet them: the newsletter's cases, cut-offs, extensions, eligibility, questions, notices."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage, Status, status, status_query
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.usecases import publish_milestones
from shared.bus.memory import MemoryBus
from shared.settings import Settings
from tests.support.calls import NOW
from tests.support.people import MISSION, Member, Platform, ok, refused
from tests.support.platforms import Inbox, running_platform

INTERREG = {
    "title": "Third Interreg North-West Europe call",
    "kind": "funding",
    "deadline": "2016-05-27T12:00:00+02:00",
    "eligibility": {"applicant": {"countries": ["BE", "DE", "FR", "IE", "LU", "NL", "GB", "CH"]}},
}
PARTNERSHIPS = {
    "title": "Strategic cluster partnerships for smart specialisation investments",
    "kind": "expression_of_interest",
    "cut_offs": [{"deadline": "2016-12-31T23:59"}],
    "eligibility": {
        "applicant": {"kinds": ["cluster_organisation", "association", "technology_centre", "science_park"]}
    },
}
JAPAN = MISSION | {
    "mission": {"starts_on": "2016-10-03", "ends_on": "2016-10-07", "destinations": ["JP"], "places": 20},
    "documents": [{"title": "Programme", "link": "https://japan.example/programme.pdf", "kind": "guide"}],
}
BRAZIL = {
    "title": "Matchmaking mission to Brazil: energy efficiency in buildings",
    "kind": "mission",
    "countries": ["BR"],
    "ecosystems": ["construction", "energy_renewables"],
    "opens_at": "2016-05-10T00:00:00+02:00",
    "cut_offs": [{"deadline": "2016-06-08T23:59", "timezone": "America/Sao_Paulo"}],
    "mission": {
        "starts_on": "2016-08-08",
        "ends_on": "2016-08-12",
        "destinations": ["BR"],
        "costs": {"kind": "rate", "percent": 80},
        "late_at_own_cost": True,
    },
}
TWICE = {
    "title": "Innovation vouchers",
    "model": "cut_offs",
    "cut_offs": [
        {"name": "Spring", "deadline": "2016-05-20T17:00"},
        {"name": "Autumn", "deadline": "2016-10-30T17:00"},
    ],
}


@pytest.fixture(scope="module")
async def standing(mongo_url: str, smtp: Inbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """One platform for tests in which no time passes."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="http://ccp.test")
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        yield platform


def says(said: Any, wanted: Any) -> bool:
    """Whether what came back holds all that was sent; defaults may have come to it."""
    if isinstance(wanted, dict):
        return all(says(said[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(said) == len(wanted) and all(map(says, said, wanted))
    return said == wanted


@pytest.mark.parametrize("call", [INTERREG, PARTNERSHIPS, JAPAN, BRAZIL], ids=lambda call: call["title"])
async def test_each_call_of_the_newsletter_can_be_said_and_read_by_people(standing: Platform, call: dict) -> None:
    made = await standing.operator.publishes(call)
    told = {key: value for key, value in call.items() if key not in {"deadline", "cut_offs", "opens_at"}}
    assert says(made, told)
    page = await standing.http.get(f"/calls/{made['id']}", headers={"Accept": "text/html"})
    text = BeautifulSoup(page.text, "html.parser").get_text(" ")
    assert call["title"] in text
    if call is BRAZIL:
        assert made["status"] == "forthcoming"
        assert "up to 80 % reimbursed" in text
        assert "8 June 2016, 23:59" in text


async def test_each_cut_off_is_announced_once_however_many_replicas_look(ccp: Platform) -> None:
    call = await ccp.operator.publishes(TWICE)
    calls = ccp.system.db("calls")
    seen = []
    for days in (5, 5.5, 2, 150, 6, 5.5, 2):  # 14, 19, 21 May, 18, 24, 30 October, 1 November
        ccp.system.clock.travel(timedelta(days=days))
        await asyncio.gather(*[publish_milestones(calls) for _ in range(4)])
        seen.append(ok(await ccp.http.get(f"/calls/{call['id']}")))
    await ccp.system.settle()

    types = Counter(event.type for event in await ccp.system.published("calls"))
    assert types == {
        "calls.call.published.v1": 1,
        "calls.deadline.approached.v1": 4,
        "calls.cutoff.passed.v1": 1,
        "calls.call.closed.v1": 1,
    }
    told = [e.data for e in await ccp.system.published("calls", "calls.deadline.approached.v1")]
    assert [(e["call"]["cut_off"], e["days"]) for e in told] == [
        ("Spring", 7),
        ("Spring", 1),
        ("Autumn", 7),
        ("Autumn", 1),
    ]
    [passed] = await ccp.system.published("calls", "calls.cutoff.passed.v1")
    assert (passed.data["number"], passed.data["call"]["cut_off"]) == (1, "Autumn")
    statuses = [view["status"] for view in seen]
    assert statuses == ["closing_soon", "closing_soon", "open", "open", "closing_soon", "closing_soon", "closed"]
    assert seen[2]["deadline"] == "2016-10-30T16:00:00Z"


async def test_an_extension_keeps_its_history_and_is_told_with_its_reason(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await ccp.operator.publishes(JAPAN)
    path = f"/calls/{call['id']}"
    longer = {"deadline": "2016-07-07T17:00:00+02:00", "reason": "the fair was moved"}
    refused(await ccp.operator.post(f"{path}/extend", longer), 428)
    refused(await anna.post(f"{path}/extend", longer, version=2), 404)
    refused(await ccp.operator.post(f"{path}/extend", longer | {"deadline": "2016-06-29T17:00:00Z"}, version=2), 422)
    call = ok(await ccp.operator.post(f"{path}/extend", longer, version=2))
    refused(await ccp.operator.post(f"{path}/extend", longer, version=2), 412)
    call = ok(await ccp.operator.put(path, JAPAN | {"deadline": "2016-07-01T17:00:00+02:00"}, version=3))
    await ccp.system.settle()

    history = ok(await ccp.http.get(f"{path}/history"))
    assert history["intact"] is True
    assert [entry["reason"] for entry in history["items"]] == ["published", "the fair was moved", ""]
    assert {entry["by"] for entry in history["items"]} == {ccp.operator.id}
    assert history["items"][-1]["hash"] == call["history"]
    words = "deadline extended from 30 June 2016, 17:00 CEST to 7 July 2016, 17:00 CEST"
    assert history["items"][1]["words"] == [words]
    texts = [alert["text"] for alert in await anna.alerts()]
    assert any(f"{words}; reason: the fair was moved" in text for text in texts)
    first = ok(await ccp.http.get(f"{path}/history", params={"limit": 2}))
    second = ok(await ccp.http.get(f"{path}/history", params={"limit": 2, "cursor": first["next"]}))
    assert [e["number"] for e in first["items"] + second["items"]] == [1, 2, 3]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("collection", "query", "change", "fault"),
    [
        ("deadline_changes", {"number": 2}, {"reason": "another"}, "entry 2 was changed after it was written"),
        ("calls", {}, {"history": "0" * 64}, "the call's deadlines are not those of the newest entry"),
        ("deadline_changes", {"number": 1}, None, "entry 1 is missing"),
        ("deadline_changes", {}, None, "every entry is missing"),
    ],
)
async def test_whoever_rewrites_the_history_in_the_database_is_seen(
    ccp: Platform, collection: str, query: dict, change: dict | None, fault: str
) -> None:
    call = await ccp.operator.publishes(JAPAN)
    path = f"/calls/{call['id']}"
    ok(await ccp.operator.post(f"{path}/extend", {"deadline": "2016-07-07T17:00:00Z", "reason": "late"}, version=2))
    rows = ccp.system.db("calls").raw(collection)
    await (rows.update_one(query, {"$set": change}) if change else rows.delete_many(query))
    history = ok(await ccp.http.get(f"{path}/history"))
    assert (history["intact"], history["fault"]) == (False, fault)
    page = await ccp.http.get(f"{path}/history", headers={"Accept": "text/html"})
    assert "not intact" in page.text


async def test_a_cut_off_that_passed_stays_as_people_applied_by_it(ccp: Platform) -> None:
    call = await ccp.operator.publishes(TWICE)
    await ccp.system.travel(timedelta(days=20))
    path = f"/calls/{call['id']}"
    version = ok(await ccp.http.get(path))["version"]
    only = TWICE | {"model": "single", "cut_offs": TWICE["cut_offs"][1:]}
    refused(await ccp.operator.put(path, only, version=version), 409, "cut_offs", "past_cut_off_changed")
    third = TWICE | {"cut_offs": [*TWICE["cut_offs"], {"name": "Winter", "deadline": "2016-12-20T17:00"}]}
    changed = ok(await ccp.operator.put(path, third, version=version))
    assert len(changed["cut_offs"]) == 3


async def member_of_a_science_park(ccp: Platform) -> tuple[Member, dict]:
    editor = await ccp.member("Erik")
    return editor, await ccp.organisation(editor, name="Lund Park", kind="science_park", members={}, country="SE")


async def test_am_i_eligible_is_answered_with_reasons_and_a_way(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    call = await ccp.operator.publishes(INTERREG)
    path, asked = f"/calls/{call['id']}/eligibility", {"organisation_id": park["id"]}
    answer = ok(await editor.get(path, params=asked))
    assert (answer["verdict"], answer["organisation_name"]) == ("not_eligible", "Lund Park")
    [held, country] = answer["checks"]
    assert (held["rule"], held["answer"]) == ("open", "holds")
    assert country["reason"].startswith("the applicant must be established in Belgium")
    assert country["reason"].endswith("Lund Park: Sweden")
    assert country["change"].startswith("take part through an organisation established in Belgium")

    partnerships = await ccp.operator.publishes(PARTNERSHIPS)
    answer = ok(await editor.get(f"/calls/{partnerships['id']}/eligibility", params=asked))
    assert answer["verdict"] == "eligible"
    page = await editor.get(f"/calls/{partnerships['id']}/eligibility", params=asked, headers={"Accept": "text/html"})
    assert "Yes." in page.text


async def test_eligibility_is_asked_for_ones_own_profile_and_partners_are_published_ones(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    anna = await ccp.member("Anna")
    nordic = await ccp.organisation(anna)
    together = {"eligibility": {"consortium": {"organisations": 2, "countries": 1}}}
    call = await ccp.operator.publishes(MISSION | together)
    path, asked = f"/calls/{call['id']}/eligibility", {"organisation_id": park["id"]}
    assert ok(await editor.get(path, params=asked))["verdict"] == "depends"
    assert ok(await editor.get(path, params=asked | {"partner_id": nordic["id"]}))["verdict"] == "eligible"
    alone = ok(await editor.get(path, params=asked | {"partner_id": park["id"]}))
    assert alone["verdict"] == "not_eligible"
    refused(await editor.get(path, params=asked | {"partner_id": "nobody"}), 404, "partner_id")
    refused(await anna.get(path, params=asked), 404, "organisation_id")
    refused(await ccp.http.get(path, params=asked), 401)
    refused(await editor.get(path, params=asked | {"shoe_size": 42}), 422, "shoe_size")


async def test_once_closed_nobody_is_eligible(ccp: Platform) -> None:
    editor, park = await member_of_a_science_park(ccp)
    call = await ccp.operator.publishes(MISSION)
    await ccp.system.travel(timedelta(days=60))
    editor = await ccp.log_in("Erik", editor.email)
    answer = ok(await editor.get(f"/calls/{call['id']}/eligibility", params={"organisation_id": park["id"]}))
    assert answer["verdict"] == "not_eligible"


async def test_a_question_is_public_once_it_is_answered(ccp: Platform) -> None:
    anna, bert = await ccp.member("Anna"), await ccp.member("Bert")
    call = await ccp.operator.publishes(MISSION)
    path, waiting = f"/calls/{call['id']}/questions", {"answered": False}
    body = {"text": "May a science park join?"}
    asked = ok(await anna.post(path, body, Idempotency_Key="one"))
    assert ok(await anna.post(path, body, Idempotency_Key="one")) == asked
    refused(await ccp.http.post(path, json=body), 401)
    refused(await anna.post(path, {"text": "Why?"}), 422, "text")
    assert ok(await ccp.http.get(path))["items"] == []
    refused(await ccp.http.get(path, params=waiting), 401)
    assert ok(await bert.get(path, params=waiting))["items"] == []
    assert len(ok(await anna.get(path, params=waiting))["items"]) == 1
    assert len(ok(await ccp.operator.get(path, params=waiting))["items"]) == 1

    answer, reply = f"{path}/{asked['id']}/answer", {"answer": "Yes, with two of its companies."}
    refused(await bert.post(answer, reply, version=1), 404)
    refused(await ccp.operator.post(answer, reply), 428)
    ok(await ccp.operator.post(answer, reply, version=1))
    refused(await ccp.operator.post(answer, reply, version=1), 412)
    [public] = ok(await ccp.http.get(path))["items"]
    assert (public["text"], public["answer"]) == (body["text"], reply["answer"])
    assert anna.id not in str(public)
    [event] = await ccp.system.published("calls", "calls.question.answered.v1")
    assert event.data["member_id"] == anna.id
    page = await ccp.http.get(path, headers={"Accept": "text/html"})
    assert reply["answer"] in page.text


async def test_questions_are_bounded_and_paged(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}/questions"
    for number in range(10):
        ok(await anna.post(path, {"text": f"Question number {number}?"}))
    refused(await anna.post(path, {"text": "One more question?"}), 409, "text", "too_many_questions")
    seen: list[str] = []
    params: dict = {"answered": False, "limit": 4}
    while True:
        page = ok(await anna.get(path, params=params))
        seen += [question["text"] for question in page["items"]]
        if not page["next"]:
            break
        params["cursor"] = page["next"]
    assert sorted(seen) == [f"Question number {number}?" for number in range(10)]


async def test_a_notice_is_dated_listed_and_told_to_whoever_follows(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await ccp.operator.publishes(MISSION)
    path, body = f"/calls/{call['id']}/updates", {"title": "Webinar on 1 June", "text": "The link is on our page."}
    refused(await anna.post(path, body), 404)
    ok(await ccp.operator.post(path, body, Idempotency_Key="one"))
    ok(await ccp.operator.post(path, body, Idempotency_Key="one"))
    await ccp.system.settle()
    [notice] = ok(await ccp.http.get(path))["items"]
    assert notice["title"] == "Webinar on 1 June"
    texts = [alert["text"] for alert in await anna.alerts()]
    assert sum("notice: Webinar on 1 June; The link is on our page." in text for text in texts) == 1
    draft = ok(await ccp.operator.post("/calls", MISSION))
    refused(await ccp.operator.post(f"/calls/{draft['id']}/updates", body), 409, "status", "call_not_public")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"documents": [{"title": "Guide", "link": "http://plain.example"}]}, "documents.0.link"),
        (
            {"documents": [{"title": "Guide", "link": "https://x.example", "language": "English"}]},
            "documents.0.language",
        ),
        ({"mission": JAPAN["mission"], "kind": "funding"}, "mission"),
        ({"mission": JAPAN["mission"] | {"ends_on": "2016-10-01"}}, "mission.ends_on"),
        ({"mission": JAPAN["mission"] | {"costs": {"kind": "rate", "percent": 101}}}, "mission.costs.rate.percent"),
        ({"budget": {"smallest": 10, "largest": 9}}, "budget.largest"),
        ({"budget": {"total": -1}}, "budget.total"),
        ({"eligibility": {"applicant": {"kinds": ["circus"]}}}, "eligibility.applicant.kinds.0"),
        ({"eligibility": {"applicant": {"age": 3}}}, "eligibility.applicant.age"),
        ({"deadline": None, "cut_offs": [{"deadline": "2016-10-30T02:30"}]}, "cut_offs.0.deadline"),
    ],
)
async def test_what_a_call_offers_is_refused_by_name_where_it_is_wrong(
    standing: Platform, change: dict, field: str
) -> None:
    refused(await standing.operator.post("/calls", MISSION | change), 422, field)


stored = st.builds(
    lambda **values: values,
    days=st.lists(st.integers(-30, 60), min_size=1, max_size=3, unique=True).map(sorted),
    opens=st.none() | st.integers(-30, 30),
    forthcoming=st.booleans(),
    closed=st.booleans(),
)


@examples(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(stored, min_size=30, max_size=60))
async def test_the_database_finds_by_status_what_the_domain_says_of_each(rows: list[dict], ccp: Platform) -> None:
    at = ccp.system.db("calls")
    await at.raw("calls").delete_many({})
    calls = [as_call(str(number), row) for number, row in enumerate(rows)]
    await CALLS.insert_new(at, calls)
    for one in (Status.FORTHCOMING, Status.OPEN, Status.CLOSING_SOON, Status.CLOSED):
        found = await CALLS.find(at, {"stage": Stage.PUBLISHED, **status_query(one, NOW)}, limit=100)
        assert {call.id for call in found} == {call.id for call in calls if status(call, NOW) is one}, one


def as_call(id: str, row: dict) -> Call:
    cut_offs = [{"deadline": NOW + timedelta(days=day)} for day in row["days"]]
    opens_at = None if row["opens"] is None else NOW + timedelta(days=row["opens"])
    values = {"model": "cut_offs", "cut_offs": cut_offs, "opens_at": opens_at, "forthcoming": row["forthcoming"]}
    more = {"closes_at": cut_offs[-1]["deadline"], "deadline": cut_offs[0]["deadline"], "timezone": "UTC"}
    closed = {"closed_at": NOW if row["closed"] else None}
    names = {"id": id, "title": "Call", "organisation_name": "Somebody", "stage": Stage.PUBLISHED}
    return Call.model_validate({**names, **values, **more, **closed})
