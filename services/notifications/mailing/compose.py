"""Composition of e-mails: HTML and text from templates, and headers that no input can break."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr
from functools import cache

import css_inline

from services.notifications.inbox.domain import Alert
from services.notifications.mailing.domain import Mail
from services.notifications.preferences.domain import Member
from shared.addresses import mail_address
from shared.auth import Signer
from shared.clock import real_now
from shared.pages import render
from shared.text import mended_line, mended_text

PLATFORM = "Cluster Collaboration Platform"
CONFIRM_DAYS = 7
UNSUBSCRIBE_DAYS = 400
MOST_SHOWN = 50  # alerts in one e-mail
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

    def __init__(self, signer: Signer, public_url: str, sender: str) -> None:
        self._signer = signer
        self._public_url = public_url.rstrip("/")
        self._sender = sender

    def confirmation(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that asks the owner of an address to confirm it."""
        token = self._signer.sign("confirm", member.id, timedelta(days=CONFIRM_DAYS), email=member.email)
        message = self._message(mail, member, "Confirm your address and choose a password")
        link = f"{self._public_url}/confirm/{token}"
        self._fill(message, "mail_confirm", link=link, days=CONFIRM_DAYS)
        return message

    def reminder(self, mail: Mail, member: Member) -> Message:
        """Return the e-mail that tells a member that they have an account."""
        message = self._message(mail, member, "You have an account already")
        self._fill(message, "mail_reminder")
        return message

    def alerts(self, mail: Mail, member: Member, alerts: Sequence[Alert]) -> Message:
        """Return the e-mail with a member's alerts, and a link to stop the e-mails."""
        token = self._signer.sign("unsubscribe", member.id, timedelta(days=UNSUBSCRIBE_DAYS))
        stop_link = f"{self._public_url}/unsubscribe/{token}"
        more = len({alert.occasion for alert in alerts}) - 1
        subject = f"{alerts[0].title} and {more} more" if more else alerts[0].title
        message = self._message(mail, member, subject)
        message["List-Unsubscribe"] = f"<{stop_link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        shown, hidden = [readable(alert) for alert in alerts[:MOST_SHOWN]], max(0, len(alerts) - MOST_SHOWN)
        known = member.replace(name=mended_line(member.name))
        self._fill(message, "mail_alerts", member=known, alerts=shown, hidden=hidden, stop=stop_link)
        return message

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
