"""Files as people meet them: documents of a call and evidence of a claim, up, down and away."""

import asyncio
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, BinaryIO

import httpx
import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.calls.catalogue.store import CALLS
from services.calls.files import store
from services.calls.files.store import BYTES, ORPHANED
from shared.clock import Clock, real_now
from shared.ids import new_id
from shared.mongo import Database, FileDamaged, connect
from shared.mongo.files import PIECE
from shared.testing import until
from tests.support.applicants import applicant
from tests.support.people import MISSION, Platform, ok, refused
from tests.support.uploads import GOOD, HTML, PDF, PNG, SVG, sha256, uploads

MIB = 1024 * 1024


async def stored(ccp: Platform) -> int:
    """How many files have any byte in the database."""
    at = ccp.system.db("calls")
    return len(await at.raw("uploads.chunks").distinct("files_id"))


async def swept(ccp: Platform, left: int) -> None:
    """Only so many files are left, and nothing else has a byte."""

    async def gone() -> bool:
        return await stored(ccp) == left and not await ORPHANED.count(ccp.system.db("calls"), {})

    await until(gone, f"{left} files to be left")


async def pieces(content: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def test_a_document_is_attached_read_by_everybody_and_deleted(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    more = {"title": "Guide for applicants", "language": "fr", "kind": "guide"}
    answer = await uploads(ccp.operator, path, "../Guide für alle.pdf", PDF, **more)
    made = ok(answer)
    assert answer.status_code == 201
    assert answer.headers["location"] == made["url"] == f"{path}/files/{sha256(PDF)}"
    assert (made["name"], made["media_type"], made["size"]) == ("Guide für alle.pdf", "application/pdf", len(PDF))
    assert (made["title"], made["language"], made["kind"]) == ("Guide for applicants", "fr", "guide")
    assert ok(await ccp.http.get(path))["files"] == [made]

    read = await ccp.http.get(made["url"])
    assert read.content == PDF
    assert read.headers["content-type"] == "application/pdf"
    assert read.headers["content-length"] == str(len(PDF))
    assert read.headers["content-disposition"] == "attachment; filename*=utf-8''Guide%20f%C3%BCr%20alle.pdf"
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["etag"] == f'"{sha256(PDF)}"'
    again = await ccp.http.get(made["url"], headers={"If-None-Match": read.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")

    page = BeautifulSoup((await ccp.http.get(path, headers={"Accept": "text/html"})).text, "html.parser")
    link = page.find("a", href=made["url"])
    assert link
    assert link.text == "Guide for applicants"

    assert (await ccp.http.delete(made["url"], headers=ccp.operator.headers)).status_code == 204
    refused(await ccp.http.get(made["url"]), 404)
    assert ok(await ccp.http.get(path))["files"] == []
    await swept(ccp, 0)
    await ccp.system.settle()
    told = [alert["text"] for alert in await anna.alerts() if alert["title"].startswith("Changed")]
    assert ["added" in text for text in told].count(True) == 1
    assert ["removed" in text for text in told].count(True) == 1


@pytest.mark.parametrize(("name", "content"), GOOD.items(), ids=GOOD)
async def test_every_type_that_is_taken_comes_back_as_it_was(ccp: Platform, name: str, content: bytes) -> None:
    call = await ccp.operator.publishes(MISSION)
    made = ok(await uploads(ccp.operator, f"/calls/{call['id']}", name, content))
    read = await ccp.http.get(made["url"])
    assert read.content == content
    assert read.headers["content-type"].startswith(made["media_type"])
    assert read.headers["content-disposition"] == f'attachment; filename="{name}"'


async def test_a_drafts_documents_are_its_organisations_alone(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    stranger = await ccp.member("Stranger")
    draft = ok(await eve.post("/calls", MISSION | {"organisation_id": publisher["id"]}))
    path = f"/calls/{draft['id']}"
    made = ok(await uploads(eve, path, "guide.pdf", PDF))
    assert (await eve.get(made["url"])).content == PDF
    for nobody in ({}, stranger.headers):
        refused(await ccp.http.get(made["url"], headers=nobody), 404)
    refused(await ccp.http.delete(made["url"], headers=stranger.headers), 404)
    version = ok(await eve.get(path))["version"]
    ok(await eve.post(f"{path}/publish", version=version))
    assert (await ccp.http.get(made["url"])).content == PDF


async def test_who_does_not_publish_a_call_attaches_nothing_and_sends_in_vain(ccp: Platform) -> None:
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
    assert read == 0, "nobody reads what is not wanted"
    assert await stored(ccp) == 0


async def test_ten_mebibytes_are_taken_a_byte_more_is_not(ccp: Platform) -> None:
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


async def test_a_file_is_never_whole_in_memory(ccp: Platform) -> None:
    """A piece at a time: the first are in the database before the last is sent."""
    call = await ccp.operator.publishes(MISSION)

    async def watched() -> AsyncIterator[bytes]:
        async for piece in pieces(PDF + b"x" * (3 * PIECE)):
            yield piece

        async def first_are_there() -> bool:
            return await ccp.system.db("calls").raw("uploads.chunks").count_documents({}) >= 3

        await until(first_are_there, "the first pieces to be stored")

    ok(await uploads(ccp.operator, f"/calls/{call['id']}", "guide.pdf", watched()))
    at = ccp.system.db("calls")
    kept = await CALLS.get(at, call["id"])
    assert kept
    assert [len(piece) async for piece in store.content(at, kept.files[0])] == [PIECE, PIECE, PIECE, len(PDF)]


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.png", HTML), ("drawing.png", SVG), ("run.exe", PDF), ("guide.pdf.exe", PDF), ("guide.pdf", PNG)],
)
async def test_what_is_not_what_it_says_is_refused_and_leaves_nothing(ccp: Platform, name: str, content: bytes) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    refused(await uploads(ccp.operator, path, name, content), 415, "name", "file_type_refused")
    assert ok(await ccp.http.get(path))["files"] == []
    await swept(ccp, 0)


@pytest.mark.parametrize(
    ("params", "content", "field"),
    [
        ({"name": "guide"}, PDF, "name"),
        ({"name": ".."}, PDF, "name"),
        ({"name": ""}, PDF, "name"),
        ({}, PDF, "name"),
        ({"name": "guide.pdf"}, b"", "body"),
        ({"name": "guide.pdf", "language": "French"}, PDF, "language"),
        ({"name": "guide.pdf", "colour": "blue"}, PDF, "colour"),
    ],
)
async def test_a_bad_name_or_nothing_at_all_is_refused(
    ccp: Platform, params: dict[str, str], content: bytes, field: str
) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}/files"
    refused(await ccp.http.post(path, params=params, content=content, headers=ccp.operator.headers), 422, field)
    await swept(ccp, 0)


async def test_the_same_content_again_is_the_file_that_is_there(ccp: Platform) -> None:
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


async def test_many_at_once_are_all_there_each_once(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    contents = [PDF + str(number % 5).encode() for number in range(10)]
    answers = await asyncio.gather(*(uploads(ccp.operator, path, "guide.pdf", one) for one in contents))
    assert {ok(answer)["sha256"] for answer in answers} == {sha256(one) for one in contents}
    files = ok(await ccp.http.get(path))["files"]
    assert sorted(file["sha256"] for file in files) == sorted({sha256(one) for one in contents})
    await swept(ccp, 5)


async def test_a_call_has_room_for_thirty(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    for number in range(29):
        ok(await uploads(ccp.operator, path, f"annex {number}.pdf", PDF + str(number).encode()))
    last = [uploads(ccp.operator, path, "last.pdf", PDF + name) for name in (b"a", b"b", b"c")]
    answers = await asyncio.gather(*last)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {"too_many_files"}
    await swept(ccp, 30)


async def test_after_the_deadline_a_calls_documents_stay_as_they_are(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    made = ok(await uploads(ccp.operator, path, "guide.pdf", PDF))
    await ccp.system.travel(timedelta(days=60))
    refused(await uploads(ccp.operator, path, "late.pdf", PDF + b"late"), 409, "status", "call_already_closed")
    refused(await ccp.http.delete(made["url"], headers=ccp.operator.headers), 409, "status", "call_already_closed")
    assert (await ccp.http.get(made["url"])).content == PDF


async def test_an_upload_that_breaks_off_leaves_nothing(ccp: Platform) -> None:
    """As a server sees it: some of the body, then the connection is gone."""
    call = await ccp.operator.publishes(MISSION)
    sent = await answered(ccp, f"/calls/{call['id']}/files", PDF + b"x" * (2 * MIB))
    assert sent == 422
    assert ok(await ccp.http.get(f"/calls/{call['id']}"))["files"] == []
    await swept(ccp, 0)


async def answered(ccp: Platform, path: str, begun: bytes) -> int:
    """The status of an upload whose sender goes away after these bytes."""
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


async def test_an_upload_that_never_ends_is_given_up(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    call = await ccp.operator.publishes(MISSION)
    monkeypatch.setattr(store, "UPLOAD_SECONDS", 0.2)

    async def endless() -> AsyncIterator[bytes]:
        yield PDF
        await asyncio.Event().wait()

    refused(await uploads(ccp.operator, f"/calls/{call['id']}", "guide.pdf", endless()), 408, None, "upload_too_slow")
    await swept(ccp, 0)


async def test_what_a_crash_left_without_a_name_is_swept_and_nothing_else(ccp: Platform) -> None:
    """Bytes are stored before the transaction that names them: a process that dies in between leaves them behind."""
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    named = ok(await uploads(ccp.operator, path, "guide.pdf", PDF))
    at = ccp.system.db("calls")
    left = await store.store_upload(at, "orphan.pdf", pieces(PDF + b"orphan"), ccp.operator.id)
    half_swept = await store.store_upload(at, "half.pdf", pieces(PDF + b"half"), ccp.operator.id)
    arriving = await store.store_upload(at, "arriving.pdf", pieces(PDF + b"arriving"), ccp.operator.id)
    await ccp.system.travel(timedelta(minutes=1))
    assert await stored(ccp) == 4, "for an hour it may still be named"

    aged = {"$set": {"sweep_at": real_now() - timedelta(seconds=1)}}
    await ORPHANED.update(at, {"_id": {"$in": [left.stored_as, half_swept.stored_as]}}, aged)
    await BYTES.erase(at, half_swept.stored_as)
    await ccp.system.travel(timedelta(minutes=1))
    assert {chunk["files_id"] async for chunk in at.raw("uploads.chunks").find({})} >= {arriving.stored_as}
    assert await stored(ccp) == 2
    assert await at.raw("uploads.files").count_documents({}) == 2
    assert [one.id for one in await ORPHANED.find(at, {}, limit=10)] == [arriving.stored_as]
    assert (await ccp.http.get(named["url"])).content == PDF
    with pytest.raises(store.domain.FileIncomplete):
        await at.transact(store.keep, left)
    await at.transact(store.keep, arriving)
    assert not await ORPHANED.count(at, {})


async def test_a_damaged_file_is_never_handed_out_whole(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    made = ok(await uploads(ccp.operator, f"/calls/{call['id']}", "guide.pdf", PDF + b"x" * MIB))
    at = ccp.system.db("calls")
    await at.raw("uploads.chunks").update_one({"n": 1}, {"$set": {"data": b"y" * len(PDF)}})
    with pytest.raises((FileDamaged, httpx.HTTPError)):
        await ccp.http.get(made["url"])


@given(
    cuts=st.lists(st.integers(1, 400_000), max_size=6),
    steps=st.lists(
        st.tuples(st.integers(-10, 700_000), st.sampled_from([0, 1, 2]), st.integers(0, 300_000)), max_size=8
    ),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_stored_file_reads_like_any_other(blank: Database, cuts: list[int], steps: list[Any]) -> None:
    """However it arrived, whole or from anywhere in it: as the same bytes in memory would."""
    content = random.Random(sum(cuts)).randbytes(sum(cuts))
    id, model = new_id(), io.BytesIO(content)

    async def arriving() -> AsyncIterator[bytes]:
        for cut in cuts:
            yield model.read(cut)

    written = await BYTES.write(blank, id, arriving())
    assert (written.size, written.sha256) == (len(content), sha256(content))
    assert b"".join([piece async for piece in BYTES.read(blank, id, written.sha256)]) == content

    def goes_about(stored: BinaryIO) -> list[bytes]:
        return [walked(stored, *step) for step in steps]

    model.seek(0)
    assert await BYTES.look(blank, id, goes_about) == [walked(model, *step) for step in steps]
    await BYTES.erase(blank, id)
    assert not await blank.raw("uploads.chunks").count_documents({})


def walked(file: BinaryIO, offset: int, whence: int, size: int) -> bytes:
    here = {0: 0, 1: file.tell(), 2: file.seek(0, 2)}[whence] + (-offset if whence == 2 else offset)
    file.seek(max(here, 0))
    return file.read(size)


@pytest.fixture(scope="module")
async def blank(mongo_url: str) -> AsyncIterator[Database]:
    client = connect(mongo_url)
    database = Database(client, f"test_{new_id()[-12:]}", "calls", Clock())
    await database.prepare(BYTES.collections)
    yield database
    await database.drop()
    client.close()
