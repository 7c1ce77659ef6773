"""E-mails: whatever an event brings, every server takes each line, and no text becomes a header or a part."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.inbox.domain import Alert
from services.notifications.mailing.compose import Composer, text_part
from services.notifications.mailing.domain import Mail
from services.notifications.preferences.domain import Member
from shared.auth import Signer
from shared.text import mended_line, mended_text

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
SIGNER = cast(Signer, SimpleNamespace(sign=lambda *_, **__: "t" * 350))
COMPOSER = Composer(SIGNER, "https://ccp.example", "alerts@ccp.example")
CONTROLS = "".join(map(chr, [*range(32), *range(0x7F, 0xA0)])) + "\u2028\u2029\u202e\u200b"
TEXTS = st.text(st.sampled_from(CONTROLS + "a=?<>-é北") | st.characters(), max_size=80)
LONG = TEXTS.map(lambda text: text * 60)


def composed(
    title: str,
    text: str,
    name: str = "Anna",
    reason: str = "You follow Digital",
    composer: Composer = COMPOSER,
    repeated: int = 1,
) -> bytes:
    """Return the bytes of the e-mail about an alert, or about several that are alike."""
    mail = Mail(
        id="4f" * 16, member_id="anna", kind="alerts", occasions=["o"], created_at=NOW, send_after=NOW, correlation=text
    )
    member = Member(id="anna", email="anna@members.example", name=name)
    alert = Alert(
        id="a",
        member_id="anna",
        event_type="t",
        occasion="o",
        title=title,
        text=text,
        url="/c/1",
        reason=reason,
        at=NOW,
    )
    return composer.alerts(mail, member, [alert] * repeated).as_bytes()


def quoted_words(plain: str) -> list[str]:
    """Return the words of people in the text part: those of the lines that begin with a bar."""
    return [word for line in plain.splitlines() if line.startswith("  |") for word in line[3:].split()]


def read(content: bytes) -> EmailMessage:
    return cast(EmailMessage, email.message_from_bytes(content, policy=email.policy.default))


@settings(deadline=None)
@given(TEXTS, LONG, LONG, TEXTS)
def test_every_server_takes_every_line_of_any_text(title: str, text: str, name: str, reason: str) -> None:
    content = composed(title, text, name, reason)
    assert max(map(len, content.split(b"\r\n"))) <= 900
    bare = content.replace(b"\r\n", b"")
    assert bare.isascii()
    assert b"\r" not in bare
    assert b"\n" not in bare
    mail = read(content)
    assert [each.addr_spec for each in mail["To"].addresses] == ["anna@members.example"]
    assert not mail["Bcc"]
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert mended_line(title).split() == quoted_words(plain.get_content())[: len(mended_line(title).split())]
    assert not [c for c in plain.get_content() + html.get_content() if c in CONTROLS and c not in "\n\t\r"]


@settings(deadline=None)
@given(LONG)
def test_the_text_of_an_e_mail_is_the_text_of_its_alert(text: str) -> None:
    plain, _ = read(composed("Call", text)).iter_parts()
    assert quoted_words(plain.get_content()) == ["Call", *mended_text(text).split()]


FORGED = (
    "Apply now.{end}{end}Selected: Grant of 1000 EUR{end}Confirm your bank account: https://evil.example{end}"
    "Why you get this: You applied.{end}{end}Your inbox: https://evil.example{end}Stop these e-mails: https://evil.example"
)
OUR_LINES = re.compile(
    r"Alerts for Anna|https://ccp\.example/c/1|Why you get this: You follow Digital\.|"
    r"Your inbox: https://ccp\.example/inbox|Stop [^:]+: https://ccp\.example/unsubscribe/t+|"
)


@pytest.mark.parametrize(
    "end",
    ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", " " * 72, " filler" * 20],
)
def test_nothing_that_people_write_looks_like_a_part_of_the_e_mail(end: str) -> None:
    forged = FORGED.format(end=end)
    plain, html = (part.get_content() for part in read(composed(forged, forged)).iter_parts())
    ours = [line for line in plain.splitlines() if not line.startswith("  |")]
    assert [line for line in ours if not OUR_LINES.fullmatch(line)] == []
    assert len([line for line in ours if line]) == 5
    assert max(len(line) for line in plain.splitlines() if line.startswith("  |")) <= 76
    assert "evil.example" in plain
    assert set(re.findall(r'href="([^"]+)"', html)) == {
        "https://ccp.example/c/1",
        "https://ccp.example/inbox",
        f"https://ccp.example/unsubscribe/{'t' * 350}",
    }


@pytest.mark.parametrize("end", ["\v", "\f", "\x1c", "\x85", "\u2028"])
def test_a_part_has_short_lines_even_where_only_python_ends_them(end: str) -> None:
    content = text_part(f"{'x' * 500}{end}" * 3, "plain").as_bytes()
    assert max(map(len, content.split(b"\r\n"))) <= 900


@pytest.mark.parametrize(
    ("correlation", "shown"),
    [
        ("01975d2e-0000-7000-8000-0000000000ff", "01975d2e-0000-7000-8000-0000000000ff"),
        ("Confirm-your-bank-account-by-0900-1234", None),
        ("01975d2e-0000-7000-8000-0000000000ff\r\nBcc: all@x.example", None),
    ],
)
def test_only_correlation_ids_of_the_platform_are_in_e_mails(correlation: str, shown: str | None) -> None:
    """An event of an earlier version has the id that the client chose."""
    mail = Mail(
        id="m",
        member_id="anna",
        kind="confirm",
        occasions=["o"],
        created_at=NOW,
        send_after=NOW,
        correlation=correlation,
    )
    sent = read(COMPOSER.confirmation(mail, Member(id="anna", email="anna@members.example", name="Anna")).as_bytes())
    assert sent["X-Correlation-ID"] == shown
    assert sent["Bcc"] is None


def test_a_subject_that_looks_encoded_is_shown_as_it_was_written() -> None:
    assert read(composed("=?utf-8?q?Free_money?= now", "Text"))["Subject"] == "=?utf-8?q?Free_money?= now"


def test_the_place_where_a_part_of_an_e_mail_begins_is_not_known_before() -> None:
    """Ids of e-mails follow from members and calls, which publishers know."""
    boundaries = {read(composed("Call", "Text")).get_boundary() for _ in range(20)}
    assert len(boundaries) == 20
    assert not [boundary for boundary in boundaries if "4f" * 8 in str(boundary)]
    assert {read(composed("Call", "Text"))["Message-ID"] for _ in range(2)} == {f"<{'4f' * 16}@ccp.example>"}


def test_a_text_with_the_old_boundary_stays_a_text() -> None:
    old = "4f" * 16
    forged = (
        f"Read on.\n\n--={old}=\nContent-Type: text/html\n\n<a href='https://bad.example'>Confirm</a>\n--={old}=--\n"
    )
    parts = list(read(composed("Call", forged)).iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert "bad.example" in parts[0].get_content()
    assert "<a href='https://bad" not in parts[1].get_content()


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "änna@members.example", "anna@members.example\r\nBcc: all@x.example"]
)
def test_an_address_that_cannot_be_written_is_refused_for_its_own_e_mail(address: str) -> None:
    mail = Mail(id="m", member_id="anna", kind="confirm", occasions=["o"], created_at=NOW, send_after=NOW)
    with pytest.raises(ValueError, match=r"addr|letters|domain|@"):
        COMPOSER.confirmation(mail, Member(id="anna", email=address, name="Anna"))


@pytest.mark.parametrize("text", ["a", "é", "北", "𝄞", "<", '"'])
@pytest.mark.parametrize(("length", "repeated"), [(1000, 50), (1000, 7), (4000, 12), (25_000, 1), (25_000, 3)])
def test_an_e_mail_stays_below_100_kb_in_bytes_and_says_how_many_alerts_are_left(
    text: str, length: int, repeated: int
) -> None:
    content = composed("Call", text * length, repeated=repeated)
    assert len(content) < 100_000
    plain, html = (part.get_content() for part in read(content).iter_parts())
    shown = plain.count("Why you get this")
    assert shown >= 1
    assert html.count("Why you get this") == shown
    assert (f"You find {repeated - shown} more in your inbox" in plain) == (shown < repeated)


def test_a_long_text_is_shortened_only_if_it_does_not_fit() -> None:
    assert "a" * 19_000 in read(composed("Call", "a" * 19_000)).get_body(("plain",)).get_content()
    cut = read(composed("Call", "北" * 19_000)).get_body(("plain",)).get_content()
    assert "北" * 4_999 + "…" in cut


def test_mail_programs_can_stop_e_mails_by_an_e_mail_if_a_mailbox_is_read() -> None:
    assert read(composed("Call", "Text"))["List-Unsubscribe"] == f"<https://ccp.example/unsubscribe/{'t' * 350}>"
    reading = Composer(SIGNER, "https://ccp.example", "alerts@ccp.example", "stop+all@ccp.example")
    content = composed("Call", "Text", composer=reading)
    ways = "".join(read(content)["List-Unsubscribe"].split())
    mailbox = f"<mailto:stop%2Ball@ccp.example?subject=unsubscribe%20{'t' * 350}>"
    assert ways == f"<https://ccp.example/unsubscribe/{'t' * 350}>,{mailbox}"
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content
