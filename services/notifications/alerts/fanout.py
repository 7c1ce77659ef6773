"""The fan-out: the job that stores an alert, and perhaps an e-mail, for every member that an event concerns."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from services.notifications.alerts.audiences import Audience
from services.notifications.alerts.rules import RULES
from services.notifications.alerts.store import DEDUPLICATION_KEY
from services.notifications.alerts.texts import AlertText
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import BULK, PRIORITY, PROMPT, Occasion, new_mail, worth_mailing
from services.notifications.mailing.store import MAILS
from services.notifications.preferences.domain import Recipient
from services.notifications.preferences.store import recipients
from shared import failpoint, tracing
from shared.contracts import Event
from shared.ids import stable_id
from shared.jobs import Job, advance
from shared.mongo import Database, Query

PAGE = 1000  # members
CONCURRENT_WRITES = 3  # batches
RULE_OF_TYPE = {contract.type: rule for contract, rule in RULES.items()}


class FanOutData(BaseModel):
    """Data of a fan-out job. The ids of alerts follow from the deduplication key, so that each is stored once."""

    type: str
    event: dict[str, Any]
    deduplication_key: str = Field(validation_alias=DEDUPLICATION_KEY)
    only: str = ""  # id of the one member to alert, if not the whole audience


@dataclass(frozen=True)
class Batch:
    """Rows of one page of members, ready to be stored."""

    alerts: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    cursor: str


@dataclass(frozen=True)
class FanOut:
    """The rows that all alerts and e-mails of one fan-out are copied from."""

    deduplication_key: str
    occasion: str
    worth_mailing: bool
    alert: dict[str, Any]
    mail: dict[str, Any]

    @classmethod
    def of(cls, data: FanOutData, text: AlertText, occurred_at: datetime, now: datetime) -> Self:
        """Return the fan-out of an event."""
        alert = Alert(
            id="",
            member_id="",
            event_type=data.type,
            occasion=text.occasion,
            title=text.title,
            text=text.text,
            url=text.url,
            reason="",
            at=now,
        )
        mail = new_mail(Occasion("", text.occasion), "alerts", now, tracing.cause())
        return cls(
            deduplication_key=data.deduplication_key,
            occasion=text.occasion,
            worth_mailing=worth_mailing(occurred_at),
            alert=alert.to_mongo(),
            mail=mail.to_mongo(),
        )

    def batch(self, members: Sequence[Recipient], audience: Audience, priority: int) -> Batch:
        """Return the rows for those of the members whom the event concerns."""
        concerned = [(member, reason) for member in members if (reason := audience.reason(member))]
        mailed = [member for member, _ in concerned if member.takes_mail] if self.worth_mailing else []
        return Batch(
            [self.alert_row(member.id, reason) for member, reason in concerned],
            [self.mail_row(member.id, priority) for member in mailed],
            members[-1].id,
        )

    def alert_row(self, member_id: str, reason: str) -> dict[str, Any]:
        """Return the alert of one member as a row."""
        id = stable_id(self.deduplication_key, member_id)
        return {**self.alert, "_id": id, "member_id": member_id, "reason": reason}

    def mail_row(self, member_id: str, priority: int) -> dict[str, Any]:
        """Return the e-mail to one member as a row."""
        id = Occasion(member_id, self.occasion).mail_id
        return {**self.mail, "_id": id, "member_id": member_id, PRIORITY: priority}


async def fan_out(db: Database, job: Job) -> None:
    """Store alerts and e-mails page by page over the audience. A page that is repeated stores nothing twice."""
    failpoint.hit("fanout.after_claim")
    data = FanOutData.model_validate(job.data)
    rule, event = RULE_OF_TYPE[data.type], Event.registry[data.type].read(data.event)
    audience = rule.audience(event)
    query: Query = {"$and": [audience.query, {"_id": data.only}]} if data.only else audience.query
    fan = FanOut.of(data, rule.render(event), job.occurred_at, db.now())
    try:
        await _store_all(db, job, fan, audience, query)
    except ExceptionGroup as errors:  # of batches that were written concurrently; the first one tells the cause
        raise errors.exceptions[0] from None
    failpoint.hit("fanout.after_last_page")


async def _store_all(db: Database, job: Job, fan: FanOut, audience: Audience, query: Query) -> None:
    """Prepare a batch while earlier batches are written and the next page is read."""
    priority = BULK if job.cursor else PROMPT
    members = await recipients(db, query, job.cursor, PAGE)
    writes: deque[asyncio.Task[None]] = deque(maxlen=CONCURRENT_WRITES)
    async with asyncio.TaskGroup() as group:
        while members:
            next_page = group.create_task(_page_after(db, query, members))
            await asyncio.sleep(0)  # let the read start
            batch = fan.batch(members, audience, priority)
            priority = BULK  # after the first page it is a bulk mailing, which lets small ones pass
            if len(writes) == CONCURRENT_WRITES:
                await writes[0]
            writes.append(group.create_task(_store(db, job, batch, writes[-1] if writes else None)))
            members = await next_page


async def _page_after(db: Database, query: Query, members: Sequence[Recipient]) -> list[Recipient]:
    return await recipients(db, query, members[-1].id, PAGE) if len(members) == PAGE else []


async def _store(db: Database, job: Job, batch: Batch, previous: asyncio.Task[None] | None) -> None:
    await ALERTS.insert_new_rows(db, batch.alerts)
    failpoint.hit("fanout.mid_insert")
    await MAILS.insert_new_rows(db, batch.mails)
    db.notify("mailer")
    if previous:  # advance the cursor only past batches that are stored
        await previous
    failpoint.hit("fanout.before_cursor")
    await advance(db, job, batch.cursor)
