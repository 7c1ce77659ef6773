"""The mailer: claims small batches, checks consent once more, hands over, and records what became of it."""

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
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.transport import Deferred, Refused, Transport, Unknown, Unreachable
from services.notifications.preferences.domain import Member
from services.notifications.preferences.store import MEMBERS
from shared import failpoint, log, tracing
from shared.mongo import OUTAGE, Database

WORKERS = 4
BATCH = 10
LONGEST_BATCH = 2  # seconds: with a slow server the rest is given back, so that a crash leaves few in doubt
SHUTDOWN = 15  # seconds to finish what is being handed over


class Mailer:
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
        self.transports = [open_transport() for _ in range(WORKERS)]
        self.sender = sender
        self.settle_seconds = settle_seconds
        self.log = log.get(service=db.service)
        self._stopping = False
        self._running: asyncio.Future[list[object]] | None = None
        self._unfinished: list[Mail] = []

    async def drain(self) -> None:
        """Send all that is due now. Cancelling the caller does not cut a mail in two."""
        if self._unfinished:  # an outage came between
            await store.release(self.database, self._unfinished)
            self._unfinished = []
        await store.sweep(self.database)
        workers = (self._work(transport) for transport in self.transports)
        self._running = asyncio.gather(*workers, return_exceptions=True)
        for result in await asyncio.shield(self._running):
            if isinstance(result, BaseException):
                raise result

    async def close(self) -> None:
        """Finish what is being handed over, give the rest back."""
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
        """Reads, hands over and marks the whole batch at once; in between each e-mail goes its own way."""
        ids = list({mail.member_id for mail in mails})
        members = {m.id: m for m in await MEMBERS.find(self.database, {"_id": {"$in": ids}}, limit=BATCH)}
        told = await self._alerts(mails)
        letters = {}
        for mail in mails:
            if letter := await self._letter(mail, members.get(mail.member_id), told[mail.id]):
                letters[mail.id] = letter
        ours = await store.hand_over(self.database, [mail for mail in mails if mail.id in letters])
        failpoint.hit("mailer.after_handing")
        sent: list[Mail] = []
        began, left = time.monotonic(), deque(ours)
        try:
            while left and not self._stopping and time.monotonic() - began < LONGEST_BATCH:
                mail = left.popleft()
                with tracing.caused("send e-mail", SpanKind.PRODUCER, tracing.Cause(mail.correlation, mail.trace)):
                    if await self._hand_over(transport, mail, letters[mail.id], members[mail.member_id].email):
                        sent.append(mail)
        finally:
            await self.database.outlast(partial(store.mark_sent, self.database, sent))
            if left:
                await self.database.outlast(partial(store.release, self.database, left))
        failpoint.hit("mailer.after_mark")

    async def _alerts(self, mails: list[Mail]) -> dict[str, list[Alert]]:
        """What each e-mail has to say, in one query."""
        told: dict[str, list[Alert]] = {mail.id: [] for mail in mails}
        wanted = [{"member_id": m.member_id, "occasion": {"$in": m.occasions}} for m in mails if m.kind == "alerts"]
        if wanted:
            most = 4 * sum(len(mail.occasions) for mail in mails)
            for alert in await ALERTS.find(self.database, {"$or": wanted}, sort=[("at", 1), ("_id", 1)], limit=most):
                for mail in mails:
                    if mail.member_id == alert.member_id and alert.occasion in mail.occasions:
                        told[mail.id].append(alert)
        return told

    async def _letter(self, mail: Mail, member: Member | None, alerts: list[Alert]) -> Message | None:
        """What to hand over; None for what is not to be sent, which is marked with the reason."""
        if member is None or not (member.takes_mail if mail.kind == "alerts" else member.email):
            await store.settle(self.database, mail, State.DROPPED, note="takes no e-mail")
        elif mail.kind == "alerts" and not alerts:
            await store.settle(self.database, mail, State.DROPPED, note="nothing left to say")
        else:
            try:
                if mail.kind == "confirm":
                    return self.composer.confirmation(mail, member)
                return self.composer.alerts(mail, member, alerts)
            except Exception as error:  # an address or a header that cannot be written, a template that fails on it
                self.log.warning("mail_not_composed", mail=mail.id, reason=repr(error))
                await store.settle(self.database, mail, State.FAILED, note=str(error))
        return None

    async def _hand_over(self, transport: Transport, mail: Mail, message: Message, address: str) -> bool:
        """Whether it was taken; what became of it otherwise is marked."""
        try:
            await transport.hand_over(message, self.sender, address)
        except Refused as error:
            await self._mark(mail, "mail_refused", error, partial(store.settle, state=State.FAILED, note=str(error)))
        except Deferred as error:
            counts = not isinstance(error, Unreachable)
            await self._mark(mail, "mail_deferred", error, partial(store.defer, reason=str(error), counts=counts))
        except Unknown as error:
            ambiguous = partial(store.settle, state=State.AMBIGUOUS, note=str(error))
            await self._mark(mail, "mail_ambiguous", error, ambiguous)
        else:
            failpoint.hit("mailer.after_250")
            self.log.info("mail_sent", mail=mail.id, occasions=len(mail.occasions))
            return True
        return False

    async def _mark(self, mail: Mail, fact: str, error: Exception, work: Callable[..., Awaitable[object]]) -> None:
        self.log.warning(fact, mail=mail.id, reason=str(error))
        await self.database.outlast(partial(work, self.database, mail))
