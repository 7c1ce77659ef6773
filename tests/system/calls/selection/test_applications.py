"""Applications over HTTP: the form, drafts, the cut-off to the millisecond, receipts, withdrawal."""

import asyncio
import hashlib
import itertools
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from services.calls.catalogue.domain import CallBody, Extension
from services.calls.catalogue.usecases import change_call, extend_call
from services.calls.selection.applications.store import APPLICATIONS, SUBMISSIONS
from services.calls.selection.applications.submissions import Receipt, submit
from shared.auth import Caller
from shared.bus.memory import MemoryBus
from shared.errors import Refusal
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from shared.settings import Settings
from tests.support.applicants import (
    ANSWERS,
    BRAZIL,
    CUT_OFF,
    FORM,
    Frozen,
    applicant,
    applies,
    call_with_form,
    drafts,
    many_organisations,
    opens,
    pass_the_cut_off,
    submits,
)
from tests.support.people import Member, Platform, ok, refused
from tests.support.platforms import Inbox, running_platform


@pytest.fixture(scope="module")
async def standing(mongo_url: str, smtp: Inbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """One platform for tests in which no time passes."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="http://ccp.test")
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        yield platform


@pytest.fixture(scope="module")
async def nora(standing: Platform) -> tuple[Member, dict[str, Any], dict[str, Any]]:
    """A member with an organisation, and a call to apply to."""
    return *await applicant(standing, "Nora"), await call_with_form(standing)


MILLISECOND = timedelta(milliseconds=1)
ANY = ExpectedVersion(None)


async def test_the_last_submission_counts_and_every_receipt_is_kept(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    application = await drafts(anna, call, cluster["id"])
    path = f"/applications/{application['id']}"
    first = await submits(anna, application)
    assert (first["state"], first["number"]) == ("submitted", 1)

    better = {"organisation_id": cluster["id"], "answers": ANSWERS | {"people": 3}}
    saved = ok(await anna.put(path, better, version=first["version"]))
    assert saved["state"] == "submitted", "what was submitted counts until something better is"
    second = await submits(anna, saved)
    newest, oldest = ok(await anna.get(f"{path}/submissions"))["items"]
    assert (newest["answers"]["people"], oldest["answers"]["people"]) == (3, 2)
    assert [newest["hash"], oldest["hash"]] == [second["hash"], first["hash"]]
    assert ok(await ccp.http.get(f"/receipts/{second['hash']}"))["counts"] is True
    was = ok(await ccp.http.get(f"/receipts/{first['hash']}"))
    assert (was["genuine"], was["counts"], was["number"]) == (True, False, 1)

    withdrawn = ok(await anna.post(f"{path}/withdraw", version=second["version"]))
    assert withdrawn["state"] == "withdrawn"
    assert ok(await ccp.http.get(f"/receipts/{second['hash']}"))["counts"] is False
    third = await submits(anna, withdrawn)
    assert (third["state"], third["number"]) == ("submitted", 3)
    assert (
        ok(await anna.get("/applications", params={"organisation_id": cluster["id"]}))["items"][0]["submissions"] == 3
    )
    page = ok(await anna.get(f"{path}/submissions", params={"limit": 2}))
    assert [one["number"] for one in page["items"]] == [3, 2]
    rest = ok(await anna.get(f"{path}/submissions", params={"limit": 2, "cursor": page["next"]}))
    assert [one["number"] for one in rest["items"]] == [1]


async def test_application_and_receipt_pages_show_escaped_answers(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    draft = await drafts(anna, await call_with_form(ccp), cluster["id"], motivation="<script>alert(1)</script>")
    receipt = await submits(anna, draft)
    html = {"Accept": "text/html"}
    page = await anna.get(f"/applications/{draft['id']}", headers=html)
    text = BeautifulSoup(page.text, "html.parser").get_text(" ")
    assert "Why this mission?" in text
    assert "8 June 2016, 23:59 CEST" in text
    assert receipt["hash"] in text
    assert "<script>alert" not in page.text
    shown = await ccp.http.get(f"/receipts/{receipt['hash']}", headers=html)
    assert "Genuine. This submission counts." in shown.text


async def test_a_receipt_is_the_hash_of_the_submission_and_reveals_a_change(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    receipt = await applies(anna, await call_with_form(ccp), cluster["id"])
    [kept] = ok(await anna.get(f"/applications/{receipt['application_id']}/submissions"))["items"]
    facts = {name: value for name, value in kept.items() if name not in {"id", "hash"}}
    for name in ("at", "deadline"):  # as the receipt's recipe writes a time
        facts[name] = f"{facts[name].rstrip('Z').split('.')[0]}.{(facts[name] + '.000').split('.')[1][:3]}+00:00"
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == receipt["hash"]

    await ccp.system.db("calls").raw("submissions").update_one({}, {"$set": {"answers.people": 1}})
    assert ok(await ccp.http.get(f"/receipts/{receipt['hash']}"))["genuine"] is False
    refused(await ccp.http.get(f"/receipts/{'0' * 64}"), 404)
    refused(await ccp.http.get("/receipts/no-hash"), 422, "hash")


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
    standing: Platform, nora: Any, change: dict[str, Any], field: str
) -> None:
    anna, cluster, call = nora
    body = {"organisation_id": cluster["id"], "answers": ANSWERS | change}
    problem = (await anna.post(f"/calls/{call['id']}/applications", body)).json()
    assert problem["status"] == 422
    assert any(fault["field"].startswith(field) for fault in problem["errors"]), problem
    assert await APPLICATIONS.count(standing.system.db("calls"), {}) == 0


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
    standing: Platform, field: dict[str, Any], wrong: str
) -> None:
    call = await standing.operator.publishes(BRAZIL)
    fields = [{"name": "a", "label": "A", "kind": "text"} | field]
    refused(await standing.operator.put(f"/calls/{call['id']}/form", {"fields": fields}, version=0), 422, wrong)
    twice = [{"name": "a", "label": "A", "kind": "text"}] * 2
    refused(await standing.operator.put(f"/calls/{call['id']}/form", {"fields": twice}, version=0), 422, "fields")


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
    refused(await anna.post(f"/calls/{call['id']}/applications", body | {"partners": ["nobody"]}), 404, "partners")


async def test_a_call_says_why_an_application_is_refused(ccp: Platform) -> None:
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


async def test_an_organisation_applies_once_at_a_cut_off_however_often_it_is_asked(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    answers = await asyncio.gather(*(anna.post(f"/calls/{call['id']}/applications", body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_applied"}


@pytest.mark.parametrize("cut_offs", [1, 2])
@pytest.mark.parametrize(("after", "accepted"), [(-MILLISECOND, True), (timedelta(), False), (MILLISECOND, False)])
async def test_the_cut_off_holds_to_the_millisecond(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch, after: timedelta, accepted: bool, cut_offs: int
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    more = [{"deadline": "2016-07-01T12:00"}][: cut_offs - 1]
    both = {"model": "cut_offs", "cut_offs": BRAZIL["cut_offs"] + more}
    draft = await drafts(anna, await call_with_form(ccp, own_cost_closed() | both), cluster["id"])
    Frozen(ccp.system, monkeypatch, CUT_OFF + after)
    answer = await anna.post(f"/applications/{draft['id']}/submit", version=1)
    if accepted:
        assert ok(answer)["state"] == "submitted"
    else:
        problem = refused(answer, 409, "cut_off", "cut_off_already_passed")
        assert "8 June 2016, 23:59 CEST" in problem["detail"]
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    later = await anna.put(f"/applications/{draft['id']}", body, version=2 if accepted else 1)
    assert later.is_success == accepted


async def test_of_many_simultaneous_submissions_exactly_those_before_the_cut_off_count(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await ccp.member("Anna")
    call = await call_with_form(ccp, own_cost_closed())
    made = [await drafts(anna, call, id) for id in await many_organisations(ccp, anna, 50)]
    ticks = itertools.count()
    # Every look at the clock is a millisecond later; each submission looks three times, and the last look decides:
    # of 150 looks the cut-off is at the 125th, so that some are late however the submissions are interleaved.
    start = CUT_OFF - 125 * MILLISECOND
    monkeypatch.setattr(ccp.system.clock, "now", lambda: start + next(ticks) * MILLISECOND)
    answers = await asyncio.gather(*(anna.post(f"/applications/{a['id']}/submit", version=1) for a in made))

    accepted = {answer.json()["application_id"] for answer in answers if answer.is_success}
    late = [answer.json()["code"] for answer in answers if not answer.is_success]
    assert len(accepted) + len(late) == 50
    assert accepted
    assert late
    assert set(late) == {"cut_off_already_passed"}
    at = ccp.system.db("calls")
    kept = await SUBMISSIONS.find(at, {}, limit=100)
    assert {one.application_id for one in kept} == accepted
    assert all(one.at < CUT_OFF for one in kept)
    assert await APPLICATIONS.count(at, {"state": "submitted"}) == len(accepted)


async def submitting(tx: Transaction, ccp: Platform, who: Member, id: str, meanwhile: Any) -> Receipt:
    """A submission that has read everything, and while it has not written yet something happens."""
    await APPLICATIONS.get(tx, id)
    if meanwhile:
        await meanwhile()
    return await submit(tx, id, Caller(id=who.id), ANY)


async def test_a_submission_that_began_in_time_and_is_written_late_does_not_slip_through(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    draft = await drafts(anna, await call_with_form(ccp, own_cost_closed()), cluster["id"])
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - MILLISECOND)

    async def time_passes() -> None:
        clock.pass_to(CUT_OFF)

    with pytest.raises(Refusal, match="The last cut-off of this call was"):
        await ccp.system.db("calls").transact(submitting, ccp, anna, draft["id"], time_passes)
    assert await SUBMISSIONS.count(ccp.system.db("calls"), {}) == 0


@pytest.mark.parametrize("forward", [True, False], ids=["brought forward", "extended"])
async def test_a_cut_off_that_is_moved_meanwhile_is_seen(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch, forward: bool
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    at = ccp.system.db("calls")
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - timedelta(hours=2))
    operator = Caller(id=ccp.operator.id, operator=True)

    async def moved() -> None:
        hour = timedelta(hours=1)
        if forward:
            body = CallBody.model_validate(own_cost_closed() | {"cut_offs": [{"deadline": CUT_OFF - hour}]})
            await at.transact(change_call, call["id"], body, operator, ANY)
            clock.pass_to(CUT_OFF - hour)
        else:
            extension = Extension(deadline=CUT_OFF + hour, reason="The portal was slow")
            await at.transact(extend_call, call["id"], extension, operator, ANY)
            clock.pass_to(CUT_OFF)

    if forward:
        with pytest.raises(Refusal, match="The last cut-off of this call was"):
            await at.transact(submitting, ccp, anna, draft["id"], once(moved))
    else:
        assert (await at.transact(submitting, ccp, anna, draft["id"], once(moved))).number == 1


async def test_a_submission_under_way_when_the_round_opens_is_in_it_or_refused(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    clock = Frozen(ccp.system, monkeypatch, CUT_OFF - MILLISECOND)
    at = ccp.system.db("calls")

    async def submitted_but_not_committed(tx: Transaction) -> Receipt:
        receipt = await submit(tx, draft["id"], Caller(id=anna.id), ANY)
        if clock.at < CUT_OFF:
            clock.pass_to(CUT_OFF)
            opening.append(asyncio.ensure_future(opens(ccp, call, anna, ccp.operator)))
            await asyncio.wait(opening, timeout=0.3)  # it waits for us, or we for it
        return receipt

    opening: list[asyncio.Future[Any]] = []
    [outcome] = await asyncio.gather(at.transact(submitted_but_not_committed), return_exceptions=True)
    assert isinstance(outcome, Receipt) or getattr(outcome, "code", outcome) == "cut_off_already_passed"
    await opening[0]
    [application] = await APPLICATIONS.find(at, {}, limit=2)
    assert application.state == ("in_assessment" if application.submissions else "lapsed")


def once(work: Any) -> Any:
    """What happens meanwhile happens once, also where the transaction is tried again."""
    done: list[bool] = []

    async def run() -> None:
        if not done:
            done.append(True)
            await work()

    return run


def own_cost_closed() -> dict[str, Any]:
    return BRAZIL | {"mission": BRAZIL["mission"] | {"late_at_own_cost": False}}


async def test_the_audit_log_has_every_step_and_no_route_changes_it(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    receipt = await applies(anna, await call_with_form(ccp), cluster["id"])
    id = receipt["application_id"]
    ok(await anna.post(f"/applications/{id}/withdraw", version=receipt["version"]))
    path = f"/applications/{id}/trail"
    trail = ok(await anna.get(path, params={"limit": 2}))
    assert [entry["what"] for entry in trail["items"]] == ["started", "submitted"]
    assert trail["intact"] is True
    assert trail["items"][1]["kept"]["receipt"] == receipt["hash"]
    rest = ok(await anna.get(path, params={"cursor": trail["next"]}))
    assert [entry["what"] for entry in rest["items"]] == ["withdrawn"]
    for method in ("PUT", "PATCH", "DELETE", "POST"):
        assert (await ccp.http.request(method, path, headers=anna.headers)).status_code == 405


@pytest.mark.parametrize(
    ("collection", "query", "change", "fault"),
    [
        ("trail", {"number": 2}, {"$set": {"by": "somebody else"}}, "Entry 2 was changed after it was written."),
        ("trail", {"number": 2}, {"$set": {"kept.state": "selected"}}, "Entry 2 was changed after it was written."),
        ("trail", {"number": 1}, {"$set": {"number": 7}}, "Entry 1 is missing."),
        ("applications", {}, {"$set": {"state": "selected"}}, "differs from its newest entry"),
        ("applications", {}, {"$set": {"commitment": 1}}, "differs from its newest entry"),
        ("applications", {}, {"$set": {"head": "0" * 64}}, "newest entry is missing or was replaced"),
    ],
)
async def test_tampering_in_the_database_is_found(
    ccp: Platform, collection: str, query: dict[str, Any], change: dict[str, Any], fault: str
) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    receipt = await applies(anna, await call_with_form(ccp), cluster["id"])
    path = f"/applications/{receipt['application_id']}/trail"
    assert ok(await anna.get(path))["intact"] is True
    result = await ccp.system.db("calls").raw(collection).update_one(query, change)
    assert result.modified_count == 1
    trail = ok(await anna.get(path))
    assert trail["intact"] is False
    assert fault in trail["fault"]


async def test_a_draft_that_missed_its_cut_off_lapses(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, own_cost_closed())
    draft = await drafts(anna, call, cluster["id"])
    await pass_the_cut_off(ccp)
    await opens(ccp, call, anna, ccp.operator)
    assert ok(await anna.get(f"/applications/{draft['id']}"))["state"] == "lapsed"
    body = {"organisation_id": cluster["id"], "answers": ANSWERS}
    refused(await anna.post(f"/calls/{call['id']}/applications", body), 409, "cut_off", "cut_off_already_passed")
