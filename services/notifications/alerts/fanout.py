"""The fan-out: the job that stores an alert, and perhaps an e-mail, for every member that an event concerns."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from services.notifications.alerts.audiences import Audience, audience_of
from services.notifications.alerts.rules import RULES
from services.notifications.alerts.store import DEDUPLICATION_KEY
from services.notifications.alerts.texts import AlertText
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import BULK, OWN, PRIORITY, PROMPT, Occasion, new_mail, worth_mailing
from services.notifications.mailing.store import MAILS
from services.notifications.preferences.domain import Recipient, Scope
from services.notifications.preferences.store import recipients
from shared import failpoint, tracing
from shared.contracts import Event
from shared.ids import stable_id
from shared.jobs import Job, advance
from shared.mongo import Database, Query

PAGE = 1000  # members
CONCURRENT_WRITES = 3  # batches
RULES_OF_TYPE = {contract.type: rules for contract, rules in RULES.items()}


@dataclass(frozen=True)
class Position:
    """The position of a fan-out: the number of a rule, and the last member that it has reached."""

    rule: int
    member_id: str = ""

    @classmethod
    def read(cls, cursor: str, rules: int) -> Self:
        """Return the position of a cursor; one of an earlier version is a member, in the audience of the last rule."""
        rule, colon, member_id = cursor.rpartition(":")
        return cls(int(rule) if colon else rules - 1 if cursor else 0, member_id)

    def __str__(self) -> str:
        return f"{self.rule}:{self.member_id}"


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
    scope: Scope
    worth_mailing: bool
    alert: dict[str, Any]
    mail: dict[str, Any]

    @classmethod
    def of(
        cls, data: FanOutData, key: str, text: AlertText, scope: Scope, occurred_at: datetime, now: datetime
    ) -> Self:
        """Return the fan-out of an event to one of its audiences."""
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
            about=text.about,
        )
        mail = new_mail(Occasion("", text.occasion), "alerts", now, tracing.cause()).replace(scope=scope)
        return cls(
            deduplication_key=key,
            occasion=text.occasion,
            scope=scope,
            worth_mailing=worth_mailing(occurred_at),
            alert=alert.to_mongo(),
            mail=mail.to_mongo(),
        )

    def batch(self, members: Sequence[Recipient], audience: Audience, priority: int, rule: int) -> Batch:
        """Return the rows for those of the members whom the event concerns."""
        concerned = [(member, reason) for member in members if (reason := audience.reason(member))]
        mailed = [member for member, _ in concerned if self.scope in member.scopes] if self.worth_mailing else []
        return Batch(
            [self.alert_row(member.id, reason) for member, reason in concerned],
            [self.mail_row(member.id, priority) for member in mailed],
            str(Position(rule, members[-1].id)),
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
    """Store alerts and e-mails page by page over the audiences. A page that is repeated stores nothing twice."""
    failpoint.hit("fanout.after_claim")
    data = FanOutData.model_validate(job.data)
    rules, event = RULES_OF_TYPE[data.type], Event.registry[data.type].read(data.event)
    position = Position.read(job.cursor, len(rules))
    for number in range(position.rule, len(rules)):
        audience = await audience_of(db, rules[number].audience(event))
        text, key = rules[number].render(event), data.deduplication_key
        if text.occasion != rules[0].render(event).occasion:
            key = f"{data.type} {text.occasion}"
        fan = FanOut.of(data, key, text, audience.scope, job.occurred_at, db.now())
        query: Query = {"$and": [audience.query, {"_id": data.only}]} if data.only else audience.query
        start = position if number == position.rule else Position(number)
        try:
            await _store_all(db, job, fan, audience, query, start)
        except ExceptionGroup as errors:  # of batches that were written concurrently; the first one tells the cause
            raise errors.exceptions[0] from None
    failpoint.hit("fanout.after_last_page")


async def _store_all(db: Database, job: Job, fan: FanOut, audience: Audience, query: Query, position: Position) -> None:
    """Prepare a batch while earlier batches are written and the next page is read."""
    is_own = audience.scope is Scope.OWN
    priority = OWN if is_own else BULK if position.member_id else PROMPT
    members = await recipients(db, query, position.member_id, PAGE)
    writes: deque[asyncio.Task[None]] = deque(maxlen=CONCURRENT_WRITES)
    async with asyncio.TaskGroup() as group:
        while members:
            next_page = group.create_task(_page_after(db, query, members))
            await asyncio.sleep(0)  # let the read start
            batch = fan.batch(members, audience, priority, position.rule)
            priority = OWN if is_own else BULK  # after the first page it is a bulk mailing, which lets small ones pass
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
