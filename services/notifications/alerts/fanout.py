"""From one event to every member it concerns: an alert each, and an e-mail where she takes any."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.notifications.alerts.audiences import Audience
from services.notifications.alerts.rules import RULES
from services.notifications.alerts.texts import Said
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Occasion, new_mail, worth_mailing
from services.notifications.mailing.store import MAILS
from services.notifications.preferences.domain import Recipient
from services.notifications.preferences.store import recipients
from shared import failpoint, tracing
from shared.contracts import Event
from shared.ids import stable_id
from shared.jobs import Job, advance
from shared.mongo import Database, Query

PAGE = 1000
AT_ONCE = 3  # pages on their way into the database
BY_TYPE = {contract.type: rule for contract, rule in RULES.items()}


async def fan_out(db: Database, job: Job) -> None:
    """Page by page over the audience. Doing a page twice stores nothing twice."""
    failpoint.hit("fanout.after_claim")
    kind = job.data["type"]
    rule, event = BY_TYPE[kind], Event.registry[kind].read(job.data["event"])
    audience, said = rule.audience(event), rule.say(event)
    query = {"$and": [audience.query, {"_id": only}]} if (only := job.data.get("only")) else audience.query
    told = Told.about(said, kind, job, db.now())
    try:
        await _tell(db, job, told, audience, query)
    except ExceptionGroup as several:  # of pages under way at once: the first says why
        raise several.exceptions[0] from None
    failpoint.hit("fanout.after_last_page")


async def _tell(db: Database, job: Job, told: "Told", audience: Audience, query: Query) -> None:
    """A page is prepared while those before it are stored and the one after is read."""
    lane = int(bool(job.cursor))
    page = await recipients(db, query, job.cursor, PAGE)
    storing: deque[asyncio.Task[None]] = deque(maxlen=AT_ONCE)
    async with asyncio.TaskGroup() as group:
        while page:
            following = group.create_task(_after(db, query, page))
            await asyncio.sleep(0)  # it has been asked for
            ready = told.page(page, audience, lane)
            lane = 1  # past the first page it is a bulk mailing, and lets others pass
            if len(storing) == AT_ONCE:
                await storing[0]
            storing.append(group.create_task(_store(db, job, ready, storing[-1] if storing else None)))
            page = await following


async def _after(db: Database, query: Query, page: Sequence[Recipient]) -> list[Recipient]:
    return await recipients(db, query, page[-1].id, PAGE) if len(page) == PAGE else []


async def _store(db: Database, job: Job, page: "Page", before: asyncio.Task[None] | None) -> None:
    await ALERTS.insert_new_rows(db, page.alerts)
    failpoint.hit("fanout.mid_insert")
    await MAILS.insert_new_rows(db, page.mails)
    db.notify("mailer")
    if before:  # the cursor passes no page that is not stored
        await before
    failpoint.hit("fanout.before_cursor")
    await advance(db, job, page.cursor)


@dataclass(frozen=True)
class Page:
    """Rows that are ready to be stored, and how far the fan-out has got with them."""

    alerts: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    cursor: str


@dataclass(frozen=True)
class Told:
    """What all alerts and e-mails of one fan-out have in common, as rows: a great many differ in little."""

    seed: str
    occasion: str
    worth_mailing: bool
    alert: dict[str, Any]
    mail: dict[str, Any]

    @classmethod
    def about(cls, said: Said, kind: str, job: Job, now: datetime) -> "Told":
        facts = {"event_type": kind, "occasion": said.occasion, "title": said.title, "text": said.text, "url": said.url}
        alert = Alert(id="", member_id="", reason="", at=now, **facts)
        mail = new_mail(Occasion("", said.occasion), "alerts", now, tracing.cause())
        worth = worth_mailing(job.occurred_at)
        return cls(job.data["seed"], said.occasion, worth, alert.to_mongo(), mail.to_mongo())

    def page(self, members: Sequence[Recipient], audience: Audience, lane: int) -> Page:
        concerned = [(member, reason) for member in members if (reason := audience.reason(member))]
        mailed = [member for member, _ in concerned if member.takes_mail] if self.worth_mailing else []
        return Page(
            [self.alert_of(member.id, reason) for member, reason in concerned],
            [self.mail_of(member.id, lane) for member in mailed],
            members[-1].id,
        )

    def alert_of(self, member_id: str, reason: str) -> dict[str, Any]:
        return {**self.alert, "_id": stable_id(self.seed, member_id), "member_id": member_id, "reason": reason}

    def mail_of(self, member_id: str, lane: int) -> dict[str, Any]:
        id = Occasion(member_id, self.occasion).mail_id
        return {**self.mail, "_id": id, "member_id": member_id, "lane": lane}
