"""Counters of requests in a service's database, shared by its replicas: the storage of the library `limits`."""

from typing import Any, cast

from limits.aio.storage import MongoDBStorage
from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.write_concern import WriteConcern

from shared.mongo.database import Database


class RequestCounters(MongoDBStorage):
    """Counters in a database that is open already; the library's own client never connects.

    A counter that is lost with a failed server does no harm, so that writes do not wait for the journal.
    """

    STORAGE_SCHEME = ["ccp+mongodb"]  # noqa: RUF012  # the library registers classes by scheme

    def __init__(self, db: Database) -> None:
        super().__init__(
            "mongodb://unused", counter_collection_name="request_counters", window_collection_name="request_windows"
        )
        own = db.raw("request_windows").database
        self._open = cast(AsyncIOMotorDatabase[Any], own.with_options(write_concern=WriteConcern(1)))

    @property
    def database(self) -> AsyncIOMotorDatabase[Any]:
        return self._open
