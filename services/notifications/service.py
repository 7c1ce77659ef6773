"""Assembly of the service notifications."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from services.notifications import PREFIXES, TAGS
from services.notifications.alerts.fanout import fan_out
from services.notifications.alerts.store import ORGANISATIONS
from services.notifications.examples import EXAMPLES
from services.notifications.handlers import HANDLERS
from services.notifications.inbox import api as inbox
from services.notifications.inbox import pages as inbox_pages
from services.notifications.inbox.store import ALERTS
from services.notifications.involvements import api as involvements
from services.notifications.involvements import pages as involvement_pages
from services.notifications.involvements.store import INVOLVEMENTS
from services.notifications.loops import LOOPS
from services.notifications.mailing import api as mailing
from services.notifications.mailing import pages as mailing_pages
from services.notifications.mailing.compose import Composer
from services.notifications.mailing.domain import State
from services.notifications.mailing.mailer import Mailer
from services.notifications.mailing.store import ADDRESSEES, MAILS, WINDOWS, count_by_state
from services.notifications.mailing.transport import open_transport
from services.notifications.personal import PERSONAL
from services.notifications.preferences import api as preferences
from services.notifications.preferences import pages as preference_pages
from services.notifications.preferences.store import MEMBERS, MEMBERSHIP_VERSIONS
from services.notifications.settings import NotificationsSettings
from services.notifications.snapshot import SNAPSHOT
from services.notifications.things.store import THINGS
from shared.auth import load_signer
from shared.contracts.notifications import LinkKeyPublished
from shared.mongo import Database
from shared.service import Service
from shared.settings import Settings

PAGES = (inbox_pages, preference_pages, involvement_pages, mailing_pages)


@dataclass(frozen=True)
class Resources:
    """Resources that the loops of notifications use while the service runs."""

    mailer: Mailer


def build(settings: Settings, own: NotificationsSettings | None = None) -> Service:
    """Return the service; `own` replaces the settings that it would read from the environment."""
    router = APIRouter()
    for part in (*PAGES, preferences, involvements, inbox, mailing):
        router.include_router(part.router)
    return Service(
        name="notifications",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        examples=EXAMPLES,
        snapshot=SNAPSHOT,
        forms=[form for part in PAGES for form in part.FORMS],
        collections=[
            MEMBERS,
            MEMBERSHIP_VERSIONS,
            THINGS,
            INVOLVEMENTS,
            ORGANISATIONS,
            ALERTS,
            MAILS,
            WINDOWS,
            ADDRESSEES,
        ],
        jobs={"fan_out": fan_out},
        personal=PERSONAL,
        loops=LOOPS,
        gauges=gauges,
        resources=partial(resources, settings=settings, own=own or NotificationsSettings()),
    )


async def gauges(db: Database) -> dict[str, float]:
    """Return the number of e-mails in each state of the ledger."""
    counts = await count_by_state(db)
    return {f"mails_{state}": counts.get(state, 0) for state in State}


@asynccontextmanager
async def resources(db: Database, *, settings: Settings, own: NotificationsSettings) -> AsyncIterator[Resources]:
    """Open the mailer with the key that signs links, and close it at the end."""
    signer = await load_signer(db, LinkKeyPublished)
    mailer = Mailer(
        db,
        Composer(signer, settings.public_url, own.mail_from, own.mail_unsubscribe),
        lambda: open_transport(own.mail_url, settings.data_dir),
        own.mail_from,
        own.mail_settle_seconds,
    )
    yield Resources(mailer)
    await mailer.close()
