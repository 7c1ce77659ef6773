"""Forms: what a browser sends as JSON, and JSON as a browser shows it."""

from typing import Any

import pytest

from shared.forms.controls import Filling, controls
from shared.forms.fields import Field, Kind
from shared.forms.reading import read

START, END = Field("starts_at", Kind.START, "Start"), Field("ends_at", Kind.END, "End")
ZONE = Field("timezone", Kind.LINE, "Time zone")
ADMISSION = Field(
    "admission",
    Kind.GROUP,
    "Registration",
    fields=(Field("capacity", Kind.WHOLE, "Places"),),
    optional=True,
    switch="Members register here",
)


def shown(field: Field, values: dict[str, Any]) -> tuple[str, ...]:
    [control, _] = controls([field, ZONE], Filling(values, {}, {}))
    return control.texts


@pytest.mark.parametrize(
    ("field", "day", "time", "moment"),
    [
        (START, "2016-06-01", "", "2016-06-01T00:00:00+02:00"),
        (END, "2016-06-01", "", "2016-06-02T00:00:00+02:00"),
        (START, "2016-06-01", "09:30", "2016-06-01T09:30:00+02:00"),
        (END, "2016-12-01", "17:00", "2016-12-01T17:00:00+01:00"),
    ],
)
def test_a_day_may_have_a_time(field: Field, day: str, time: str, moment: str) -> None:
    sent = {field.name: [day], f"{field.name}.time": [time], "timezone": ["Europe/Berlin"]}
    values = read([field, ZONE], sent)
    assert values[field.name] == moment
    assert shown(field, values) == (day, time)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Europe", "..", pytest.param("x" * 300, id="long")])
@pytest.mark.parametrize(("day", "time"), [("2016-06-01", "09:30"), ("2016-06-01", ""), ("", "09:30")])
@pytest.mark.parametrize("field", [START, END])
def test_what_was_typed_beside_an_unknown_zone_is_kept(field: Field, day: str, time: str, zone: str) -> None:
    values = read([field, ZONE], {field.name: [day], f"{field.name}.time": [time], "timezone": [zone]})
    assert shown(field, values) == (day, time)
    assert values["timezone"] == zone


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_time_at_the_edge_of_the_calendar_is_kept(typed: str) -> None:
    moment = Field("starts_at", Kind.MOMENT, "Start")
    values = read([moment, ZONE], {"starts_at": [typed], "timezone": ["America/New_York"]})
    assert shown(moment, values)[0].startswith(typed[:10])


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"admission": ["false", "true"], "admission.capacity": ["40"]}, {"admission": {"capacity": 40}}),
        ({"admission": ["false", "true"], "admission.capacity": [""]}, {"admission": {}}),
        ({"admission": ["false"], "admission.capacity": ["40"]}, {}),
        ({}, {}),
    ],
)
def test_a_box_switches_a_group_on(sent: dict[str, list[str]], value: dict[str, Any]) -> None:
    assert read([ADMISSION], sent) == value
    assert shown(ADMISSION, value) == (("true",) if value else ())
