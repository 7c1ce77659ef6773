"""A database of calls with its collections, and a world in it for each test."""

from collections.abc import AsyncIterator

import pytest

from services.calls.service import build
from shared.clock import Clock
from shared.ids import new_id
from shared.mongo import Database, connect
from shared.service import KERNEL
from shared.settings import Settings
from tests.support.platforms import MAY_2016
from tests.support.worlds import World


@pytest.fixture(scope="module")
async def database(mongo_url: str) -> AsyncIterator[Database]:
    client = connect(mongo_url)
    database = Database(client, f"test_{new_id()[-12:]}_calls", "calls", Clock())
    await database.prepare([*KERNEL, *build(Settings()).collections])
    yield database
    await database.drop()
    client.close()


@pytest.fixture
def world(database: Database) -> World:
    """A call and its surroundings on 9 May 2016, with a clock of its own."""
    database.clock = Clock(MAY_2016)
    return World(database)
