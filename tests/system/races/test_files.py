"""The sweep of orphaned files, and a document that takes one of them at the same moment."""

from datetime import timedelta
from typing import Any

import pytest

from shared.clock import real_now
from shared.files.domain import FileIncomplete, StoredFile
from shared.files.store import BYTES, ORPHANED, is_whole, keep, store_upload, sweep
from shared.mongo import Collection, Database
from tests.support.uploads import PDF, pieces


@pytest.fixture
async def orphan(database: Database) -> StoredFile:
    """A file whose hour to be attached is over."""
    file = await store_upload(database, "guide.pdf", pieces(PDF), "anna")
    await ORPHANED.update(database, {"_id": file.stored_as}, {"$set": {"sweep_at": real_now() - timedelta(hours=1)}})
    return file


async def test_a_file_that_a_document_takes_while_the_sweep_begins_is_not_erased(
    database: Database, orphan: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = Collection.find

    async def find_and_lose_one(self: Collection[Any], *args: Any, **kwargs: Any) -> Any:
        found = await find(self, *args, **kwargs)
        await database.transact(keep, orphan)
        return found

    monkeypatch.setattr(Collection, "find", find_and_lose_one)
    assert await sweep(database) == 1
    assert await is_whole(database, orphan, orphan.sha256)


async def test_a_file_that_is_being_erased_cannot_be_taken(
    database: Database, orphan: StoredFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase, refused = type(BYTES).erase, []

    async def taken_before_it_is_erased(self: Any, db: Database, id: str) -> None:
        with pytest.raises(FileIncomplete) as refusal:
            await database.transact(keep, orphan)
        refused.append(refusal.value)
        await erase(self, db, id)

    monkeypatch.setattr(type(BYTES), "erase", taken_before_it_is_erased)
    assert await sweep(database) == 1
    assert len(refused) == 1
