"""Composition of e-mails: HTML and text from templates, and headers that no input can break."""

import re
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from functools import cache
from urllib.parse import quote

import css_inline

from services.notifications.inbox.domain import Alert
from services.notifications.mailing.domain import SUBJECTS, Mail
from services.notifications.mailing.notices import NOTICES
from services.notifications.preferences.domain import SCOPE_WORDS, Member
from shared.addresses import mail_address
from shared.auth import Signer
from shared.clock import real_now
from shared.text import mended_line, mended_text
from shared.web.pages import render

PLATFORM = "Cluster Collaboration Platform"
CONFIRM_DAYS = 7
INVITATION_DAYS = 14
RESET_HOURS = 1
ADDRESS_DAYS = 1
UNSUBSCRIBE_DAYS = 400
MOST_SHOWN = 50  # alerts in one e-mail
LARGEST = 96_000  # bytes of an e-mail without its headers; mail programs cut off what exceeds 102 KB
LONGEST_TEXT = 20_000  # characters of an alert
LONGEST_SUBJECT = 160
LONGEST_NAME = 300
LONGEST_LINE = 900  # octets; a server accepts 998 (RFC 5322, section 2.1.1)
OUR_CORRELATION = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # earlier events have the client's
PLAIN = re.compile("[\t\n\x20-\x7e]*")  # what a line of 7-bit text may have, and its line ends
ENCODED_WORD = "=?"
UNFOLDED_BREAK = re.compile(r"\r(?!\n)|\n(?![ \t])")  # a line break that ends the header


class WirePolicy(Compat32):
    """A policy that takes headers as they are sent, and refuses all others.

    The policies of the standard library encode long links, which no mail program decodes in List-Unsubscribe, and take
    more time for the headers than for the rest of the e-mail.
    """

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        """Return the header. Raises ValueError if its value would end the header, is not ASCII or is too long."""
        if not value.isascii() or UNFOLDED_BREAK.search(value):
            raise ValueError(f"The header {name} cannot be written: its value ends the header or is not ASCII.")
        if max(map(len, f"{name}: {value}".split("\n"))) > LONGEST_LINE:
            raise ValueError(f"The header {name} cannot be written: its value is too long.")
        return name, value

    def fold(self, name: str, value: str) -> str:
        """Return the header as a line."""
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        """Return the header as a line in ASCII."""
        return self.fold(name, value).encode("ascii")


WIRE_POLICY = WirePolicy(linesep="\r\n")


