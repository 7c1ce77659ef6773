"""Numbers of cut-offs: each stays with its cut-off, so that calendars recognise it."""

from datetime import timedelta

import pytest

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import Call, CallBody
from services.calls.catalogue.status import Stage
from services.calls.feeds.calendars.appointments import deadlines
from tests.support.calls import NOW

DAY = timedelta(days=1)
A, B, C = ((name, days) for name, days in (("Spring", 10), ("Summer", 40), ("Autumn", 80)))


def cut_offs(*named: tuple[str, int]) -> list[CutOff]:
    return [CutOff(name=name, deadline=NOW + days * DAY) for name, days in named]


def published(*named: tuple[str, int]) -> Call:
    body = CallBody.model_validate({"title": "Call", "model": "cut_offs", "cut_offs": cut_offs(*named)})
    return Call.draft("1", body, body.cut_offs, NOW, "Publisher").published(NOW, "hash")


@pytest.mark.parametrize(
    ("after", "numbers", "dropped"),
    [
        ([A, B, C], [1, 2, 3], []),
        ([B, C], [2, 3], [1]),
        ([A, C], [1, 3], [2]),
        ([A, ("Summer", 50), C], [1, 2, 3], []),
        ([("First", 12), ("Second", 45), C], [1, 2, 3], []),
        ([("Winter", 5), A, B, C], [4, 1, 2, 3], []),
        ([("Summer", 50)], [2], [1, 3]),
        ([("Other", 60)], [4], [1, 2, 3]),
    ],
)
def test_a_cut_off_keeps_its_number(after: list[tuple[str, int]], numbers: list[int], dropped: list[int]) -> None:
    call = published(A, B, C).with_cut_offs(cut_offs(*after), NOW)
    assert call.cut_off_numbers == numbers
    assert [each.number for each in call.dropped] == dropped


def test_a_cut_off_that_comes_back_has_its_number_again() -> None:
    call = published(A, B, C).with_cut_offs(cut_offs(A, C), NOW).with_cut_offs(cut_offs(A, B, C), NOW)
    assert (call.cut_off_numbers, call.dropped) == ([1, 2, 3], [])


def test_a_dropped_deadline_is_cancelled_in_calendars_for_90_days() -> None:
    call = published(A, B, C).with_cut_offs(cut_offs(A, C), NOW + DAY)

    def shown(days: int) -> list[tuple[str, str]]:
        return [(each.uid, each.status) for each in deadlines(call, "", NOW + days * DAY)]

    kept = [("call-1-1@ccp", "CONFIRMED"), ("call-1-3@ccp", "CONFIRMED")]
    assert shown(1) == shown(90) == [*kept, ("call-1-2@ccp", "CANCELLED")]
    assert shown(91) == kept


def test_a_call_stored_before_numbers_has_those_that_calendars_know() -> None:
    row = published(A, B, C).replace(stage=Stage.PUBLISHED).model_dump()
    stored = {key: value for key, value in row.items() if key not in {"cut_off_numbers", "dropped"}}
    assert Call.model_validate(stored).cut_off_numbers == [1, 2, 3]
    changed_by_an_older_version = row | {"cut_offs": row["cut_offs"][1:]}
    assert Call.model_validate(changed_by_an_older_version).cut_off_numbers == [1, 2]


def test_a_cut_off_that_passed_is_never_dropped() -> None:
    call = published(A, B).with_cut_offs(cut_offs(B), NOW + 20 * DAY)
    assert (call.cut_off_numbers, call.dropped) == ([2], [])
