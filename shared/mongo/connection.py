"""Connections to MongoDB, and the first start of a server as a replica set."""

import asyncio
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure

from shared.mongo.database import Client


def connect(url: str) -> Client:
    """Return a client with every timeout set."""
    return AsyncIOMotorClient(
        url,
        tz_aware=True,
        maxPoolSize=50,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        socketTimeoutMS=60_000,
        waitQueueTimeoutMS=10_000,
        retryWrites=True,
        uuidRepresentation="standard",
    )


async def initiate_replica_set(url: str, member: str) -> None:
    """Make a new mongod a replica set with one member and wait until it accepts writes."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(url, directConnection=True, serverSelectionTimeoutMS=20_000)
    try:
        config = {"_id": "ccp", "members": [{"_id": 0, "host": member}]}
        try:
            await client.admin.command("replSetInitiate", config)
        except OperationFailure as error:
            if error.code != 23:  # AlreadyInitialized
                raise
        async with asyncio.timeout(20):
            while not (await client.admin.command("hello")).get("isWritablePrimary"):
                await asyncio.sleep(0.05)
    finally:
        client.close()
