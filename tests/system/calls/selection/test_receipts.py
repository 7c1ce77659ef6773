"""Receipts and audit logs of applications: each is kept, covers every fact, and reveals a change in the database."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.support.applicants import (
    ANSWERS,
    applicant,
    applies,
    call_with_form,
    drafts,
    submits,
)
from tests.support.people import Member, Platform, ok, refused


@dataclass
class Twice:
    """An application that was submitted, and again with a better answer."""

    anna: Member
    cluster: dict[str, Any]
    id: str
    first: dict[str, Any]
    second: dict[str, Any]


@pytest.fixture
async def twice(shared_ccp: Platform) -> Twice:
    anna, cluster = await applicant(shared_ccp, "Anna")
    application = await drafts(anna, await call_with_form(shared_ccp), cluster["id"])
    first = await submits(anna, application)
    assert (first["state"], first["number"]) == ("submitted", 1)
    better = {"organisation_id": cluster["id"], "answers": ANSWERS | {"people": 3}}
    saved = ok(await anna.put(f"/applications/{application['id']}", better, version=first["version"]))
    assert saved["state"] == "submitted", "the last submission counts until the next one"
    return Twice(anna, cluster, application["id"], first, await submits(anna, saved))


async def test_every_receipt_is_kept_and_the_last_one_counts(shared_ccp: Platform, twice: Twice) -> None:
    newest, oldest = ok(await twice.anna.get(f"/applications/{twice.id}/submissions"))["items"]
    assert (newest["answers"]["people"], oldest["answers"]["people"]) == (3, 2)
    assert [newest["hash"], oldest["hash"]] == [twice.second["hash"], twice.first["hash"]]
    assert ok(await shared_ccp.http.get(f"/receipts/{twice.second['hash']}"))["counts"] is True
    was = ok(await shared_ccp.http.get(f"/receipts/{twice.first['hash']}"))
    assert (was["genuine"], was["counts"], was["number"]) == (True, False, 1)


async def test_a_withdrawn_application_can_be_submitted_again(shared_ccp: Platform, twice: Twice) -> None:
    anna, path = twice.anna, f"/applications/{twice.id}"
    withdrawn = ok(await anna.post(f"{path}/withdraw", version=twice.second["version"]))
    assert withdrawn["state"] == "withdrawn"
    assert ok(await shared_ccp.http.get(f"/receipts/{twice.second['hash']}"))["counts"] is False
    third = await submits(anna, withdrawn)
    assert (third["state"], third["number"]) == ("submitted", 3)
    [listed] = ok(await anna.get("/applications", params={"organisation_id": twice.cluster["id"]}))["items"]
    assert listed["submissions"] == 3
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
        ("trail", {"number": 2}, {"$set": {"by": "another member"}}, "Entry 2 was changed after it was written."),
        ("trail", {"number": 2}, {"$set": {"kept.state": "selected"}}, "Entry 2 was changed after it was written."),
        ("trail", {"number": 1}, {"$set": {"number": 7}}, "Entry 1 is missing."),
        ("applications", {}, {"$set": {"state": "selected"}}, "differs from its newest entry"),
        ("applications", {}, {"$set": {"commitment": 1}}, "differs from its newest entry"),
        ("applications", {}, {"$set": {"head": "0" * 64}}, "newest entry is missing or was replaced"),
    ],
)
async def test_tampering_in_the_database_is_detected(
    shared_ccp: Platform, collection: str, query: dict[str, Any], change: dict[str, Any], fault: str
) -> None:
    anna, cluster = await applicant(shared_ccp, "Anna")
    receipt = await applies(anna, await call_with_form(shared_ccp), cluster["id"])
    path = f"/applications/{receipt['application_id']}/trail"
    assert ok(await anna.get(path))["intact"] is True
    mine = {"_id" if collection == "applications" else "of": receipt["application_id"]}
    result = await shared_ccp.system.db("calls").raw(collection).update_one(query | mine, change)
    assert result.modified_count == 1
    trail = ok(await anna.get(path))
    assert trail["intact"] is False
    assert fault in trail["fault"]
