"""Second factors: which codes are right, and that each works once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.accounts.factors.domain import (
    BEGUN_FOR,
    RECOVERY_CODES,
    STEP,
    Enrolment,
    SecondFactor,
    new_recovery_codes,
    plain,
)

NOW = datetime(2026, 11, 26, 12, 0, 10, tzinfo=UTC)
CODES = new_recovery_codes()
FACTOR = SecondFactor.begun("anna", "session", NOW).with_recovery(CODES)


def code_at(seconds: int) -> str:
    return pyotp.TOTP(FACTOR.secret).at(NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "right"), [(-STEP, True), (0, True), (STEP, True), (-2 * STEP, False)])
def test_a_code_is_right_a_step_before_and_after_its_own(seconds: int, right: bool) -> None:
    assert (FACTOR.used(code_at(seconds), NOW) is not None) is right


def test_a_code_works_once_and_ends_those_before_it() -> None:
    used = FACTOR.used(code_at(0), NOW)
    assert used
    assert used.used(code_at(0), NOW) is None
    assert used.used(code_at(-STEP), NOW) is None
    assert used.used(code_at(STEP), NOW)


@given(st.lists(st.integers(-1, 1), max_size=6))
def test_no_sequence_of_codes_uses_one_twice(steps: list[int]) -> None:
    factor, accepted = FACTOR, []
    for step in steps:
        if after := factor.used(code_at(step * STEP), NOW):
            factor = after
            accepted.append(step)
    assert accepted == sorted(set(accepted))


@pytest.mark.parametrize("written", [str, str.lower, lambda code: code.replace("-", " "), plain])
def test_a_recovery_code_works_once_however_it_is_written(written: Callable[[str], str]) -> None:
    used = FACTOR.used(written(CODES[3]), NOW)
    assert used
    assert len(used.recovery) == RECOVERY_CODES - 1
    assert used.used(CODES[3], NOW) is None
    assert used.used(CODES[4], NOW)


@pytest.mark.parametrize("wrong", ["", "-", "1234567", "é" * 6, "AAAA-AAAA-AAAA-AAAA", "x" * 40])
def test_other_texts_are_no_codes(wrong: str) -> None:
    assert FACTOR.used(wrong, NOW) is None


def test_recovery_codes_are_kept_as_hashes_that_differ_between_members() -> None:
    stored = str(FACTOR.to_mongo())
    assert len(set(CODES)) == RECOVERY_CODES
    assert not [code for code in CODES if code in stored or plain(code) in stored]
    assert not set(FACTOR.recovery) & set(FACTOR.replace(id="bert").with_recovery(CODES).recovery)


def test_only_the_session_that_began_reads_the_secret_and_for_15_minutes() -> None:
    assert FACTOR.is_begun("session", NOW + BEGUN_FOR - timedelta(seconds=1))
    assert not FACTOR.is_begun("session", NOW + BEGUN_FOR)
    assert not FACTOR.is_begun("another", NOW)
    assert not FACTOR.replace(on_since=NOW).is_begun("session", NOW)


def test_an_app_reads_the_secret_with_the_address_of_the_member() -> None:
    enrolment = Enrolment.of(FACTOR, "anna@nordic.example")
    read = pyotp.parse_uri(enrolment.address)
    assert (read.secret, read.name, read.issuer) == (
        enrolment.secret,
        "anna@nordic.example",
        "Cluster Collaboration Platform",
    )
    assert enrolment.picture.startswith("<svg")
