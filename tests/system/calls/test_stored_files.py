"""Files as they are stored: in pieces, swept if no document names them, and never delivered damaged."""

import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, BinaryIO

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.calls.catalogue.store import CALLS
from shared.clock import Clock, real_now
from shared.files import store
from shared.files.store import BYTES, ORPHANED
from shared.ids import new_id
from shared.mongo import Database, FileDamaged, connect
from shared.mongo.files import PIECE
from shared.testing import until
from tests.support.people import MISSION, Platform, ok
from tests.support.uploads import PDF, pieces, sha256, stored, uploads

MIB = 1024 * 1024


async def test_a_file_is_never_whole_in_memory(ccp: Platform) -> None:
    """The first pieces are in the database before the last one is sent."""
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


async def test_only_bytes_left_by_a_crash_are_swept(ccp: Platform) -> None:
    """Bytes are stored before the transaction that names them: a process that dies in between leaves them behind."""
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    named = ok(await uploads(ccp.operator, path, "guide.pdf", PDF))
    at = ccp.system.db("calls")
    left = await store.store_upload(at, "orphan.pdf", pieces(PDF + b"orphan"), ccp.operator.id)
    half_swept = await store.store_upload(at, "half.pdf", pieces(PDF + b"half"), ccp.operator.id)
    arriving = await store.store_upload(at, "arriving.pdf", pieces(PDF + b"arriving"), ccp.operator.id)
    await ccp.system.travel(timedelta(minutes=1))
    assert await stored(ccp) == 4, "a document may still name it within an hour"

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
    """Reading a stored file, whole or from any position, equals reading the same bytes in memory."""
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
