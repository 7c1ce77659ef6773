"""Refresh tokens as a state machine: each works once, reuse ends the session, a lost answer is repeated for seconds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.profiles.accounts.sessions.domain import GRACE, Session

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Family(RuleBasedStateMachine):
    """The refresh tokens of one log-in, in the hands of its program and of a thief who copied some."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.session: Session | None = Session.made("id", "anna", "", NOON, timedelta(days=14), refreshes=True)
        self.newest = 0  # number of the token that the platform answered last
        self.replaced_at: datetime | None = None

    @rule(seconds=st.integers(1, 30))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.session)
    @rule()
    def the_newest_is_used(self) -> None:
        assert self.session
        self.session = self.session.refreshed(self.newest, self.now)
        assert self.session, "the newest token always works"
        self.newest, self.replaced_at = self.newest + 1, self.now

    @precondition(lambda self: self.session and self.newest)
    @rule(back=st.integers(1, 3))
    def an_older_one_is_used(self, back: int) -> None:
        assert self.session
        assert self.replaced_at
        number = self.newest - back
        after = self.session.refreshed(number, self.now)
        if back == 1 and self.now - self.replaced_at <= GRACE:
            assert after == self.session, "a lost answer is repeated, and no other token begins"
        else:
            assert after is None, "reuse ends the session"
        self.session = after

    @precondition(lambda self: self.session)
    @rule(ahead=st.integers(1, 3))
    def a_number_is_guessed(self, ahead: int) -> None:
        assert self.session
        assert self.session.refreshed(self.newest + ahead, self.now) is None

    @invariant()
    def one_token_is_valid(self) -> None:
        assert self.session is None or self.session.number == self.newest


TestFamily = Family.TestCase


@pytest.mark.parametrize(("seconds", "repeated"), [(0, True), (9, True), (10, True), (11, False), (3600, False)])
def test_the_grace_for_a_lost_answer_is_ten_seconds(seconds: int, repeated: bool) -> None:
    session = Session.made("id", "anna", "", NOON, timedelta(days=14), refreshes=True).refreshed(0, NOON)
    assert session
    assert (session.refreshed(0, NOON + timedelta(seconds=seconds)) == session) is repeated
