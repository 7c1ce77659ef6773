"""Connections to MongoDB, and the first start of a server as a replica set."""

import asyncio
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import OperationFailure

from shared.mongo.database import Client

AUTHENTICATION_FAILED, USER_EXISTS, ALREADY_INITIALIZED = 18, 51003, 23  # codes of server errors
ROLES = ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"]


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
            if error.code != ALREADY_INITIALIZED:
                raise
        async with asyncio.timeout(20):
            while not (await client.admin.command("hello")).get("isWritablePrimary"):
                await asyncio.sleep(0.05)
    finally:
        client.close()


async def ensure_user(url: str, name: str, password: str) -> None:
    """Give a user of all databases this password, and create the user first if they are missing."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(url, directConnection=True, serverSelectionTimeoutMS=20_000)
    try:
        try:
            await client.admin.command("createUser", name, pwd=password, roles=ROLES)
        except OperationFailure as error:
            if error.code != USER_EXISTS:
                raise
            await client.admin.command("updateUser", name, pwd=password, roles=ROLES)
    finally:
        client.close()


async def wait_for_user(url: str) -> None:
    """Wait until the user of a URL can log in, while another process prepares the server. Raises TimeoutError."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(url, serverSelectionTimeoutMS=20_000)
    try:
        async with asyncio.timeout(20):
            while not await _logs_in(client):
                await asyncio.sleep(0.05)
    finally:
        client.close()


async def _logs_in(client: Client) -> bool:
    try:
        await client.admin.command("ping")
    except OperationFailure as error:
        if error.code != AUTHENTICATION_FAILED:
            raise
        return False
    return True
