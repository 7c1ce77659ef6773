"""Gatherings: their place and time, their programme, and their changes in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.calls.gatherings.domain import Gathering, GatheringContent, changes_in_words

CONFERENCE: dict[str, Any] = {
    "title": "Smart regions",
    "place": "Brussels",
    "starts_at": "2016-06-01T09:00",
    "ends_at": "2016-06-02T17:00",
}
OPENING = {"title": "Opening", "starts_at": "2016-06-01T09:00", "ends_at": "2016-06-01T10:00", "room": "Hall"}


def gathering(**more: Any) -> Gathering:
    return Gathering.model_validate({"id": "g", "organisation_name": "DG REGIO", **CONFERENCE, **more})


def test_times_without_an_offset_are_the_zones_own() -> None:
    session = OPENING | {"starts_at": "2016-06-02T09:00", "ends_at": "2016-06-02T10:00"}
    tokyo = gathering(timezone="Asia/Tokyo", programme=[session], admission={"closes_at": "2016-05-31T12:00"})
    assert tokyo.starts_at == datetime(2016, 6, 1, 0, tzinfo=UTC)
    assert tokyo.programme[0].starts_at == datetime(2016, 6, 2, 0, tzinfo=UTC)
    assert tokyo.admission.closes_at == datetime(2016, 5, 31, 3, tzinfo=UTC)


def test_a_gathering_by_days_includes_its_last_day() -> None:
    days = gathering(starts_at="2016-06-01", ends_at="2016-06-02", admission={"closes_at": "2016-05-31"})
    assert days.starts_at == datetime(2016, 5, 31, 22, tzinfo=UTC)
    assert days.ends_at == datetime(2016, 6, 2, 22, tzinfo=UTC)
    assert days.admission.closes_at == datetime(2016, 5, 31, 22, tzinfo=UTC)
    assert days.when == "from 1 June 2016 to 2 June 2016"
    assert gathering(starts_at="2016-06-01", ends_at="2016-06-01").when == "on 1 June 2016"
    assert gathering(ends_at="2016-06-01T24:00").when == "from 1 June 2016, 09:00 CEST to 1 June 2016, 24:00 CEST"


def test_a_day_begins_where_clocks_skip_midnight() -> None:
    day = gathering(starts_at="2017-10-15", ends_at="2017-10-15", timezone="America/Sao_Paulo")
    assert day.ends_at - day.starts_at == timedelta(hours=23)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": ""}, "place"),
        ({"mode": "hybrid", "place": ""}, "place"),
        ({"mode": "by post"}, "mode"),
        ({"join_link": "http://meet.example/1"}, "join_link"),
        ({"join_link": "javascript:alert(1)"}, "join_link"),
        ({"ends_at": "2016-06-01T09:00"}, "ends_at"),
        ({"starts_at": "2016-03-27T02:30"}, "starts_at"),
        ({"admission": {"capacity": 0}}, "admission"),
        ({"admission": {"closes_at": "2016-06-03T00:00"}}, "admission"),
        ({"admission": {"opens_at": "2016-05-20T00:00", "closes_at": "2016-05-20T00:00"}}, "admission"),
        ({"programme": [OPENING | {"starts_at": "2016-06-01T08:59"}]}, "programme"),
        ({"programme": [OPENING | {"ends_at": "2016-06-02T17:01"}]}, "programme"),
        ({"programme": [OPENING | {"ends_at": "2016-06-01T09:00"}]}, "programme"),
        (
            {"programme": [OPENING, OPENING | {"title": "Other", "room": "hall", "starts_at": "2016-06-01T09:59"}]},
            "programme",
        ),
        ({"programme": [OPENING | {"speakers": [{"name": ""}]}]}, "programme"),
        ({"programme": {"title": "not a list"}}, "programme"),
    ],
)
def test_impossible_values_are_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        GatheringContent.model_validate({**CONFERENCE, **change})
    assert {error["loc"][0] for error in refusal.value.errors()} == {field}


def test_sessions_follow_each_other_in_a_room_and_run_beside_each_other_in_two() -> None:
    following = OPENING | {"title": "Plenary", "starts_at": "2016-06-01T10:00", "ends_at": "2016-06-01T11:00"}
    beside = OPENING | {"title": "Seminar", "room": "Attic"}
    anywhere = OPENING | {"title": "Meetings", "room": ""}
    programme = gathering(programme=[following, anywhere, OPENING, beside, anywhere]).programme
    assert [session.title for session in programme] == ["Meetings", "Meetings", "Seminar", "Opening", "Plenary"]


def test_an_online_gathering_needs_no_place() -> None:
    assert gathering(mode="online", place="").where == "Online"
    assert gathering(mode="hybrid").where == "Brussels, and online"


def test_a_change_is_described_in_words_and_no_change_gives_no_words() -> None:
    before = gathering()
    after = gathering(
        starts_at="2016-06-01T10:00",
        mode="hybrid",
        programme=[OPENING | {"starts_at": "2016-06-01T10:00", "ends_at": "2016-06-01T11:00"}],
        join_link="https://meet.example/1",
    )
    assert changes_in_words(before, gathering()) == []
    assert changes_in_words(before, after) == [
        "now from 1 June 2016, 10:00 CEST to 2 June 2016, 17:00 CEST, "
        "instead of from 1 June 2016, 09:00 CEST to 2 June 2016, 17:00 CEST",
        "now Brussels, and online, instead of Brussels",
        "programme changed",
        "link to join changed",
    ]


def test_a_gathering_stored_before_there_were_modes_can_still_be_read() -> None:
    row = {
        "_id": "old",
        "version": 1,
        "title": "Old",
        "place": "x" * 300,
        "organisation_name": "We",
        "starts_at": datetime(2016, 6, 1, tzinfo=UTC),
        "ends_at": datetime(2016, 6, 2, tzinfo=UTC),
        "timezone": "Europe/Brussels",
    }
    old = Gathering.model_validate(row)
    assert (old.stage, old.sequence, old.admission, old.programme) == ("published", 0, None, [])
