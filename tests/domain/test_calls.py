"""Calls by the clock: states, milestones and what is told of a change."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from services.calls.domain import (
    MILESTONES,
    Call,
    CallBody,
    Stage,
    Status,
    changes_in_words,
    due_milestone,
    next_milestone,
    status,
)

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
moments = st.datetimes(datetime(2015, 1, 1), datetime(2018, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def call(**values: object) -> Call:
    facts = {"title": "Call", "deadline": NOW + timedelta(days=30), "organisation_name": "Somebody"}
    return Call.model_validate({"id": "1", "stage": Stage.PUBLISHED, **facts, **values})


def test_a_published_call_goes_through_its_states_by_the_clock() -> None:
    it = call(opens_at=NOW + timedelta(days=1))
    states = [status(it, NOW + timedelta(days=days)) for days in (0, 1, 22, 23, 29, 30, 400)]
    expected = ["forthcoming", "open", "open", "closing_soon", "closing_soon", "closed", "closed"]
    assert [state.value for state in states] == expected


def test_a_call_announced_without_its_opening_is_forthcoming_until_it_closes() -> None:
    it = call(forthcoming=True)
    assert status(it, NOW) is Status.FORTHCOMING
    assert status(it, NOW + timedelta(days=30)) is Status.CLOSED


def test_drafts_and_withdrawn_calls_do_not_care_for_the_clock() -> None:
    for stage in (Stage.DRAFT, Stage.WITHDRAWN):
        assert status(call(stage=stage), NOW + timedelta(days=400)).value == stage.value


@given(deadline=moments, moments=st.lists(moments, min_size=1, max_size=12))
def test_however_time_jumps_each_milestone_is_announced_at_most_once_and_closed_is_never_missed(
    deadline: datetime, moments: list[datetime]
) -> None:
    """The loop as a state machine: publish at the first moment, then look at each later one."""
    start, *looks = sorted(moments)
    assume(start < deadline)
    name, at = next_milestone(deadline, start)
    announced = []
    for now in [*looks, deadline]:
        if at is not None and at <= now:
            announced.append(due_milestone(deadline, now))
            name, at = next_milestone(deadline, now)
    assert len(announced) == len(set(announced))
    assert announced == sorted(announced, key=list(MILESTONES).index)
    assert announced[-1] == "closed"
    assert (name, at) == (None, None)


@given(deadline=moments, now=moments)
def test_the_next_milestone_is_always_ahead(deadline: datetime, now: datetime) -> None:
    name, at = next_milestone(deadline, now)
    assert (name is None) == (deadline <= now)
    assert at is None or now < at <= deadline


def test_a_change_is_told_in_words_and_only_what_changed() -> None:
    before = CallBody(title="Call", deadline=NOW)
    assert changes_in_words(before, before) == []
    later = before.model_copy(update={"deadline": NOW + timedelta(days=1), "title": "Better"})
    words = ["deadline extended from 9 May 2016, 09:00 CEST to 10 May 2016, 09:00 CEST", "title changed"]
    assert changes_in_words(before, later) == words
    assert changes_in_words(later, before)[0].startswith("deadline brought forward")
