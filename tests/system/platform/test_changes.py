"""A change writes only the fields that changed: versions that know different fields can work side by side."""

from collections.abc import AsyncIterator

import pytest
from pydantic import Field

from shared.clock import Clock
from shared.errors import Stale
from shared.models import Body, Versioned
from shared.mongo import Collection, Database, Transaction, connect


class Place(Body):
    city: str = ""


class NewPlace(Place):
    floor: int = 0


class Note(Versioned):
    text: str = ""
    tags: list[str] = Field(default=[])
    place: Place = Place()


class NewNote(Note):
    """The note of the next version: two more fields, one of them in an embedded document."""

    colour: str = "white"
    place: NewPlace = NewPlace()


OLD, NEW = Collection("notes", Note), Collection("notes", NewNote)


@pytest.fixture
async def database(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    client = connect(mongo_url)
    database = Database(client, f"ccp_changes_{tmp_path_factory.getbasetemp().name}", "notes", Clock())
    await database.drop()
    await database.prepare([NEW])
    yield database
    await database.drop()
    client.close()


async def stored_by_the_new_version(database: Database) -> None:
    note = NewNote(id="1", text="first", colour="red", place=NewPlace(city="Liège", floor=3))
    await database.transact(NEW.insert, note)


async def touched(tx: Transaction, note: Note) -> None:
    await OLD.touch(tx, note)


async def test_a_touched_document_keeps_its_version_and_can_be_changed(database: Database) -> None:
    await stored_by_the_new_version(database)
    before = await NEW.get(database, "1")
    assert before
    await database.transact(touched, before)
    assert await NEW.get(database, "1") == before
    changed = await database.transact(rewritten, text="second")
    assert changed.version == before.version + 1
    with pytest.raises(Stale):
        await database.transact(touched, before)


async def rewritten(tx: Transaction, **values: object) -> Note:
    note = await OLD.get(tx, "1")
    assert note is not None
    return await OLD.change(tx, note, note.replace(**values))


async def test_fields_unknown_to_an_old_version_survive_its_change(database: Database) -> None:
    await stored_by_the_new_version(database)
    await database.transact(rewritten, text="second", place=Place(city="Namur"), tags=["a"])
    assert await NEW.get(database, "1") == NewNote(
        id="1", version=2, text="second", tags=["a"], colour="red", place=NewPlace(city="Namur", floor=3)
    )


async def test_a_change_writes_only_differences_and_the_version(database: Database) -> None:
    await stored_by_the_new_version(database)
    await database.raw("notes").update_one({"_id": "1"}, {"$set": {"text": "written behind our back"}})
    await database.transact(rewritten, tags=["a"])
    note = await NEW.get(database, "1")
    assert note is not None
    assert (note.text, note.tags, note.version) == ("written behind our back", ["a"], 2)


async def test_a_change_without_a_difference_is_a_new_version_too(database: Database) -> None:
    await stored_by_the_new_version(database)
    assert (await database.transact(rewritten)).version == 2


async def test_a_change_of_an_older_version_is_refused(database: Database) -> None:
    await stored_by_the_new_version(database)
    note = await OLD.get(database, "1")
    assert note is not None
    await database.transact(rewritten, text="second")
    with pytest.raises(Stale):
        await database.transact(OLD.change, note, note.replace(text="third"))
    assert (await NEW.get(database, "1")) == NewNote(
        id="1", version=2, text="second", colour="red", place=NewPlace(city="Liège", floor=3)
    )


async def test_a_copy_keeps_fields_unknown_to_an_old_version(database: Database) -> None:
    await stored_by_the_new_version(database)
    newer, older = Note(id="1", version=5, text="newer"), Note(id="1", version=4, text="older")
    await database.transact(OLD.keep_newest, newer)
    await database.transact(OLD.keep_newest, older)
    note = await NEW.get(database, "1")
    assert note is not None
    assert (note.text, note.colour, note.version) == ("newer", "red", 5)
