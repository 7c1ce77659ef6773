"""The mailer: claims small batches, checks consent again, hands e-mails over and records the outcome."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from email.message import Message
from functools import partial

from opentelemetry.trace import SpanKind

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing import store
from services.notifications.mailing.compose import Composer
from services.notifications.mailing.domain import TO_ADDRESSEES, Kind, Mail, State
from services.notifications.mailing.notices import NOTICES
from services.notifications.mailing.transport import (
    Deferred,
    NoSuchAddress,
    OutcomeUnknown,
    Refused,
    Transport,
    Unreachable,
)
from services.notifications.mailing.usecases import stop_undeliverable
from services.notifications.preferences.domain import Member
from services.notifications.preferences.store import MEMBERS
from shared import failpoint, log, tracing
from shared.addresses import mail_address
from shared.log import without_addresses
from shared.mongo import OUTAGE, Database

WORKERS = 4
BATCH = 10
LONGEST_BATCH = 2  # seconds: if the server is slow, the rest is released, so that a crash leaves few ambiguous
SHUTDOWN = 15  # seconds to finish the current handovers
MOST_ALERTS_PER_OCCASION = 4


class Mailer:
    """Workers that send the e-mails of the ledger, each over its own transport."""

    def __init__(
        self,
        db: Database,
        composer: Composer,
        open_transport: Callable[[], Transport],
        sender: str,
        settle_seconds: float,
    ) -> None:
        self.database = db
        self.composer = composer
        self._composed: dict[Kind, Callable[[Mail, Member], Message]] = {
            "confirm": composer.confirmation,
            "reminder": composer.reminder,
            "invitation": composer.invitation,
            "reset": composer.reset,
            "address": composer.address,
            **dict.fromkeys(NOTICES, composer.notice),
            "farewell": composer.farewell,
        }
        self.transports = [open_transport() for _ in range(WORKERS)]
        self.sender = sender
        self.settle_seconds = settle_seconds
        self.log = log.get(service=db.service)
        self._stopping = False
        self._running: asyncio.Future[list[object]] | None = None
        self._unfinished: list[Mail] = []

    async def drain(self) -> None:
        """Send every e-mail that is due. If the caller is cancelled, the workers still finish their batches."""
        if self._unfinished:  # claimed before an outage of the database
            await store.release(self.database, self._unfinished)
            self._unfinished = []
        await store.sweep(self.database)
        workers = (self._work(transport) for transport in self.transports)
        self._running = asyncio.gather(*workers, return_exceptions=True)
        for result in await asyncio.shield(self._running):
            if isinstance(result, BaseException):
                raise result

    async def close(self) -> None:
        """Finish the current handovers, release the other claimed e-mails and close the transports."""
        self._stopping = True
        if self._running:
            await asyncio.wait([self._running], timeout=SHUTDOWN)
        for transport in self.transports:
            await transport.close()

    async def _work(self, transport: Transport) -> None:
        while not self._stopping and (mails := await store.claim(self.database, BATCH, self.settle_seconds)):
            failpoint.hit("mailer.after_claim")
            try:
                await self._send_batch(transport, await store.admit(self.database, mails))
            except OUTAGE:
                self._unfinished += mails
                raise

    async def _send_batch(self, transport: Transport, mails: list[Mail]) -> None:
        """Compose, hand over and mark a batch. The ledger is read and written for the whole batch at once."""
        members = await self._recipients(mails)
        alerts = await self._alerts(mails)
        messages = {}
        for mail in mails:
            if message := await self._compose(mail, members.get(mail.id), alerts[mail.id]):
                messages[mail.id] = message
        composed = [mail for mail in mails if mail.id in messages]
        left = deque(await store.hand_over(self.database, composed))
        failpoint.hit("mailer.after_handing")
        sent: list[Mail] = []
        began = time.monotonic()
        try:
            while left and not self._stopping and time.monotonic() - began < LONGEST_BATCH:
                mail = left.popleft()
                with tracing.caused("send e-mail", SpanKind.PRODUCER, tracing.Cause(mail.correlation, mail.trace)):
                    address = mail_address(members[mail.id].email)  # as the composer wrote it
                    if await self._hand_over(transport, mail, messages[mail.id], address):
                        sent.append(mail)
        finally:
            await self.database.retry_until_available(partial(store.mark_sent, self.database, sent))
            await self.database.retry_until_available(partial(store.forget_addressees, self.database, sent))
            if left:
                await self.database.retry_until_available(partial(store.release, self.database, left))
        failpoint.hit("mailer.after_mark")

    async def _recipients(self, mails: list[Mail]) -> dict[str, Member]:
        """Return the recipient of each e-mail: the copy of the member, or only the address that was registered."""
        ids = list({mail.member_id for mail in mails})
        copies = await MEMBERS.find(self.database, {"_id": {"$in": ids}}, limit=BATCH)
        members = {member.id: member for member in copies}
        addressees: dict[str, Member] = {}
        if any(mail.kind in TO_ADDRESSEES for mail in mails):
            rows = await store.ADDRESSEES.find(self.database, {"_id": {"$in": ids}}, limit=BATCH)
            addressees = {row.id: Member(id=row.id, email=row.email) for row in rows}
        sources = [(mail, addressees if mail.kind in TO_ADDRESSEES else members) for mail in mails]
        return {mail.id: source[mail.member_id] for mail, source in sources if mail.member_id in source}

    async def _alerts(self, mails: list[Mail]) -> dict[str, list[Alert]]:
        """Return the alerts of each e-mail, read in one query."""
        alerts_of: dict[str, list[Alert]] = {mail.id: [] for mail in mails}
        wanted = [
            {"member_id": mail.member_id, "occasion": {"$in": mail.occasions}}
            for mail in mails
            if mail.kind == "alerts"
        ]
        if wanted:
            most = MOST_ALERTS_PER_OCCASION * sum(len(mail.occasions) for mail in mails)
            for alert in await ALERTS.find(self.database, {"$or": wanted}, sort=[("at", 1), ("_id", 1)], limit=most):
                for mail in mails:
                    if mail.member_id == alert.member_id and alert.occasion in mail.occasions:
                        alerts_of[mail.id].append(alert)
        return alerts_of

    async def _compose(self, mail: Mail, member: Member | None, alerts: list[Alert]) -> Message | None:
        """Return the message, or None if it cannot or must not be sent; the ledger then has the reason."""
        if member is None or not (member.takes(mail.scope) if mail.kind == "alerts" else member.email):
            await store.settle(self.database, mail, State.DROPPED, note="The member takes no e-mail.")
        elif mail.kind == "alerts" and not alerts:
            await store.settle(self.database, mail, State.DROPPED, note="Its alerts no longer exist.")
        else:
            try:
                if mail.kind == "alerts":
                    return self.composer.alerts(mail, member, alerts)
                return self._composed[mail.kind](mail, member)
            except Exception as error:  # an address or a header that cannot be written, or a template that fails
                note = f"The e-mail could not be composed: {without_addresses(str(error))}"
                self.log.warning("mail_not_composed", mail=mail.id, reason=note, kind=type(error).__name__)
                await store.settle(self.database, mail, State.FAILED, note=note)
        return None

    async def _hand_over(self, transport: Transport, mail: Mail, message: Message, address: str) -> bool:
        """Return whether the transport took the message; otherwise mark the e-mail with its outcome."""
        try:
            await transport.hand_over(message, self.sender, address)
        except Refused as error:
            failed = partial(store.settle, state=State.FAILED, note=str(error))
            await self._mark(mail, "mail_refused", error, failed)
            await self.database.retry_until_available(partial(store.forget_addressees, self.database, [mail]))
            if isinstance(error, NoSuchAddress) and mail.kind == "alerts":
                stopped = partial(stop_undeliverable, reply=str(error), address=address)
                await self.database.retry_until_available(partial(self.database.transact, stopped, mail))
        except Deferred as error:
            deferred = partial(store.defer, reason=str(error), counts=not isinstance(error, Unreachable))
            await self._mark(mail, "mail_deferred", error, deferred)
        except OutcomeUnknown as error:
            ambiguous = partial(store.settle, state=State.AMBIGUOUS, note=str(error))
            await self._mark(mail, "mail_ambiguous", error, ambiguous)
        else:
            failpoint.hit("mailer.after_250")
            self.log.info("mail_sent", mail=mail.id, occasions=len(mail.occasions))
            return True
        return False

    async def _mark(self, mail: Mail, event: str, error: Exception, work: Callable[..., Awaitable[object]]) -> None:
        """Log an outcome, and store it as soon as the database can be reached."""
        self.log.warning(event, mail=mail.id, reason=str(error))
        await self.database.retry_until_available(partial(work, self.database, mail))
