"""Deadlines: local times over a change of clocks, models, extensions, and a history that reveals tampering."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.domain import (
    CutOff,
    NotAnExtension,
    PastCutOffChanged,
    at_local_time,
    check_passed_cut_offs,
    extended,
)
from services.calls.catalogue.deadlines.store import DeadlineChange, fault
from services.calls.catalogue.deadlines.words import deadlines_in_words
from shared.fields import STORED

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = ["Europe/Brussels", "Asia/Tokyo", "America/Sao_Paulo", "Australia/Lord_Howe", "America/St_Johns"]


def after(*days: int) -> list[CutOff]:
    return [CutOff(name=f"No. {day}", deadline=NOW + day * DAY) for day in days]


def test_five_in_brussels_stays_five_on_both_sides_of_the_change_of_clocks() -> None:
    summer, winter = (CutOff.model_validate({"deadline": f"2026-{day}T17:00"}) for day in ("10-24", "10-25"))
    assert summer.deadline == datetime(2026, 10, 24, 15, tzinfo=UTC)
    assert winter.deadline == datetime(2026, 10, 25, 16, tzinfo=UTC)
    assert (summer.words, winter.words) == ("24 October 2026, 17:00 CEST", "25 October 2026, 17:00 CET")


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ("2026-10-25T02:30", "show this time twice on that day. Add the offset +0200 or +0100"),
        ("2026-03-29T02:30", "skip this time on that day"),
        ("9999-12-31T17:00", "between 1990 and 2100"),
        ("0001-01-01T00:00", "between 1990 and 2100"),
        ("soon", "valid datetime"),
    ],
)
def test_a_missing_or_doubled_local_time_is_refused_with_a_solution(local: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words.replace("+", r"\+")):
        CutOff.model_validate({"deadline": local})


@pytest.mark.parametrize(
    ("sent", "utc", "words"),
    [
        ("2026-06-30", "2026-06-30T15:00Z", "30 June 2026, 17:00 CEST"),
        ("2026-12-01", "2026-12-01T16:00Z", "1 December 2026, 17:00 CET"),
        ("2026-06-30T24:00", "2026-06-30T22:00Z", "30 June 2026, 24:00 CEST"),
        ("2026-12-31T24:00:00", "2026-12-31T23:00Z", "31 December 2026, 24:00 CET"),
        ("2026-06-30T24:00+02:00", "2026-06-30T22:00Z", "30 June 2026, 24:00 CEST"),
        ("2026-06-30T24:00:00.000Z", "2026-07-01T00:00Z", "1 July 2026, 02:00 CEST"),
    ],
)
def test_a_day_closes_at_five_and_24_is_the_end_of_the_day(sent: str, utc: str, words: str) -> None:
    cut_off = CutOff.model_validate({"deadline": sent})
    assert (cut_off.deadline, cut_off.words) == (datetime.fromisoformat(utc), words)
    if "T" not in sent or "+" in sent:
        assert CallBody.model_validate({"title": "Call", "deadline": sent}).cut_offs == [cut_off]


def test_a_day_closes_at_five_in_the_zone_of_the_deadline() -> None:
    tokyo = CallBody.model_validate({"title": "Call", "deadline": "2026-06-30", "timezone": "Asia/Tokyo"})
    assert tokyo.cut_offs[0].words == "30 June 2026, 17:00 JST"


@pytest.mark.parametrize("name", ["localtime", "Factory", "posixrules", "EST5EDT", "Etc/GMT+5", "europe/brussels", ""])
def test_a_time_zone_is_a_place_or_utc(name: str) -> None:
    with pytest.raises(ValidationError, match="Use a name of the IANA database"):
        CutOff.model_validate({"deadline": "2026-06-30T17:00", "timezone": name})
    assert CutOff.model_validate({"deadline": "2026-06-30T17:00", "timezone": "UTC"}).words.endswith("17:00 UTC")


def test_a_stored_time_zone_that_is_no_place_can_still_be_read() -> None:
    row = {"deadline": datetime(2026, 6, 30, 15, tzinfo=UTC), "timezone": "Factory"}
    assert CutOff.model_validate(row, context=STORED).timezone == "Factory"
    assert CutOff.model_validate(row | {"timezone": "Gone/Zone"}, context=STORED).timezone == "Europe/Brussels"


def test_with_its_offset_the_doubled_hour_is_clear() -> None:
    early, late = (CutOff.model_validate({"deadline": f"2026-10-25T02:30{o}"}) for o in ("+02:00", "+01:00"))
    assert late.deadline - early.deadline == timedelta(hours=1)


@given(
    local=st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30)).map(lambda t: t.replace(microsecond=0)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_an_accepted_local_time_is_the_time_that_clocks_there_show(local: datetime, zone: str) -> None:
    try:
        at = at_local_time(local, zone)
    except ValueError:
        readings = [local.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)]
        assert readings[0] != readings[1]
        return
    assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "cut_offs"),
        ({"deadline": NOW, "cut_offs": after(1)}, "cut_offs"),
        ({"cut_offs": after(1, 2)}, "cut_offs"),
        ({"model": "two_stage", "cut_offs": after(1, 2, 3)}, "cut_offs"),
        ({"model": "cut_offs", "cut_offs": after(2, 1)}, "cut_offs"),
        ({"model": "cut_offs", "cut_offs": after(*range(51))}, "cut_offs"),
        ({"model": "cut_offs", "cut_offs": after(1, 9), "opens_at": NOW + 2 * DAY}, "cut_offs"),
        ({"model": "three_stage", "deadline": NOW}, "model"),
    ],
)
def test_a_call_has_the_cut_offs_of_its_model(body: dict, field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CallBody.model_validate({"title": "Call", **body})
    assert [error["loc"][0] for error in refusal.value.errors()] == [field]


def test_a_cut_off_is_extended_to_a_later_time_before_the_next_one() -> None:
    first, second = after(1, 10)
    assert extended([first, second], second, NOW + 20 * DAY)[1].deadline == NOW + 20 * DAY
    assert extended([first, second], first, NOW + 5 * DAY)[0].deadline == NOW + 5 * DAY
    for cut_off, days in ((second, 10), (second, 9), (first, 12)):
        with pytest.raises(NotAnExtension):
            extended([first, second], cut_off, NOW + days * DAY)


def test_a_passed_cut_off_cannot_change() -> None:
    check_passed_cut_offs(after(-5, 10), after(-5, 20), NOW)
    check_passed_cut_offs(after(-5, 10), after(-5, 10, 20), NOW)
    for changed in (after(10), after(-4, 10), after(-5, -4, 10)):
        with pytest.raises(PastCutOffChanged):
            check_passed_cut_offs(after(-5, 10), changed, NOW)


def test_added_and_removed_cut_offs_are_described() -> None:
    words = deadlines_in_words(after(1, 2), after(1, 3, 4))
    assert words == [
        "cut-off No. 3 added: 12 May 2016, 09:00 CEST",
        "cut-off No. 4 added: 13 May 2016, 09:00 CEST",
        "cut-off No. 2 removed: 11 May 2016, 09:00 CEST",
    ]


def chain(length: int) -> list[DeadlineChange]:
    entries: list[DeadlineChange] = []
    for number in range(length):
        before = entries[-1].after if entries else []
        facts = {"at": NOW, "by": "anna", "before": before, "after": after(number + 1), "reason": f"reason {number}"}
        entries.append(DeadlineChange.next(entries[-1] if entries else None, "call", **facts))
    return entries


TAMPERINGS = {
    "reason": "another",
    "by": "bert",
    "at": NOW + DAY,
    "after": after(99),
    "before": after(98),
    "hash": "f" * 64,
    "previous": "e" * 64,
    "number": 77,
}


@given(length=st.integers(1, 6), data=st.data())
def test_a_history_is_intact_until_anything_in_it_is_touched(length: int, data: st.DataObject) -> None:
    entries = chain(length)
    head, kept = entries[-1].hash, entries[-1].after
    assert fault(entries, head, kept) == ""
    at = data.draw(st.integers(0, length - 1))
    assert fault(entries[:at] + entries[at + 1 :], head, kept)
    field = data.draw(st.sampled_from(sorted(TAMPERINGS)))
    touched = entries[at].model_copy(update={field: TAMPERINGS[field]})
    assert fault([*entries[:at], touched, *entries[at + 1 :]], head, kept)
    assert fault(entries, head, after(97))
    assert fault(entries, "0" * 64, kept)
