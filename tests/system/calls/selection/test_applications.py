"""Applications over HTTP: the form, drafts, who can read them, and the reasons of a refusal."""

import asyncio
from typing import Any

import pytest

from services.calls.selection.applications.store import APPLICATIONS
from tests.support.applicants import (
    ANSWERS,
    BRAZIL,
    FORM,
    applicant,
    applies,
    call_with_form,
    drafts,
    submits,
)
from tests.support.people import Member, Platform, ok, refused


@pytest.fixture(scope="module")
async def nora(shared_ccp: Platform) -> tuple[Member, dict[str, Any], dict[str, Any]]:
    """A member with an organisation, and a call to apply to."""
    return *await applicant(shared_ccp, "Nora"), await call_with_form(shared_ccp)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"people": 4}, "answers.people"),
        ({"people": "two"}, "answers.people"),
        ({"people": True}, "answers.people"),
        ({"motivation": "Short"}, "answers.motivation"),
        ({"motivation": "x" * 20_001}, "answers.motivation"),
        ({"topics": ["Buildings", "Buildings"]}, "answers.topics"),
        ({"topics": ["Castles"]}, "answers.topics.0"),
        ({"website": "javascript:alert(1)"}, "answers.website"),
        ({"shoe_size": 42}, "answers.shoe_size"),
        ({"people": float("1e300")}, "answers.people"),
    ],
)
async def test_an_answer_that_does_not_fit_is_named(
    shared_ccp: Platform, nora: Any, change: dict[str, Any], field: str
) -> None:
    anna, cluster, call = nora
    body = {"organisation_id": cluster["id"], "answers": ANSWERS | change}
    problem = (await anna.post(f"/calls/{call['id']}/applications", body)).json()
    assert problem["status"] == 422
    assert any(fault["field"].startswith(field) for fault in problem["errors"]), problem
    assert await APPLICATIONS.count(shared_ccp.system.db("calls"), {"call_id": call["id"]}) == 0


async def test_a_draft_may_be_unfinished_and_is_submitted_complete(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    body = {"organisation_id": cluster["id"], "answers": {"people": 2, "motivation": ""}}
    draft = ok(await anna.post(f"/calls/{call['id']}/applications", body, Idempotency_Key="one"))
    assert ok(await anna.post(f"/calls/{call['id']}/applications", body, Idempotency_Key="one")) == draft
    path = f"/applications/{draft['id']}"
    problem = refused(await anna.post(f"{path}/submit", version=1), 422, "answers.motivation", "invalid")
    assert {fault["field"] for fault in problem["errors"]} == {"answers.motivation", "answers.topics"}
    refused(await anna.put(path, body), 428)
    refused(await anna.put(path, body, version=9), 412)
    saved = ok(await anna.put(path, {"organisation_id": cluster["id"], "answers": ANSWERS}, version=1))
    once = ok(await anna.post(f"{path}/submit", version=saved["version"], Idempotency_Key="two"))
    again = ok(await anna.post(f"{path}/submit", version=saved["version"], Idempotency_Key="two"))
    assert once == again
    refused(await anna.post(f"{path}/submit", version=saved["version"]), 412)


async def test_a_changed_form_is_a_new_version_and_old_submissions_stay(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, other = await applicant(ccp, "Bert")
    call = await call_with_form(ccp)
    path = f"/calls/{call['id']}/form"
    receipt = await applies(anna, call, cluster["id"])
    draft = await drafts(bert, call, other["id"])
    refused(await ccp.operator.put(path, {"fields": FORM}, version=0), 412)
    refused(await bert.put(path, {"fields": FORM}, version=1), 404)
    more = [*FORM, {"name": "visa", "label": "Do you need a visa?", "kind": "yes_no"}]
    assert ok(await ccp.operator.put(path, {"fields": more}, version=1))["version"] == 2
    assert ok(await ccp.http.get(path))["version"] == 2
    refused(await bert.post(f"/applications/{draft['id']}/submit", version=1), 409, "form", "form_changed")
    body = {"organisation_id": other["id"], "answers": ANSWERS | {"visa": False}}
    saved = ok(await bert.put(f"/applications/{draft['id']}", body, version=1))
    assert (await submits(bert, saved))["form"] == 2
    assert ok(await anna.get(f"/applications/{receipt['application_id']}"))["form"] == 1


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ({"name": "Two words"}, "fields.0.name"),
        ({"kind": "essay"}, "fields.0.kind"),
        ({"kind": "choice"}, "fields.0.options"),
        ({"kind": "text", "options": ["a", "b"]}, "fields.0.options"),
        ({"kind": "date", "least": 1}, "fields.0.most"),
        ({"kind": "number", "least": 3, "most": 1}, "fields.0.most"),
        ({"kind": "money", "least": -1}, "fields.0.most"),
        ({"colour": "blue"}, "fields.0.colour"),
    ],
)
async def test_a_form_that_cannot_be_filled_in_is_refused(
    shared_ccp: Platform, field: dict[str, Any], wrong: str
) -> None:
    call = await shared_ccp.operator.publishes(BRAZIL)
    fields = [{"name": "a", "label": "A", "kind": "text"} | field]
    refused(await shared_ccp.operator.put(f"/calls/{call['id']}/form", {"fields": fields}, version=0), 422, wrong)
    twice = [{"name": "a", "label": "A", "kind": "text"}] * 2
    refused(await shared_ccp.operator.put(f"/calls/{call['id']}/form", {"fields": twice}, version=0), 422, "fields")


async def test_only_the_applicant_reads_an_application_before_its_round_opens(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, _ = await applicant(ccp, "Bert")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    for reader in (bert, ccp.operator):
        for path in ("", "/submissions", "/trail", "/submitted", "/assessments"):
            refused(await reader.get(f"/applications/{id}{path}"), 404)
        refused(await reader.post(f"/applications/{id}/submit", version=2), 404)
        refused(await reader.post(f"/applications/{id}/withdraw", version=2), 404)
        refused(await reader.get("/applications", params={"organisation_id": cluster["id"]}), 404)
    refused(await ccp.http.get(f"/applications/{id}"), 401)
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    refused(await bert.post(f"/calls/{call['id']}/applications", body), 404, "organisation_id")
    refused(await anna.post(f"/calls/{call['id']}/applications", body | {"partners": ["missing"]}), 404, "partners")


async def test_a_refused_application_gets_a_reason(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    elsewhere = await ccp.operator.publishes(BRAZIL)
    refused(await anna.post(f"/calls/{elsewhere['id']}/applications", body), 409, None, "call_has_no_form")
    later = await call_with_form(ccp, BRAZIL | {"opens_at": "2016-06-01T00:00:00Z"})
    problem = refused(await anna.post(f"/calls/{later['id']}/applications", body), 409, "status", "call_not_open")
    assert "after it opens on 1 June 2016" in problem["detail"]
    french = await call_with_form(ccp, BRAZIL | {"eligibility": {"applicant": {"countries": ["FR"]}}})
    draft = ok(await anna.post(f"/calls/{french['id']}/applications", body))
    refused(await anna.post(f"/applications/{draft['id']}/submit", version=1), 409, "organisation_id", "not_eligible")
    taken_back = ok(
        await ccp.operator.post(f"/calls/{later['id']}/withdraw", {"reason": "No money left"}, version=later["version"])
    )
    refused(await anna.post(f"/calls/{taken_back['id']}/applications", body), 409, "status", "call_not_open")


async def test_an_organisation_applies_once_per_cut_off_after_repeated_requests(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    answers = await asyncio.gather(*(anna.post(f"/calls/{call['id']}/applications", body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_applied"}
