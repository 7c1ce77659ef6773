"""Documents of a call over HTTP: uploaded, downloaded and deleted."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from shared.files import store
from tests.support.applicants import applicant
from tests.support.people import MISSION, Platform, ok, refused
from tests.support.uploads import PDF, pieces, sha256, stored, swept, uploads

MIB = 1024 * 1024


@pytest.fixture
async def call(ccp: Platform) -> dict[str, Any]:
    return await ccp.operator.publishes(MISSION)


@pytest.fixture
async def guide(ccp: Platform, call: dict[str, Any]) -> dict[str, Any]:
    more = {"title": "Guide for applicants", "language": "fr", "kind": "guide"}
    return ok(await uploads(ccp.operator, f"/calls/{call['id']}", "../Guide für alle.pdf", PDF, **more))


async def test_a_document_is_attached_with_its_facts(ccp: Platform, call: dict[str, Any]) -> None:
    path = f"/calls/{call['id']}"
    more = {"title": "Guide for applicants", "language": "fr", "kind": "guide"}
    answer = await uploads(ccp.operator, path, "../Guide für alle.pdf", PDF, **more)
    made = ok(answer)
    assert answer.status_code == 201
    assert answer.headers["location"] == made["url"] == f"{path}/files/{sha256(PDF)}"
    assert (made["name"], made["media_type"], made["size"]) == ("Guide für alle.pdf", "application/pdf", len(PDF))
    assert (made["title"], made["language"], made["kind"]) == ("Guide for applicants", "fr", "guide")
    assert ok(await ccp.http.get(path))["files"] == [made]


async def test_a_document_is_public(ccp: Platform, guide: dict[str, Any]) -> None:
    read = await ccp.http.get(guide["url"])
    assert read.content == PDF
    assert read.headers["content-type"] == "application/pdf"
    assert read.headers["content-length"] == str(len(PDF))
    assert read.headers["content-disposition"] == "attachment; filename*=utf-8''Guide%20f%C3%BCr%20alle.pdf"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in read.headers["content-security-policy"]
    assert read.headers["etag"] == f'"{sha256(PDF)}"'
    again = await ccp.http.get(guide["url"], headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_page_of_a_call_links_its_document(
    ccp: Platform, call: dict[str, Any], guide: dict[str, Any]
) -> None:
    answer = await ccp.http.get(f"/calls/{call['id']}", headers={"Accept": "text/html"})
    link = BeautifulSoup(answer.text, "html.parser").find("a", href=guide["url"])
    assert link
    assert link.text == "Guide for applicants"


async def test_a_document_is_deleted_with_its_bytes(ccp: Platform, call: dict[str, Any], guide: dict[str, Any]) -> None:
    assert (await ccp.http.delete(guide["url"], headers=ccp.operator.headers)).status_code == 204
    refused(await ccp.http.get(guide["url"]), 404)
    assert ok(await ccp.http.get(f"/calls/{call['id']}"))["files"] == []
    await swept(ccp, 0)


async def test_followers_are_notified_of_an_added_and_a_removed_document(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await ccp.operator.publishes(MISSION)
    guide = ok(await uploads(ccp.operator, f"/calls/{call['id']}", "guide.pdf", PDF))
    assert (await ccp.http.delete(guide["url"], headers=ccp.operator.headers)).status_code == 204
    await ccp.system.settle()
    changes = [alert["text"] for alert in await anna.alerts() if alert["title"].startswith("Changed")]
    assert ["added" in text for text in changes].count(True) == 1
    assert ["removed" in text for text in changes].count(True) == 1


async def test_documents_of_a_draft_are_visible_to_its_organisation_only(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    stranger = await ccp.member("Stranger")
    draft = ok(await eve.post("/calls", MISSION | {"organisation_id": publisher["id"]}))
    path = f"/calls/{draft['id']}"
    made = ok(await uploads(eve, path, "guide.pdf", PDF))
    assert (await eve.get(made["url"])).content == PDF
    for headers in ({}, stranger.headers):
        refused(await ccp.http.get(made["url"], headers=headers), 404)
    refused(await ccp.http.delete(made["url"], headers=stranger.headers), 404)
    version = ok(await eve.get(path))["version"]
    ok(await eve.post(f"{path}/publish", version=version))
    assert (await ccp.http.get(made["url"])).content == PDF


async def test_only_the_publisher_attaches_documents_and_others_are_refused_before_the_upload(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    stranger, _ = await applicant(ccp, "Stranger")
    read = 0

    async def watched() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield PDF

    refused(await uploads(stranger, f"/calls/{call['id']}", "guide.pdf", watched()), 404)
    refused(await uploads(ccp.operator, "/calls/nowhere", "guide.pdf", watched()), 404)
    answer = await ccp.http.post(f"/calls/{call['id']}/files", params={"name": "guide.pdf"}, content=PDF)
    refused(answer, 401)
    assert read == 0, "a refused upload is not read"
    assert await stored(ccp) == 0


async def test_ten_mebibytes_are_accepted_and_a_byte_more_is_refused(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    largest = PDF + b"x" * (10 * MIB - len(PDF))
    made = ok(await uploads(ccp.operator, path, "guide.pdf", pieces(largest)))
    assert made["size"] == 10 * MIB
    read = await ccp.http.get(made["url"])
    assert sha256(read.content) == sha256(largest)
    refused(await uploads(ccp.operator, path, "guide.pdf", pieces(largest + b"x")), 413)
    refused(await uploads(ccp.operator, path, "guide.pdf", largest + b"x"), 413)
    await swept(ccp, 1)


async def test_the_same_content_is_stored_once(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    first = ok(await uploads(ccp.operator, path, "guide.pdf", PDF))
    assert ok(await uploads(ccp.operator, path, "another name.pdf", PDF)) == first
    assert ok(await ccp.http.get(path))["files"] == [first]
    other = await ccp.operator.publishes(MISSION | {"title": "Another"})
    ok(await uploads(ccp.operator, f"/calls/{other['id']}", "guide.pdf", PDF))
    ok(await ccp.http.delete(first["url"], headers=ccp.operator.headers))
    assert (await ccp.http.get(f"/calls/{other['id']}/files/{first['sha256']}")).content == PDF, "each its own"
    await swept(ccp, 1)


async def test_simultaneous_uploads_are_each_stored_once(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    contents = [PDF + str(number % 5).encode() for number in range(10)]
    answers = await asyncio.gather(*(uploads(ccp.operator, path, "guide.pdf", one) for one in contents))
    assert {ok(answer)["sha256"] for answer in answers} == {sha256(one) for one in contents}
    files = ok(await ccp.http.get(path))["files"]
    assert sorted(file["sha256"] for file in files) == sorted({sha256(one) for one in contents})
    await swept(ccp, 5)


async def test_a_call_has_at_most_thirty_documents(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    for number in range(29):
        ok(await uploads(ccp.operator, path, f"annex {number}.pdf", PDF + str(number).encode()))
    last = [uploads(ccp.operator, path, "last.pdf", PDF + name) for name in (b"a", b"b", b"c")]
    answers = await asyncio.gather(*last)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {"too_many_files"}
    await swept(ccp, 30)


async def test_documents_cannot_change_after_the_deadline(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    made = ok(await uploads(ccp.operator, path, "guide.pdf", PDF))
    await ccp.system.travel(timedelta(days=60))
    refused(await uploads(ccp.operator, path, "late.pdf", PDF + b"late"), 409, "status", "call_already_closed")
    refused(await ccp.http.delete(made["url"], headers=ccp.operator.headers), 409, "status", "call_already_closed")
    assert (await ccp.http.get(made["url"])).content == PDF


async def test_an_upload_that_breaks_off_leaves_nothing(ccp: Platform) -> None:
    """The server receives a part of the body, then the connection closes."""
    call = await ccp.operator.publishes(MISSION)
    sent = await answered(ccp, f"/calls/{call['id']}/files", PDF + b"x" * (2 * MIB))
    assert sent == 422
    assert ok(await ccp.http.get(f"/calls/{call['id']}"))["files"] == []
    await swept(ccp, 0)


async def answered(ccp: Platform, path: str, begun: bytes) -> int:
    """Return the status of an upload whose sender disconnects after these bytes."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": begun, "more_body": True},
        {"type": "http.disconnect"},
    ]
    statuses = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    headers = [(b"authorization", ccp.operator.headers["Authorization"].encode())]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"name=guide.pdf", "headers": headers}
    scope |= {"http_version": "1.1", "scheme": "http", "server": ("ccp.test", 80), "client": ("x", 1), "root_path": ""}
    await ccp.system.app(scope, receive, send)
    [status] = statuses
    return status


async def test_an_upload_that_never_ends_is_aborted(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    call = await ccp.operator.publishes(MISSION)
    monkeypatch.setattr(store, "UPLOAD_SECONDS", 0.2)

    async def endless() -> AsyncIterator[bytes]:
        yield PDF
        await asyncio.Event().wait()

    refused(await uploads(ccp.operator, f"/calls/{call['id']}", "guide.pdf", endless()), 408, None, "upload_too_slow")
    await swept(ccp, 0)