class Composer:
    """Composer of e-mails from one sender, with signed links."""

    def __init__(self, signer: Signer, public_url: str, sender: str, unsubscribe: str | None = None) -> None:
        self._signer = signer
        self._public_url = public_url
        self._sender = sender
        self._unsubscribe = unsubscribe  # address of a mailbox that is read

    def confirmation(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that asks the owner of an address to confirm it."""
        token = self._signer.sign("confirm", member.id, timedelta(days=CONFIRM_DAYS), email=member.email)
        message = self._message(mail, member, SUBJECTS["confirm"])
        link = f"{self._public_url}/confirm/{token}"
        self._fill(message, "mail_confirm", link=link, days=CONFIRM_DAYS)
        return message

    def reminder(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that tells a member that they have an account."""
        message = self._message(mail, member, SUBJECTS["reminder"])
        self._fill(message, "mail_reminder")
        return message

    def invitation(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that invites the owner of an address to an organisation."""
        token = self._signer.sign("invitation", member.id, timedelta(days=INVITATION_DAYS))
        message = self._message(mail, member, SUBJECTS["invitation"])
        link, name = f"{self._public_url}/invitations/{token}", mended_line(mail.organisation)
        self._fill(message, "mail_invitation", link=link, days=INVITATION_DAYS, organisation=name)
        return message

    def reset(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail with the link that resets the password of a member."""
        lifetime = timedelta(hours=RESET_HOURS)
        token = self._signer.sign("reset", member.id, lifetime, password_number=mail.password_number)
        message = self._message(mail, member, SUBJECTS["reset"])
        self._fill(message, "mail_reset", link=f"{self._public_url}/reset/{token}", hours=RESET_HOURS)
        return message

    def address(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail with the link that gives an account this address."""
        token = self._signer.sign("address", member.id, timedelta(days=ADDRESS_DAYS))
        message = self._message(mail, member, SUBJECTS["address"])
        self._fill(message, "mail_address", link=f"{self._public_url}/address/{token}", days=ADDRESS_DAYS)
        return message

    def notice(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that tells a member what happened to their account."""
        notice = NOTICES[mail.kind]
        message = self._message(mail, member, notice.subject)
        self._fill(message, "mail_notice", notice=notice)
        return message

    def farewell(self, mail: Mail, member: Member) -> Message:
        """Return the last e-mail to a person whose account was erased."""
        message = self._message(mail, member, SUBJECTS["farewell"])
        self._fill(message, "mail_farewell", number=mail.member_id)
        return message

    def alerts(self, mail: Mail, member: Member, alerts: Sequence[Alert]) -> Message:
        """Return the e-mail with as many of a member's alerts as fit, and a link to stop the e-mails."""
        message = MIMEMultipart()
        for shown in selections(alerts):
            message = self._alerts(mail, member, alerts, shown)
            if size(message) <= LARGEST:
                break
        return message

    def _alerts(self, mail: Mail, member: Member, alerts: Sequence[Alert], shown: Sequence[Alert]) -> MIMEMultipart:
        token = self._signer.sign("unsubscribe", member.id, timedelta(days=UNSUBSCRIBE_DAYS), scope=mail.scope)
        stop_link = f"{self._public_url}/unsubscribe/{token}"
        more = len({alert.occasion for alert in alerts}) - 1
        subject = f"{alerts[0].title} and {more} more" if more else alerts[0].title
        message = self._message(mail, member, subject)
        message["List-Unsubscribe"] = ",\r\n ".join(self._ways_to_stop(stop_link, token))
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        known, hidden = member.replace(name=mended_line(member.name)), len(alerts) - len(shown)
        about = SCOPE_WORDS[mail.scope]
        self._fill(message, "mail_alerts", member=known, alerts=shown, hidden=hidden, stop=stop_link, about=about)
        return message

    def _ways_to_stop(self, stop_link: str, token: str) -> Iterator[str]:
        yield f"<{stop_link}>"
        if self._unsubscribe:
            yield f"<mailto:{quote(self._unsubscribe, safe='@')}?subject=unsubscribe%20{token}>"

    def _message(self, mail: Mail, member: Member, subject: str) -> MIMEMultipart:
        # Random: a publisher who knew the boundary could end a part inside their text and begin another one.
        message = MIMEMultipart("alternative", boundary=f"={secrets.token_hex(16)}=", policy=WIRE_POLICY)
        message["From"] = formataddr((PLATFORM, self._sender))
        message["To"] = recipient(member)
        message["Subject"] = encoded("Subject", mended_line(subject)[:LONGEST_SUBJECT])
        message["Date"] = format_datetime(real_now())
        # The id is the same in every attempt, so that a server can recognise a repetition.
        message["Message-ID"] = f"<{mail.id}@{self._sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.correlation and OUR_CORRELATION.fullmatch(mail.correlation):
            message["X-Correlation-ID"] = mail.correlation
        return message

    def _fill(self, message: MIMEMultipart, template: str, **context: object) -> None:
        context |= {"public_url": self._public_url}
        message.attach(text_part(render(f"{template}.txt", **context), "plain"))
        message.attach(text_part(inliner().inline(render(f"{template}.html", **context)), "html"))


def selections(alerts: Sequence[Alert]) -> Iterator[list[Alert]]:
    """Yield ever fewer of the first alerts as an e-mail shows them; of the last one that is left, ever less text."""
    shown = [readable(alert) for alert in alerts[:MOST_SHOWN]]
    while len(shown) > 1:
        yield shown
        shown = shown[: len(shown) * 3 // 4]
    for longest in (LONGEST_TEXT, LONGEST_TEXT // 4, LONGEST_TEXT // 16):
        yield [alert.replace(text=shortened(alert.text, longest)) for alert in shown]


def shortened(text: str, longest: int) -> str:
    """Return the first characters of a text; an ellipsis says that there are more."""
    return text if len(text) <= longest else f"{text[: max(0, longest - 1)]}…"


def size(message: MIMEMultipart) -> int:
    """Return the number of bytes of the parts of an e-mail, as they are sent."""
    return sum(len(str(part.get_payload())) for part in message.walk() if not part.is_multipart())


def text_part(text: str, subtype: str) -> MIMEText:
    """Return a part as it is if every server can take its bytes, else in base64.

    A line ends where SMTP ends it: Python's `splitlines` also ends lines at other control characters.
    """
    simple = PLAIN.fullmatch(text) and all(len(line) <= LONGEST_LINE for line in text.split("\n"))
    return MIMEText(text, subtype, "us-ascii" if simple else "utf-8", policy=WIRE_POLICY)


def recipient(member: Member) -> str:
    """Return the value of the header To. Raises ValueError if the address cannot be written."""
    address = Address(addr_spec=mail_address(member.email)).addr_spec
    name = mended_line(member.name)[:LONGEST_NAME]
    plain = name.isascii() and ENCODED_WORD not in name
    return formataddr((name, address)) if plain else f"{encoded('To', name)}\r\n <{address}>"


def encoded(name: str, text: str) -> str:
    """Return the value of a header on lines that every server takes, in encoded words if it needs them (RFC 2047)."""
    charset = "utf-8" if ENCODED_WORD in text else None  # what looks like an encoded word is shown as it was written
    return Header(text, charset, header_name=name).encode(linesep="\r\n")


def readable(alert: Alert) -> Alert:
    """Return an alert without characters that a mail should not have; older events may have brought them."""
    return alert.replace(title=mended_line(alert.title), text=mended_text(alert.text), reason=mended_line(alert.reason))


@cache
def inliner() -> css_inline.CSSInliner:
    """Return the inliner of styles: mail programs ignore style sheets. It loads nothing from the network."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)
