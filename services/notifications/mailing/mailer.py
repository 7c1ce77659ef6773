"""The mailer: claims small batches, checks consent once more, hands over, and records what became of it."""

import asyncio
from collections.abc import Callable
from email.message import EmailMessage

from opentelemetry.trace import SpanKind

from services.notifications.domain import Member
from services.notifications.mailing import ledger
from services.notifications.mailing.compose import Composer
from services.notifications.mailing.ledger import Mail, State
from services.notifications.mailing.transport import Deferred, Refused, Transport, Unknown, Unreachable
from services.notifications.store import ALERTS, MEMBERS, Alert
from shared import crash, log, tracing
from shared.clock import real_now
from shared.mongo import OUTAGE, Database

WORKERS = 4
BATCH = 10
SHUTDOWN = 15  # seconds to finish what is being handed over


class Mailer:
    def __init__(
        self,
        database: Database,
        composer: Composer,
        open_transport: Callable[[], Transport],
        sender: str,
        settle_seconds: float,
    ) -> None:
        self.database = database
        self.composer = composer
        self.transports = [open_transport() for _ in range(WORKERS)]
        self.sender = sender
        self.settle_seconds = settle_seconds
        self.log = log.get(service=database.service)
        self._stopping = False
        self._running: asyncio.Future[list[object]] | None = None
        self._unfinished: list[Mail] = []

    async def drain(self) -> None:
        """Send all that is due now. Cancelling the caller does not cut a mail in two."""
        if self._unfinished:  # an outage came between
            await ledger.release(self.database, self._unfinished)
            self._unfinished = []
        await ledger.sweep(self.database)
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
        while not self._stopping and (mails := await ledger.claim(self.database, BATCH, self.settle_seconds)):
            crash.point("mailer.after_claim")
            try:
                await self._send_batch(transport, await ledger.admit(self.database, mails))
            except OUTAGE:
                self._unfinished += mails
                raise

    async def _send_batch(self, transport: Transport, mails: list[Mail]) -> None:
        """Reads for the whole batch at once, then hands over one by one."""
        ids = list({mail.member_id for mail in mails})
        members = {m.id: m for m in await MEMBERS.find(self.database, {"_id": {"$in": ids}}, limit=BATCH)}
        told = await self._alerts(mails)
        for number, mail in enumerate(mails):
            if self._stopping:
                return await ledger.release(self.database, mails[number:])
            with tracing.caused("send e-mail", SpanKind.PRODUCER, tracing.Cause(mail.correlation, mail.trace)):
                await self._send(transport, mail, members.get(mail.member_id), told[mail.id])

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

    async def _send(self, transport: Transport, mail: Mail, member: Member | None, alerts: list[Alert]) -> None:
        if member is None or not (member.takes_mail if mail.kind == "alerts" else member.email):
            await ledger.settle(self.database, mail, State.DROPPED, note="takes no e-mail")
        elif mail.kind == "alerts" and not alerts:
            await ledger.settle(self.database, mail, State.DROPPED, note="nothing left to say")
        elif (message := await self._compose(mail, member, alerts)) and await ledger.hand_over(self.database, mail):
            crash.point("mailer.after_handing")
            await self._hand_over(transport, mail, message, member.email)

    async def _compose(self, mail: Mail, member: Member, alerts: list[Alert]) -> EmailMessage | None:
        try:
            if mail.kind == "confirm":
                return self.composer.confirmation(mail, member)
            return self.composer.alerts(mail, member, alerts)
        except ValueError as error:  # an address or a header that cannot be written
            await ledger.settle(self.database, mail, State.FAILED, note=str(error))
            return None

    async def _hand_over(self, transport: Transport, mail: Mail, message: EmailMessage, address: str) -> None:
        try:
            await transport.hand_over(message, self.sender, address)
        except Refused as error:
            await ledger.settle(self.database, mail, State.FAILED, note=str(error))
            self.log.warning("mail_refused", mail=mail.id, reason=str(error))
        except Deferred as error:
            await ledger.defer(self.database, mail, str(error), counts=not isinstance(error, Unreachable))
            self.log.warning("mail_deferred", mail=mail.id, reason=str(error))
        except Unknown as error:
            await ledger.settle(self.database, mail, State.AMBIGUOUS, note=str(error))
            self.log.warning("mail_ambiguous", mail=mail.id, reason=str(error))
        else:
            crash.point("mailer.after_250")
            await ledger.settle(self.database, mail, State.SENT, sent_at=real_now())
            crash.point("mailer.after_mark")
            self.log.info("mail_sent", mail=mail.id, occasions=len(mail.occasions))
