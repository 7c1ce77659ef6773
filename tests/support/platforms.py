"""The four services in one process, with an SMTP server that keeps its messages."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller
from pydantic import SecretStr

from services.__main__ import available, load
from services.notifications.settings import NotificationsSettings
from services.profiles.settings import ProfilesSettings
from shared.bus import Bus
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


@contextlib.asynccontextmanager
async def running_platform(
    mongo_url: str, settings: Settings, bus: Bus, start: datetime | None = MAY_2016
) -> AsyncIterator[Platform]:
    with receiving() as smtp:
        own = {
            "profiles": ProfilesSettings(operator_email=OPERATOR_EMAIL, operator_password=SecretStr(OPERATOR_PASSWORD)),
            "notifications": NotificationsSettings(mail_url=f"smtp://127.0.0.1:{smtp.port}", mail_settle_seconds=0),
        }
        services = load(available(), settings, own)
        async with running_system(
            services, settings=settings, mongo_url=mongo_url, bus=bus, start=start, quiet=no_mail_moving
        ) as system:
            platform = Platform(system, smtp)
            await platform.log_in_operator()
            await system.settle()  # the keys that the services announce when they start are known to all
            yield platform


async def no_mail_moving(system: System) -> bool:
    moving = {"state": {"$in": ["pending", "claimed", "handing"]}}
    return not await system.db("notifications").raw("mails").count_documents(moving)
