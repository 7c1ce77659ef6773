"""Replies of a mail server: what they say about the address, and whether another attempt can succeed."""

import pytest

from services.notifications.mailing.transport import Deferred, NoSuchAddress, Refused, meaning


@pytest.mark.parametrize(
    ("code", "reply", "expected"),
    [
        (550, "5.1.1 The email account does not exist", NoSuchAddress),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound", NoSuchAddress),
        (553, "5.1.2 Domain not found", NoSuchAddress),
        (553, "5.1.8 Sender address rejected: domain not found", Deferred),
        (552, "5.2.2 The mailbox is over quota", Deferred),
        (550, "5.7.1 Blocked by policy", Deferred),
        (550, "5.7.26 Unauthenticated mail is not accepted", Deferred),
        (552, "5.2.3 The message is too long", Refused),
        (550, "no such mailbox", Refused),
        (550, "15.1.1 is no code", Refused),
        (450, "4.2.1 The mailbox is busy", Deferred),
        (451, "greylisted", Deferred),
    ],
)
def test_a_reply_has_one_meaning(code: int, reply: str, expected: type[Exception]) -> None:
    assert meaning(code, reply) is expected
