"""Calls by the clock: states, milestones and changes in words."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.calls.catalogue.changes import changes_in_words
from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.domain import MILESTONES, CutOff, due_milestones, next_milestone_at
from services.calls.catalogue.domain import Call
from services.calls.catalogue.moments import takes_new_applicants
from services.calls.catalogue.status import Stage, Status, status
from tests.support.calls import NOW

DAY = timedelta(days=1)
moments = st.integers(0, 24 * 40).map(lambda hours: NOW + timedelta(hours=hours))  # close enough to meet


def call(**values: object) -> Call:
    facts = {"title": "Call", "deadline": NOW + 30 * DAY, "organisation_name": "Publisher"}
    return Call.model_validate({"id": "1", "stage": Stage.PUBLISHED, **facts, **values})


def several(*days: int, **values: object) -> Call:
    cut_offs = [CutOff(deadline=NOW + day * DAY) for day in days]
    body = CallBody.model_validate({"title": "Call", "model": "cut_offs", "cut_offs": cut_offs, **values})
    return Call.draft("1", body, body.cut_offs, NOW, "Publisher").replace(stage=Stage.PUBLISHED, opens_at=NOW)


def test_a_published_call_goes_through_its_states_by_the_clock() -> None:
    it = call(opens_at=NOW + DAY)
    states = [status(it, NOW + days * DAY) for days in (0, 1, 22, 23, 29, 30, 400)]
    expected = ["forthcoming", "open", "open", "closing_soon", "closing_soon", "closed", "closed"]
    assert [state.value for state in states] == expected


def test_a_call_with_several_cut_offs_comes_close_to_each_and_closes_with_the_last() -> None:
    it = several(10, 40)
    states = [status(it, NOW + days * DAY).value for days in (0, 3, 9, 10, 32, 33, 40)]
    assert states == ["open", "closing_soon", "closing_soon", "open", "open", "closing_soon", "closed"]


def test_the_second_of_two_stages_is_not_for_newcomers() -> None:
    it = several(10, 40, model="two_stage")
    assert takes_new_applicants(it, NOW)
    assert not takes_new_applicants(it, NOW + 10 * DAY)
    assert status(it, NOW + 10 * DAY) is Status.OPEN
    assert takes_new_applicants(several(10, 40), NOW + 10 * DAY)


def test_a_call_published_without_an_opening_is_forthcoming_until_it_closes() -> None:
    it = call(forthcoming=True)
    assert status(it, NOW) is Status.FORTHCOMING
    assert status(it, NOW + 30 * DAY) is Status.CLOSED


def test_the_clock_does_not_change_drafts_and_withdrawn_calls() -> None:
    for stage in (Stage.DRAFT, Stage.WITHDRAWN):
        assert status(call(stage=stage), NOW + 400 * DAY).value == stage.value


@given(
    deadlines=st.lists(moments, min_size=1, max_size=5, unique=True).map(sorted),
    looks=st.lists(moments, max_size=12),
    start=moments,
)
def test_each_milestone_is_published_at_most_once_and_no_closing_is_missed_if_time_jumps(
    deadlines: list[datetime], looks: list[datetime], start: datetime
) -> None:
    """The loop as a state machine: publish at the start, then look at each later moment."""
    cut_offs = [CutOff(deadline=deadline) for deadline in deadlines]
    next_at = next_milestone_at(cut_offs, start)
    announced: list[tuple[datetime, str]] = []
    for now in sorted([*(look for look in looks if look > start), max(deadlines[-1], start)]):
        if next_at is not None and next_at <= now:
            for due in due_milestones(cut_offs, next_at, now):
                assert due.cut_off.deadline - MILESTONES[due.milestone] <= now
                announced.append((due.cut_off.deadline, due.milestone))
            next_at = next_milestone_at(cut_offs, now)
            assert next_at is None or next_at > now
    assert next_at is None
    assert len(announced) == len(set(announced))
    for deadline in deadlines:
        own = [name for at, name in announced if at == deadline]
        assert own == sorted(own, key=list(MILESTONES).index)
        assert ("closed" in own) == (deadline > start)


@given(deadlines=st.lists(moments, min_size=1, max_size=5, unique=True).map(sorted), now=moments)
def test_the_next_milestone_is_always_ahead(deadlines: list[datetime], now: datetime) -> None:
    at = next_milestone_at([CutOff(deadline=deadline) for deadline in deadlines], now)
    assert (at is None) == (deadlines[-1] <= now)
    assert at is None or now < at <= deadlines[-1]


def test_a_change_is_described_in_words_and_names_only_what_changed() -> None:
    before = CallBody(title="Call", deadline=NOW)
    assert changes_in_words(before, before) == []
    later = CallBody(title="Better", deadline=NOW + DAY)
    words = ["deadline extended from 9 May 2016, 09:00 CEST to 10 May 2016, 09:00 CEST", "title changed"]
    assert changes_in_words(before, later) == words
    assert changes_in_words(later, before)[0].startswith("deadline brought forward")


def test_a_new_opening_is_never_announced_as_open_for_applications() -> None:
    unknown = CallBody(title="Call", deadline=NOW + 30 * DAY, forthcoming=True)
    known = CallBody(title="Call", deadline=NOW + 30 * DAY, opens_at=NOW + DAY)
    assert changes_in_words(unknown, known) == ["opening: 10 May 2016, 09:00 CEST"]
    assert changes_in_words(known, unknown) == ["opening: at a date that is not yet known"]


def test_a_call_that_was_stored_with_one_deadline_has_one_cut_off() -> None:
    it = call(timezone="Asia/Tokyo")
    assert it.cut_offs == [CutOff(deadline=it.deadline, timezone="Asia/Tokyo")]
    assert it.closes_at == it.deadline
