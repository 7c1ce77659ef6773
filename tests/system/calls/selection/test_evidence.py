"""Evidence of a claim as people meet it: uploaded by the applicant, read by those who check, found when swapped."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from services.calls.files.store import LOOSE
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
    """Once the sweep is over: how many files have any byte."""
    await ccp.system.travel(timedelta())
    at = ccp.system.db("calls")
    assert not await LOOSE.count(at, {})
    return len(await at.raw("uploads.chunks").distinct("files_id"))


async def test_a_ticket_is_uploaded_claimed_with_and_read_by_who_checks(ccp: Platform) -> None:
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


async def test_to_everybody_else_it_is_as_if_there_were_none(ccp: Platform) -> None:
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


async def test_a_line_names_only_what_is_there(ccp: Platform) -> None:
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    for wrong in ({"sha256": "0" * 64}, {"size": made["size"] + 1}):
        body = {"lines": [line(made), line(made | wrong)]}
        answer = await it.anna.post(f"{path(it)}/claim", body)
        refused(answer, 422, "lines.1.evidence.sha256", "line_invalid")
    assert ok(await it.anna.get(f"{path(it)}/files")) == [made], "a refused claim deletes nothing"


async def test_what_no_line_names_is_erased_when_the_claim_is_made(ccp: Platform) -> None:
    it = await back(ccp)
    named, unused = [ok(await uploads(it.anna, path(it), "a.pdf", PDF + name)) for name in (b"named", b"unused")]
    await it.claims({"lines": [line(named)]})
    refused(await it.anna.get(unused["url"]), 404)
    assert await bytes_left(ccp) == 1
    refused(await uploads(it.anna, path(it), "late.pdf", PDF), 409, "state", "claim_not_now")
    refused(await ccp.http.delete(named["url"], headers=it.anna.headers), 409, "state", "claim_not_now")


async def test_what_no_line_names_is_erased_when_the_claim_is_corrected(ccp: Platform) -> None:
    it = await back(ccp)
    wrong = ok(await uploads(it.anna, path(it), "a.pdf", PDF + b"wrong"))
    claim = await it.claims({"lines": [line(wrong)]})
    ok(await it.step(it.eve, claim, "return", {"reason": "This is somebody else's ticket."}))
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


async def test_who_withdraws_leaves_no_evidence_behind(ccp: Platform) -> None:
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
async def test_a_swapped_file_is_found_by_the_trail(ccp: Platform, swap: str) -> None:
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
        *(False, "the evidence of line 2 is not the file that it was claimed with"),
    )


async def test_the_lines_hash_is_in_the_chain(ccp: Platform) -> None:
    """Who swaps the file, its row and the claim's line as well contradicts the trail."""
    it = await back(ccp)
    made = ok(await uploads(it.anna, path(it), "ticket.pdf", PDF))
    claim = await it.claims({"lines": [line(made)]})
    at, forged = ccp.system.db("calls"), PDF.replace(b"obj", b"job")
    await at.raw("uploads.chunks").update_one({}, {"$set": {"data": forged}})
    await at.raw("applications").update_one({}, {"$set": {"evidence.0.sha256": sha256(forged)}})
    await at.raw("claims").update_one({}, {"$set": {"lines.0.evidence.sha256": sha256(forged)}})
    trail = ok(await it.eve.get(f"/claims/{claim['id']}/trail"))
    assert trail["fault"] == "what is stored is not what the newest entry says"
