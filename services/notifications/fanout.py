"""From one event to every member it concerns: an alert each, and an e-mail where she takes any."""

import asyncio
from datetime import datetime
from typing import Any

from services.notifications.alerts import RULES, Said
from services.notifications.domain import Member
from services.notifications.mailing.ledger import MAILS, Mail, Occasion, new_mail, worth_mailing
from services.notifications.store import ALERTS, Alert, members_page
from shared import crash, tracing
from shared.contracts import Event
from shared.ids import stable_id
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Transaction
from shared.tracing import Cause

PAGE = 1000
BY_TYPE = {contract.type: rule for contract, rule in RULES.items()}


async def on_event(tx: Transaction, event: Event) -> None:
    """Every fact with a rule becomes one durable job."""
    seed = f"{event.type} {RULES[type(event)].say(event).occasion}"
    await enqueue_fan_out(tx, event.type, event.model_dump(mode="json"), seed=seed)


async def enqueue_fan_out(
    tx: Transaction,
    kind: str,
    event: dict[str, Any],
    *,
    seed: str,
    only: str = "",
    told_at: datetime | None = None,
) -> None:
    """`seed` names the alerts: fanning the same one out again tells nobody twice. `only`: just this member."""
    await enqueue(tx, "fan_out", {"type": kind, "event": event, "seed": seed, "only": only}, told_at=told_at)


async def fan_out(database: Database, job: Job) -> None:
    """Page by page over the audience, one stored while the next is read. Doing a page twice stores nothing twice."""
    crash.point("fanout.after_claim")
    kind = job.data["type"]
    rule, event = BY_TYPE[kind], Event.registry[kind].read(job.data["event"])
    audience, said = rule.audience(event), rule.say(event)
    query = {"$and": [audience.query, {"_id": only}]} if (only := job.data.get("only")) else audience.query
    lane, now, cause = int(bool(job.cursor)), database.now(), tracing.cause()
    page = await members_page(database, query, job.cursor, PAGE)
    while page:
        told = [(member, reason) for member in page if (reason := audience.reason(member))]
        alerts = [alert(job, said, kind, now, *one) for one in told]
        mailed = [member for member, _ in told if member.takes_mail and worth_mailing(job.told_at)]
        mails = [mail(cause, said, now, member, lane) for member in mailed]
        cursor, lane = page[-1].id, 1  # past the first page it is a bulk mailing, and lets others pass
        page, _ = await asyncio.gather(members_page(database, query, cursor, PAGE), _store(database, alerts, mails))
        crash.point("fanout.before_cursor")
        await advance(database, job, cursor)
    crash.point("fanout.after_last_page")


async def _store(database: Database, alerts: list[Alert], mails: list[Mail]) -> None:
    await ALERTS.insert_new(database, alerts)
    crash.point("fanout.mid_insert")
    await MAILS.insert_new(database, mails)
    database.wake("mailer")


def alert(job: Job, said: Said, kind: str, now: datetime, member: Member, reason: str) -> Alert:
    return Alert(
        id=stable_id(job.data["seed"], member.id),
        member_id=member.id,
        event_type=kind,
        occasion=said.occasion,
        title=said.title,
        text=said.text,
        url=said.url,
        reason=reason,
        at=now,
    )


def mail(cause: Cause, said: Said, now: datetime, member: Member, lane: int) -> Mail:
    return new_mail(Occasion(member.id, said.occasion), "alerts", now, cause, lane)
