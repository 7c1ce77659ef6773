"""Evidence of a claim: applicants upload it, publishers read it, and a replaced file is found."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from shared.files.store import ORPHANED
from tests.support.applicants import applicant
from tests.support.missions import LINE, Traveller, come_back, traveller
from tests.support.people import Platform, ok, refused
from tests.support.uploads import PDF, PNG, sha256, uploads


def line(file: dict[str, Any], **more: Any) -> dict[str, Any]:
    return LINE | {"evidence": {"title": "Ticket", "sha256": file["sha256"], "size": file["size"]}} | more


def path(it: Traveller) -> str:
    return f"/applications/{it.id}"


async def back(ccp: Platform) -> Traveller:
    it = await traveller(ccp)
    await come_back(ccp)
    return it


async def bytes_left(ccp: Platform) -> int:
    """Return the number of files with stored bytes, after the sweep."""
    await ccp.system.travel(timedelta())
    at = ccp.system.db("calls")
    assert not await ORPHANED.count(at, {})
    return len(await at.raw("uploads.chunks").distinct("files_id"))


async def test_an_uploaded_ticket_is_claimed_with_and_read_by_the_publisher(ccp: Platform) -> None:
    it = await traveller(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    assert made["url"] == f"{path(it)}/files/{sha256(PDF)}"
    assert ok(await it.anna.get(f"{path(it)}/files")) == [made]
    assert (await it.anna.get(made["url"])).content == PDF
    refused(await it.eve.get(made["url"]), 404)
    await come_back(ccp)
    claim = await it.claims({"lines": [line(made), LINE]})
    for reader in (it.anna, it.eve, ccp.operator):
        read = await reader.get(made["url"])
        assert read.content == PDF
        assert read.headers["content-disposition"] == 'attachment; filename="ticket.pdf"'
        assert read.headers["etag"] == f'"{sha256(PDF)}"'
    page = await it.eve.get(f"/claims/{claim['id']}", headers={"Accept": "text/html"})
    links = {link["href"] for link in BeautifulSoup(page.text, "html.parser").find_all("a")}
    assert {made["url"], LINE["evidence"]["link"]} <= links
    assert ok(await it.anna.get(f"/claims/{claim['id']}/trail"))["intact"] is True


async def test_for_other_members_the_file_does_not_exist(ccp: Platform) -> None:
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    await it.claims({"lines": [line(made)]})
    stranger, _ = await applicant(ccp, "Stranger")
    nothing = await stranger.get(f"/applications/nowhere/files/{'0' * 64}")
    for url in (made["url"], f"{path(it)}/files/{'0' * 64}", f"/applications/nowhere/files/{made['sha256']}"):
        answer = await stranger.get(url)
        refused(answer, 404)
        assert answer.content == nothing.content, "to the last byte"
    refused(await stranger.get(f"{path(it)}/files"), 404)
    refused(await uploads(stranger, path(it), "ticket.pdf", PDF), 404)
    refused(await uploads(it.eve, path(it), "ticket.pdf", PDF), 404)
    for by in (stranger, it.eve, ccp.operator):
        refused(await ccp.http.delete(made["url"], headers=by.headers), 404)
    refused(await ccp.http.get(made["url"]), 401)
    assert (await it.anna.get(made["url"])).content == PDF


async def test_a_line_can_only_name_an_uploaded_file(ccp: Platform) -> None:
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    for wrong in ({"sha256": "0" * 64}, {"size": made["size"] + 1}):
        body = {"lines": [line(made), line(made | wrong)]}
        answer = await it.anna.post(f"{path(it)}/claim", body)
        refused(answer, 422, "lines.1.evidence.sha256", "line_invalid")
    assert ok(await it.anna.get(f"{path(it)}/files")) == [made], "a refused claim deletes nothing"


async def test_a_file_that_no_line_names_is_erased_when_the_claim_is_made(ccp: Platform) -> None:
    it = await back(ccp)
    named, unused = [ok(await uploads(it.anna, path(it), "a.pdf", PDF + name)) for name in (b"named", b"unused")]
    await it.claims({"lines": [line(named)]})
    refused(await it.anna.get(unused["url"]), 404)
    assert await bytes_left(ccp) == 1
    refused(await uploads(it.anna, path(it), "late.pdf", PDF), 409, "state", "claim_step_not_allowed")
    refused(await ccp.http.delete(named["url"], headers=it.anna.headers), 409, "state", "claim_step_not_allowed")


async def test_a_file_that_no_line_names_is_erased_when_the_claim_is_corrected(ccp: Platform) -> None:
    it = await back(ccp)
    wrong = ok(await uploads(it.anna, path(it), "a.pdf", PDF + b"wrong"))
    claim = await it.claims({"lines": [line(wrong)]})
    ok(await it.step(it.eve, claim, "return", {"reason": "This ticket belongs to another traveller."}))
    right = ok(await uploads(it.anna, path(it), "right.png", PNG))
    refused(await it.eve.get(right["url"]), 404)
    refused(await ccp.http.delete(wrong["url"], headers=it.anna.headers), 409, "sha256", "file_in_use")
    ok(await it.anna.put(f"/claims/{claim['id']}", {"lines": [line(right)]}, version=2))
    refused(await it.anna.get(wrong["url"]), 404)
    assert (await it.eve.get(right["url"])).content == PNG
    assert await bytes_left(ccp) == 1
    assert ok(await it.anna.get(f"/claims/{claim['id']}/trail"))["intact"] is True


async def test_a_file_that_was_uploaded_by_mistake_is_deleted(ccp: Platform) -> None:
    it = await traveller(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    assert (await ccp.http.delete(made["url"], headers=it.anna.headers)).status_code == 204
    refused(await ccp.http.delete(made["url"], headers=it.anna.headers), 404)
    assert ok(await it.anna.get(f"{path(it)}/files")) == []
    assert await bytes_left(ccp) == 0


async def test_withdrawal_deletes_the_evidence(ccp: Platform) -> None:
    it = await traveller(ccp)
    ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    version = ok(await it.anna.get(path(it)))["version"]
    ok(await it.anna.post(f"{path(it)}/withdraw", version=version))
    assert await bytes_left(ccp) == 0


async def test_a_correction_and_a_deletion_at_once_never_leave_a_line_without_its_file(ccp: Platform) -> None:
    it = await back(ccp)
    claim = await it.claims({"lines": [LINE]})
    ok(await it.step(it.eve, claim, "return", {"reason": "Upload the ticket itself."}))
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    corrected, deleted = await asyncio.gather(
        it.anna.put(f"/claims/{claim['id']}", {"lines": [line(made)]}, version=2),
        ccp.http.delete(made["url"], headers=it.anna.headers),
    )
    assert corrected.is_success != deleted.is_success
    assert ok(await it.anna.get(f"/claims/{claim['id']}/trail"))["intact"] is True


@pytest.mark.parametrize("swap", ["other bytes", "bytes and row", "lost"])
async def test_the_audit_log_reveals_a_replaced_file(ccp: Platform, swap: str) -> None:
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    claim = await it.claims({"lines": [LINE, line(made)]})
    at, forged = ccp.system.db("calls"), PDF.replace(b"obj", b"job")
    if swap == "lost":
        await at.raw("uploads.chunks").delete_many({})
    else:
        await at.raw("uploads.chunks").update_one({}, {"$set": {"data": forged}})
    if swap == "bytes and row":
        await at.raw("applications").update_one({}, {"$set": {"evidence.0.sha256": sha256(forged)}})
    trail = ok(await it.eve.get(f"/claims/{claim['id']}/trail"))
    assert (trail["intact"], trail["fault"]) == (
        *(False, "The evidence file of line 2 was replaced or lost after the claim."),
    )


async def test_the_lines_hash_is_in_the_chain(ccp: Platform) -> None:
    """Replacing the file, its row and the line of the claim contradicts the audit log."""
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    claim = await it.claims({"lines": [line(made)]})
    at, forged = ccp.system.db("calls"), PDF.replace(b"obj", b"job")
    await at.raw("uploads.chunks").update_one({}, {"$set": {"data": forged}})
    await at.raw("applications").update_one({}, {"$set": {"evidence.0.sha256": sha256(forged)}})
    await at.raw("claims").update_one({}, {"$set": {"lines.0.evidence.sha256": sha256(forged)}})
    trail = ok(await it.eve.get(f"/claims/{claim['id']}/trail"))
    assert trail["fault"] == "The stored document differs from its newest entry."
