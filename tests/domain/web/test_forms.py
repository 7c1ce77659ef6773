"""Fields from a JSON schema, what a browser sends for them, and the JSON that is read from it."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, Field

from services.calls.catalogue.content import CallBody
from services.calls.gatherings.domain import GatheringBody
from services.profiles.organisations.domain import OrganisationProfile
from shared.forms.controls import Control, Filling, controls
from shared.forms.fields import Kind, Words, fields_of, labels_at
from shared.forms.reading import read
from shared.models import Body
from shared.vocabulary import Country


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class ByRate(Body):
    kind: Literal["rate"]
    percent: int


class ByDay(Body):
    kind: Literal["day"]
    days: dict[str, int] = Field(default={})
    amount: int = 0


class Part(Body):
    name: str = Field(max_length=80)
    colour: Colour = Colour.RED
    starts_at: AwareDatetime


class Limits(Body):
    least: int = 1
    most: int | None = None


class Thing(Body):
    title: Annotated[str, Field(max_length=100, min_length=1)]
    text: Annotated[str, Field(max_length=5000)] = ""
    cents: Annotated[int, Field(json_schema_extra={"format": "cents"})] = 0
    share: float | None = None
    is_open: bool = False
    colours: list[Colour] = Field(default=[])
    countries: list[Country] = Field(default=[])
    words: list[Annotated[str, Field(max_length=40)]] = Field(default=[])
    day: date | None = None
    timezone: Annotated[str, Field(max_length=60)] = "Europe/Brussels"
    ends_at: AwareDatetime | None = None
    limits: Limits | None = None
    cost: ByRate | ByDay | None = None
    parts: list[Part] = Field(default=[])


FIELDS = fields_of(Thing.model_json_schema())


def sent_by_a_browser(drawn: tuple[Control, ...]) -> dict[str, list[str]]:
    """Return what a browser sends for controls that were not touched."""
    sent: dict[str, list[str]] = {}
    for control in drawn:
        for inner in [control.parts, *control.rows]:
            sent |= sent_by_a_browser(inner)
        if control.field.kind is Kind.GROUPS or control.field.kind is Kind.CHOICES:
            sent.setdefault(control.name, []).append("")
        if control.field.kind not in {Kind.GROUP, Kind.GROUPS}:
            sent.setdefault(control.name, []).extend(
                control.texts or ([] if control.field.kind is Kind.CHOICES else [""])
            )
    return sent


def resent(values: dict[str, Any]) -> Any:
    """Return the values of a form that is drawn with values and sent unchanged."""
    return read(FIELDS, sent_by_a_browser(controls(FIELDS, Filling(values, {}, {}))))


def test_kinds_follow_from_the_schema() -> None:
    kinds = {field.name: field.kind for field in FIELDS}
    assert kinds == {
        "title": Kind.LINE,
        "text": Kind.TEXT,
        "cents": Kind.MONEY,
        "share": Kind.NUMBER,
        "is_open": Kind.YES_NO,
        "colours": Kind.CHOICES,
        "countries": Kind.CHOICES,
        "words": Kind.LINES,
        "day": Kind.DAY,
        "timezone": Kind.LINE,
        "ends_at": Kind.MOMENT,
        "limits": Kind.GROUP,
        "cost": Kind.GROUP,
        "parts": Kind.GROUPS,
    }


def test_what_a_union_of_objects_asks_is_one_group() -> None:
    [cost] = [field for field in FIELDS if field.name == "cost"]
    assert next((field.name, field.options) for field in cost.fields) == ("kind", (("rate", "Rate"), ("day", "Day")))
    assert cost.optional


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=40
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(  # noqa: DTZ001
    lambda when: when.replace(second=0, microsecond=0)
)


@st.composite
def things(draw: st.DrawFn) -> dict[str, Any]:
    zone = ZoneInfo(draw(st.sampled_from(["Europe/Brussels", "America/New_York", "UTC", "Asia/Tokyo"])))

    def moment() -> str:
        when = draw(MOMENTS).replace(tzinfo=zone)
        return (when.astimezone(ZoneInfo("UTC"))).astimezone(zone).isoformat()

    made: dict[str, Any] = {
        "title": draw(LINES),
        "timezone": zone.key,
        "cents": draw(st.integers(0, 10**12)),
        "is_open": draw(st.booleans()),
        "colours": draw(st.lists(st.sampled_from(["red", "blue"]), unique=True)),
        "countries": draw(st.lists(st.sampled_from(["BE", "JP", "BR"]), unique=True)),
        "words": draw(st.lists(LINES, max_size=3)),
        "ends_at": moment(),
        "parts": [
            {"name": draw(LINES), "colour": "blue", "starts_at": moment()} for _ in range(draw(st.integers(0, 3)))
        ],
    }
    if draw(st.booleans()):
        made["limits"] = {"least": draw(st.integers(0, 9)), "most": draw(st.integers(10, 99))}
    return made


@given(things())
def test_a_form_that_is_sent_unchanged_changes_nothing(thing: dict[str, Any]) -> None:
    again = resent(thing)
    assert {name: again.get(name) for name in thing} == thing
    assert Thing.model_validate(again) == Thing.model_validate(thing)


@pytest.mark.parametrize(("name", "value"), [("is_open", True), ("is_open", False), ("cents", 1250), ("share", 0.5)])
def test_a_hidden_field_says_the_same_each_time_the_form_is_drawn(name: str, value: Any) -> None:
    fields = fields_of(Thing.model_json_schema(), {name: Words(kind=Kind.HIDDEN)})
    once = read(fields, sent_by_a_browser(controls(fields, Filling({name: value}, {}, {}))))
    again = read(fields, sent_by_a_browser(controls(fields, Filling(once, {}, {}))))
    assert once[name] == again[name] == value


@pytest.mark.parametrize("model", [CallBody, GatheringBody, OrganisationProfile])
def test_a_form_that_was_not_filled_is_not_longer_than_its_defaults(model: type[BaseModel]) -> None:
    fields = fields_of(model.model_json_schema())
    empty = read(fields, sent_by_a_browser(controls(fields, Filling({}, {}, {}))))
    for name, value in empty.items():
        assert value in (model.model_fields[name].default, [], {}) or isinstance(value, bool | dict), (name, value)


def test_an_empty_group_counts_as_left_out_and_an_empty_row_as_none() -> None:
    sent = {"title": ["A"], "limits.most": [""], "parts": [""], "parts.0.name": [""], "parts.0.colour": ["red"]}
    assert read(FIELDS, sent) == {"title": "A", "parts": []}


def test_a_local_time_is_read_in_the_zone_beside_it() -> None:
    sent = {
        "timezone": ["America/New_York"],
        "ends_at": ["2016-06-30T17:00"],
        "parts.0.starts_at": ["2016-01-30T17:00"],
    }
    values = read(FIELDS, sent | {"parts.0.name": ["x"]})
    assert values["ends_at"] == "2016-06-30T17:00:00-04:00"
    assert values["parts"][0]["starts_at"] == "2016-01-30T17:00:00-05:00"


def test_a_local_time_without_a_zone_is_read_in_the_zone_of_the_form() -> None:
    values = read(
        [field for field in FIELDS if field.name == "ends_at"], {"ends_at": ["2016-06-30T17:00"]}, "Asia/Tokyo"
    )
    assert values == {"ends_at": "2016-06-30T17:00:00+09:00"}


@pytest.mark.parametrize(
    ("typed", "cents"), [("1234", 123400), ("1 234,50", 123450), ("€ 0.05", 5), ("0,005", "0,005"), ("many", "many")]
)
def test_money_is_typed_in_euros(typed: str, cents: Any) -> None:
    assert read(FIELDS, {"cents": [typed]})["cents"] == cents


@pytest.mark.parametrize(
    "typed", ["1e999999999", "9" * 5000, "NaN", "Infinity", "--", "٣٤"], ids=lambda typed: typed[:12]
)
@pytest.mark.parametrize("name", ["cents", "share", "limits.least"])
def test_odd_numbers_break_nothing(name: str, typed: str) -> None:
    read(FIELDS, {name: [typed]})


def test_words_of_people_replace_those_of_the_api() -> None:
    words = {"title": Words("Name of the thing", "As on its door."), "parts.name": Words("Name of the part")}
    fields = {field.name: field for field in fields_of(Thing.model_json_schema(), words)}
    assert (fields["title"].label, fields["title"].hint) == ("Name of the thing", "As on its door.")
    assert fields["parts"].fields[0].label == "Name of the part"


def test_errors_stand_at_their_fields_and_what_others_stored_beside_what_was_typed() -> None:
    filling = Filling(
        {"title": "mine", "parts": [{"name": ""}]}, {"parts.0.name": "Required."}, {}, changed={"title": "theirs"}
    )
    drawn = {control.field.name: control for control in controls(FIELDS, filling)}
    assert drawn["parts"].rows[0][0].error == "Required."
    assert drawn["title"].stored == ("theirs",)
    assert drawn["text"].stored is None


def test_what_others_emptied_and_what_they_added_to_a_list_is_shown_too() -> None:
    typed = {"title": "mine", "text": "typed", "parts": [{"name": "first"}]}
    changed = {"title": "mine", "text": "", "parts": [{"name": "1st"}, {"name": "second"}]}
    drawn = {control.field.name: control for control in controls(FIELDS, Filling(typed, {}, {}, changed=changed))}
    assert drawn["text"].stored == ()
    assert [row[0].stored for row in drawn["parts"].rows] == [("1st",), ("second",)]


def test_a_field_in_a_group_is_called_by_the_labels_on_the_way_to_it() -> None:
    assert labels_at(FIELDS, "parts.0.name") == ["Parts", "1", "Name"]
    assert labels_at(FIELDS, "limits.most") == ["Limits", "Most"]
    assert labels_at(FIELDS, "unknown") == []


def test_a_country_that_may_be_unknown_still_has_all_countries() -> None:
    class Place(Body):
        country: Country | None = None

    [country] = fields_of(Place.model_json_schema(), {"country": Words("Country", optional_choice="unknown")})
    assert country.is_country
    assert country.options == (("", "unknown"),)


def test_a_time_that_does_not_exist_is_read_like_the_hour_before() -> None:
    values = read(FIELDS, {"ends_at": ["2016-03-27T02:30"]})
    assert datetime.fromisoformat(values["ends_at"]).utcoffset() == timedelta(hours=1)
