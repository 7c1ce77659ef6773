"""The four services in one process, with an SMTP server that keeps its messages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from services.__main__ import available, load
from services.notifications.settings import NotificationsSettings
from services.profiles.settings import ProfilesSettings
from shared.bus import Bus
from shared.ids import new_id
from shared.interface import Interface, interface_of
from shared.mongo import connect
from shared.mongod import free_port
from shared.settings import Settings
from shared.testing import System, running_system
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, Platform

MAY_2016 = datetime(2016, 5, 9, 9, 0, tzinfo=ZoneInfo("Europe/Brussels"))


class Inbox:
    """An SMTP server that keeps its messages, and can be set to refuse them."""

    def __init__(self) -> None:
        self.envelopes: list[SimpleNamespace] = []
        self.answers: list[str] = []
        self.port = free_port()

    async def handle_DATA(self, server: object, session: object, envelope: SimpleNamespace) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"


@contextlib.contextmanager
def receiving() -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port, ready_timeout=60)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


EMPTY: dict[str, list[str]] = {}  # prefixes of databases by the server's URL


@contextlib.asynccontextmanager
async def empty_databases(mongo_url: str) -> AsyncIterator[str]:
    """Lend the prefix of databases whose collections are empty: to empty them is cheaper than to make 80 of them."""
    free = EMPTY.setdefault(mongo_url, [])
    prefix = free.pop() if free else f"test_{new_id()[-12:]}_"
    yield prefix
    client = connect(mongo_url)
    if all([await emptied(client[f"{prefix}{name}"]) for name in available()]):
        free.append(prefix)
    client.close()


async def emptied(database: Any) -> bool:
    """Empty every collection; drop a database that the server's profiler wrote into, and return False."""
    names = await database.list_collection_names()
    if any(name.startswith("system.") for name in names):
        await database.client.drop_database(database.name)
        return False
    await asyncio.gather(*[database[name].delete_many({}) for name in names])
    return True


@cache
def _interface(outbox_limit_seconds: int) -> Interface:
    settings = Settings(outbox_limit_seconds=outbox_limit_seconds)
    return interface_of(load(available(), settings, {}), settings)


def interface_of_all(settings: Settings) -> Interface:
    """Return the interface of the four services, which is built once."""
    return _interface(settings.outbox_limit_seconds)


@contextlib.asynccontextmanager
async def running_platform(
    mongo_url: str, settings: Settings, bus: Bus, start: datetime | None = MAY_2016
) -> AsyncIterator[Platform]:
    async with contextlib.AsyncExitStack() as stack:
        smtp = stack.enter_context(receiving())
        prefix = await stack.enter_async_context(empty_databases(mongo_url))
        own = {
            "profiles": ProfilesSettings(
                operator_email=OPERATOR_EMAIL,
                operator_password=SecretStr(OPERATOR_PASSWORD),
                operators_need_second_factor=False,
                token_minutes=600,  # tests of a module may take long on a busy machine
            ),
            "notifications": NotificationsSettings(mail_url=f"smtp://127.0.0.1:{smtp.port}", mail_settle_seconds=0),
        }
        services = load(available(), settings, own)
        async with running_system(
            services,
            settings=settings,
            mongo_url=mongo_url,
            bus=bus,
            start=start,
            quiet=no_mail_moving,
            database_prefix=prefix,
            interface=interface_of_all(settings),
        ) as system:
            platform = Platform(system, smtp)
            await platform.log_in_operator()
            await system.settle()  # the keys that the services announce when they start are known to all
            yield platform


async def no_mail_moving(system: System) -> bool:
    moving = {"state": {"$in": ["pending", "claimed", "handing"]}}
    return not await system.db("notifications").raw("mails").count_documents(moving)
