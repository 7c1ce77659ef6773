"""E-mails: send from the ledger until the server accepts; compare with aiosmtplib sending finished messages.

python -m benchmarks.emails [--emails N] [--rounds N]
"""

import argparse
import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

import aiosmtplib

from benchmarks.alerts import member_id, some_members
from benchmarks.events import some_call
from benchmarks.race import Race
from benchmarks.servers import database, servers
from services.__main__ import run
from services.notifications.alerts.fanout import FanOut, FanOutData
from services.notifications.alerts.texts import call_published
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing import mailer as mailing
from services.notifications.mailing.compose import Composer
from services.notifications.mailing.domain import Mail
from services.notifications.mailing.store import MAILS, WINDOWS
from services.notifications.mailing.transport import SmtpTransport
from services.notifications.preferences.domain import Member
from services.notifications.preferences.store import MEMBERS
from services.notifications.service import gauges
from shared import log
from shared.auth import load_signer
from shared.clock import real_now
from shared.contracts.notifications import LinkKeyPublished
from shared.mongo import Database
from shared.mongod import free_port
from tests.chaos.parts import until
from tests.chaos.processes import listens

SENDER = "alerts@ccp.example"
COLLECTIONS = [MEMBERS, ALERTS, MAILS, WINDOWS]


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """Run an SMTP server in its own process that accepts and discards every message. Yield its port."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c"]
    process = subprocess.Popen([*command, "aiosmtpd.handlers.Sink"])  # noqa: S603
    try:
        until(lambda: listens(port), "the SMTP server")
        yield port
    finally:
        process.kill()
        process.wait()


async def waiting(own: Database, emails: int) -> None:
    """Fill the ledger with e-mails about one call, each with its alert."""
    await some_members(own, emails, mail=True)
    fan = about_a_call(own)
    ids = [member_id(number) for number in range(emails)]
    await ALERTS.insert_new_rows(own, [fan.alert_row(id, "You follow funding calls, France") for id in ids])
    await MAILS.insert_new_rows(own, [fan.mail_row(id, 1) for id in ids])


def about_a_call(own: Database) -> FanOut:
    event = some_call(1)
    data = FanOutData(type=event.type, event={}, deduplication_key="1")
    return FanOut.of(data, call_published(event), real_now(), own.now())


def a_letter(own: Database, composer: Composer) -> bytes:
    """Return the message to the first member."""
    fan, id = about_a_call(own), member_id(0)
    alert = Alert.model_validate(fan.alert_row(id, "You follow funding calls, France"))
    mail = Mail.model_validate(fan.mail_row(id, 1))
    return composer.alerts(mail, Member(id=id, email="0@members.example", name="Member 0"), [alert]).as_bytes()


async def ours(own: Database, composer: Composer, port: int, emails: int) -> float:
    """Return e-mails per second: claimed, checked, composed, handed over and marked."""
    await waiting(own, emails)
    url = f"smtp://127.0.0.1:{port}"
    one = mailing.Mailer(own, composer, lambda: SmtpTransport(url), SENDER, settle_seconds=0)
    started = time.perf_counter()
    await one.drain()
    seconds = time.perf_counter() - started
    assert (await gauges(own))["mails_sent"] == emails
    await one.close()
    return emails / seconds


async def raw(port: int, emails: int, content: bytes) -> float:
    """Return e-mails per second with the same content over as many connections, one message after the other."""

    async def connection(number: int) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as client:
            for n in range(number, emails, mailing.WORKERS):
                await client.sendmail(SENDER, [f"{n}@members.example"], content)

    started = time.perf_counter()
    await asyncio.gather(*(connection(number) for number in range(mailing.WORKERS)))
    return emails / (time.perf_counter() - started)


RACE = Race("emails", "e-mails a second", "aiosmtplib")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emails", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    async with servers() as at:

        async def one_round() -> tuple[float, float]:
            async with database(at, "notifications", COLLECTIONS) as own:
                composer = Composer(await load_signer(own, LinkKeyPublished), "http://ccp.example", SENDER)
                content = a_letter(own, composer)
                with sink() as port:
                    return await ours(own, composer, port, chosen.emails), await raw(port, chosen.emails, content)

        await RACE.run(one_round, chosen.rounds)


if __name__ == "__main__":
    log.configure(level="warning")
    run(main())
