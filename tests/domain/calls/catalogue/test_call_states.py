"""Changes of a call's state: each returns a new call, and the one before stays as it was."""

from datetime import timedelta

import pytest

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import (
    Call,
    CallAlreadyClosed,
    CallAlreadyWithdrawn,
    CallNotPublic,
    check_editable,
    check_public,
)
from services.calls.catalogue.moments import check_withdrawable
from services.calls.catalogue.status import Stage, Status, status
from tests.support.calls import NOW

DAY = timedelta(days=1)


def draft(**values: object) -> Call:
    cut_offs = [CutOff(deadline=NOW + 10 * DAY), CutOff(name="Second", deadline=NOW + 40 * DAY, timezone="Asia/Tokyo")]
    body = CallBody.model_validate({"title": "Call", "model": "cut_offs", "cut_offs": cut_offs, **values})
    return Call.draft("1", body, body.cut_offs, NOW, "Publisher")


def test_a_draft_has_the_content_of_its_body_and_the_deadline_of_its_next_cut_off() -> None:
    call = draft(summary="For parks", keywords=["hydrogen"])
    assert (call.title, call.summary, call.keywords) == ("Call", "For parks", ["hydrogen"])
    assert (call.deadline, call.closes_at, call.timezone) == (NOW + 10 * DAY, NOW + 40 * DAY, "Europe/Brussels")
    assert status(call, NOW) is Status.DRAFT


def test_a_call_opens_with_its_publication_unless_it_is_forthcoming() -> None:
    call = draft()
    published = call.published(NOW, "hash")
    assert (published.stage, published.published_at, published.opens_at) == (Stage.PUBLISHED, NOW, NOW)
    assert (published.history, published.milestone_at) == ("hash", NOW + 3 * DAY)
    assert call.stage is Stage.DRAFT
    assert draft(forthcoming=True).published(NOW, "hash").opens_at is None
    assert draft(opens_at=NOW + DAY).published(NOW, "hash").opens_at == NOW + DAY


def test_after_a_cut_off_the_deadline_is_that_of_the_next_one_and_the_last_one_closes_the_call() -> None:
    call = draft().published(NOW, "hash").advanced(NOW + 10 * DAY)
    assert (call.deadline, call.timezone, call.closed_at) == (NOW + 40 * DAY, "Asia/Tokyo", None)
    closed = call.advanced(NOW + 40 * DAY)
    assert (closed.closed_at, closed.milestone_at) == (NOW + 40 * DAY, None)
    with pytest.raises(CallAlreadyClosed):
        check_editable(closed, NOW + 40 * DAY)


def test_a_call_opens_once_by_the_clock_and_again_if_its_opening_is_moved() -> None:
    early = draft(opens_at=NOW + DAY).published(NOW, "hash")
    assert (early.opened_at, early.milestone_at) == (None, NOW + DAY)
    opened = early.advanced(NOW + DAY)
    assert (opened.opens_since(early), opened.opened_at, opened.updated_at) == (True, NOW + DAY, NOW + DAY)
    assert not opened.advanced(NOW + 3 * DAY).opens_since(opened)
    postponed = opened.replace(opens_at=NOW + 5 * DAY).with_opening(NOW + 2 * DAY)
    assert (postponed.opened_at, postponed.with_opening(NOW + 5 * DAY).opens_since(postponed)) == (None, True)
    assert draft().published(NOW, "hash").opened_at == NOW
    assert draft(forthcoming=True).published(NOW, "hash").advanced(NOW + 3 * DAY).opened_at is None


def test_a_call_from_before_openings_were_published_has_opened_unless_its_opening_was_ahead() -> None:
    def stored(**values: object) -> Call:
        row = draft().published(NOW, "hash").model_dump() | values
        return Call.model_validate({key: value for key, value in row.items() if key != "opened_at"})

    assert stored().opened_at == NOW
    assert stored(opens_at=NOW + DAY).opened_at is None
    assert stored(opens_at=None, forthcoming=True).opened_at is None
    assert stored(opens_at=NOW, forthcoming=True).opened_at == NOW


def test_a_withdrawn_call_has_a_reason_and_no_milestone_and_stays_withdrawn() -> None:
    call = draft().published(NOW, "hash").withdrawn(NOW + DAY, "no funding")
    assert (call.withdrawn_because, call.milestone_at, call.updated_at) == ("no funding", None, NOW + DAY)
    for check in (check_editable, check_withdrawable):
        with pytest.raises(CallAlreadyWithdrawn, match="withdrawn"):
            check(call, NOW + DAY)


def test_an_error_says_what_to_do_next() -> None:
    with pytest.raises(CallNotPublic, match=r"not public\. Publish it first"):
        check_public(draft(), "Publish it first.")


def test_other_content_leaves_the_cut_offs_and_other_cut_offs_leave_the_content() -> None:
    call = draft()
    renamed = call.with_content(CallBody(title="Other", deadline=NOW + DAY))
    assert (renamed.title, renamed.cut_offs) == ("Other", call.cut_offs)
    moved = call.with_cut_offs([CutOff(deadline=NOW + 5 * DAY)], NOW)
    assert (moved.title, moved.deadline, moved.closes_at) == ("Call", NOW + 5 * DAY, NOW + 5 * DAY)
