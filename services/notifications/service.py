"""notifications, assembled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from services.notifications import PREFIXES, TAGS, api
from services.notifications.fanout import fan_out
from services.notifications.handlers import HANDLERS
from services.notifications.loops import LOOPS
from services.notifications.mailing.compose import Composer
from services.notifications.mailing.ledger import MAILS, WINDOWS, State, count_by_state
from services.notifications.mailing.mailer import Mailer
from services.notifications.mailing.transport import open_transport
from services.notifications.settings import NotificationsSettings
from services.notifications.store import ALERTS, MEMBERS, ORGANISATIONS
from shared.auth import load_signer, own_keys
from shared.contracts.notifications import LinkKeyPublished
from shared.mongo import Database
from shared.service import Service
from shared.settings import Settings


@dataclass(frozen=True)
class Resources:
    mailer: Mailer


def build(settings: Settings, own: NotificationsSettings | None = None) -> Service:
    return Service(
        name="notifications",
        router=api.router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        snapshot=[own_keys("notifications", LinkKeyPublished)],
        collections=[MEMBERS, ORGANISATIONS, ALERTS, MAILS, WINDOWS],
        jobs={"fan_out": fan_out},
        loops=LOOPS,
        gauges=gauges,
        resources=partial(resources, settings=settings, own=own or NotificationsSettings()),
    )


async def gauges(db: Database) -> dict[str, float]:
    """The ledger by state: what waits, and what needs a person's eye."""
    counts = await count_by_state(db)
    return {f"mails_{state}": counts.get(state, 0) for state in State}


@asynccontextmanager
async def resources(db: Database, *, settings: Settings, own: NotificationsSettings) -> AsyncIterator[Resources]:
    signer = await load_signer(db, LinkKeyPublished)
    mailer = Mailer(
        db,
        Composer(signer, settings.public_url, own.mail_from),
        lambda: open_transport(own.mail_url, settings.data_dir),
        own.mail_from,
        own.mail_settle_seconds,
    )
    yield Resources(mailer)
    await mailer.close()
