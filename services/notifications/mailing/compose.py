"""What an e-mail says: HTML and text from templates, headers that no input can break."""

import re
from collections.abc import Sequence
from datetime import timedelta
from email.header import Header
from email.headerregistry import Address
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache

import css_inline

from services.notifications.inbox.domain import Alert
from services.notifications.mailing.domain import Mail
from services.notifications.preferences.domain import Member
from shared.auth import Signer
from shared.clock import real_now
from shared.pages import render

CONFIRM_DAYS = 7
UNSUBSCRIBE_DAYS = 400
MOST_SHOWN = 50
LONGEST_SUBJECT = 160
LONGEST_LINE = 900  # characters; a server takes 998
OPEN_LINE = re.compile(r"\r(?!\n)|\n(?![ \t])")  # a line break after which the header does not go on


class Ready(Compat32):
    """Takes headers that are ready for the wire, and no others. Python's newer policy encodes long links, which no mail
    program undoes in List-Unsubscribe; with either of its policies headers take longer than all the rest."""

    def header_store_parse(self, name: str, value: str) -> tuple[str, str]:
        """Raises ValueError for what would end the header or cannot be sent."""
        if not value.isascii() or OPEN_LINE.search(value):
            raise ValueError(f"{name} cannot be {value!r}")
        return name, value

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


ON_THE_WIRE = Ready(linesep="\r\n")


class Composer:
    """Writes e-mails as one sender, with links that only this platform can sign."""

    def __init__(self, signer: Signer, public_url: str, sender: str) -> None:
        self._signer = signer
        self._public_url = public_url.rstrip("/")
        self._sender = sender

    def confirmation(self, mail: Mail, member: Member) -> Message:
        claims = {"email": member.email}
        token = self._signer.sign("confirm", member.id, timedelta(days=CONFIRM_DAYS), **claims)
        subject = "Confirm your address to receive alerts"
        message = self._message(mail, member, subject)
        self._fill(message, "mail_confirm", member=member, link=f"{self._public_url}/confirm/{token}")
        return message

    def alerts(self, mail: Mail, member: Member, alerts: Sequence[Alert]) -> Message:
        token = self._signer.sign("unsubscribe", member.id, timedelta(days=UNSUBSCRIBE_DAYS))
        stop = f"{self._public_url}/unsubscribe/{token}"
        first, more = alerts[0], len({alert.occasion for alert in alerts}) - 1
        subject = first.title if not more else f"{first.title} and {more} more"
        message = self._message(mail, member, subject)
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        shown, hidden = alerts[:MOST_SHOWN], max(0, len(alerts) - MOST_SHOWN)
        self._fill(message, "mail_alerts", member=member, alerts=shown, hidden=hidden, stop=stop)
        return message

    def _message(self, mail: Mail, member: Member, subject: str) -> MIMEMultipart:
        message = MIMEMultipart("alternative", boundary=f"={mail.id}=", policy=ON_THE_WIRE)
        message["From"] = formataddr(("Cluster Collaboration Platform", self._sender))
        message["To"] = formataddr((one_line(member.name), Address(addr_spec=parseaddr(member.email)[1]).addr_spec))
        message["Subject"] = Header(one_line(subject)[:LONGEST_SUBJECT], header_name="Subject").encode(linesep="\r\n")
        message["Date"] = format_datetime(real_now())
        # Deterministic: a server that sees it twice can tell that it is the same.
        message["Message-ID"] = f"<{mail.id}@{self._sender.partition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        if mail.correlation:
            message["X-Correlation-ID"] = one_line(mail.correlation)
        return message

    def _fill(self, message: MIMEMultipart, template: str, **context: object) -> None:
        context |= {"public_url": self._public_url}
        message.attach(part(render(f"{template}.txt", **context), "plain"))
        message.attach(part(inliner().inline(render(f"{template}.html", **context)), "html"))


def part(text: str, form: str) -> MIMEText:
    """As it is where every server takes it so (RFC 5322, section 2.1.1), else in base64."""
    simple = text.isascii() and all(len(line) < LONGEST_LINE for line in text.splitlines())
    return MIMEText(text, form, "us-ascii" if simple else "utf-8", policy=ON_THE_WIRE)


def one_line(text: str) -> str:
    """Header text without line breaks or other control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@cache
def inliner() -> css_inline.CSSInliner:
    """Mail clients ignore style sheets; nothing is ever loaded from outside."""
    return css_inline.CSSInliner(load_remote_stylesheets=False)
