"""Calls over HTTP: the newsletter's cases, cut-offs, extensions, eligibility, questions, notices."""

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
from tests.support.calls import NOW
from tests.support.newsletter import BRAZIL, INTERREG, JAPAN, PARTNERSHIPS
from tests.support.people import MISSION, Platform, ok, refused


def contains(found: Any, wanted: Any) -> bool:
    """Return whether a response contains all fields of the request; it may have defaults too."""
    if isinstance(wanted, dict):
        return all(contains(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(contains, found, wanted))
    return found == wanted


async def test_a_page_says_one_grant_and_many_grants(shared_ccp: Platform) -> None:
    for budget, words in (
        ({"grants": 1, "total": 1}, "€1 in total. About 1 grant."),
        ({"grants": 30}, "30 grants."),
    ):
        made = await shared_ccp.operator.publishes(INTERREG | {"budget": budget})
        page = await shared_ccp.http.get(f"/calls/{made['id']}", headers={"Accept": "text/html"})
        assert words in " ".join(BeautifulSoup(page.text, "html.parser").get_text().split())


@pytest.mark.parametrize("call", [INTERREG, PARTNERSHIPS, JAPAN, BRAZIL], ids=lambda call: call["title"])
async def test_each_call_of_the_newsletter_can_be_created_and_shown_as_a_page(shared_ccp: Platform, call: dict) -> None:
    made = await shared_ccp.operator.publishes(call)
    sent = {key: value for key, value in call.items() if key not in {"deadline", "cut_offs", "opens_at"}}
    assert contains(made, sent)
    page = await shared_ccp.http.get(f"/calls/{made['id']}", headers={"Accept": "text/html"})
    text = BeautifulSoup(page.text, "html.parser").get_text(" ")
    assert call["title"] in text
    if call is BRAZIL:
        assert made["status"] == "forthcoming"
        assert "up to 80 % reimbursed" in text
        assert "8 June 2016, 23:59" in text


async def test_a_notice_is_dated_listed_and_sent_to_followers(ccp: Platform) -> None:
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
async def test_a_wrong_offer_of_a_call_is_refused_with_the_field(
    shared_ccp: Platform, change: dict, field: str
) -> None:
    refused(await shared_ccp.operator.post("/calls", MISSION | change), 422, field)


stored = st.builds(
    lambda **values: values,
    days=st.lists(st.integers(-30, 60), min_size=1, max_size=3, unique=True).map(sorted),
    opens=st.none() | st.integers(-30, 30),
    forthcoming=st.booleans(),
    closed=st.booleans(),
)


@examples(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(stored, min_size=30, max_size=60))
async def test_the_database_and_the_domain_agree_on_the_status(rows: list[dict], ccp: Platform) -> None:
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
    names = {"id": id, "title": "Call", "organisation_name": "Publisher", "stage": Stage.PUBLISHED}
    return Call.model_validate({**names, **values, **more, **closed})
