"""Numbers of cut-offs: each stays with its cut-off, so that calendars recognise it."""

from datetime import timedelta

import pytest

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.deadlines.words import deadlines_in_words
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.feeds.calendars.appointments import deadlines
from shared.errors import NotFound
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


def test_a_cut_off_that_passed_is_remembered_and_not_cancelled_in_calendars() -> None:
    call = published(A, B).with_cut_offs(cut_offs(B), NOW + 20 * DAY)
    assert call.cut_off(1).name == "Spring"
    assert [each.uid for each in deadlines(call, "", NOW + 20 * DAY)] == ["call-1-2@ccp"]


def test_a_cut_off_that_would_pass_another_one_is_dropped_and_the_later_one_is_new() -> None:
    call = published(("", 10), ("", 40)).with_cut_offs(cut_offs(("", 40), ("", 80)), NOW)
    assert (call.cut_off_numbers, [each.number for each in call.dropped]) == ([2, 3], [1])
    words = deadlines_in_words(cut_offs(("", 10), ("", 40)), cut_offs(("", 40), ("", 80)))
    assert [change[:16] for change in words] == ["cut-off added: 2", "cut-off removed:"]


def test_the_cut_offs_of_a_draft_are_numbered_in_their_order() -> None:
    body = CallBody.model_validate({"title": "Call", "model": "cut_offs", "cut_offs": cut_offs(A, B)})
    draft = Call.draft("1", body, body.cut_offs, NOW, "Publisher").with_cut_offs(cut_offs(B, C), NOW)
    assert (draft.cut_off_numbers, draft.dropped) == ([1, 2], [])


def test_an_unknown_number_is_refused_with_the_numbers_that_the_call_has() -> None:
    with pytest.raises(NotFound, match="Numbers of its cut-offs: 1, 2, 3"):
        published(A, B, C).cut_off(4)


def test_places_are_given_in_the_order_of_time_also_at_dropped_cut_offs() -> None:
    call = published(A, B, C).with_cut_offs(cut_offs(("Winter", 5), A, C), NOW)
    assert list(call.every_cut_off) == [4, 1, 2, 3]
