"""What a template draws of a form: each field with its name, its present value and its error (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from shared.forms.fields import Field, Kind
from shared.forms.reading import BRUSSELS, zone_named

UNKNOWN = object()  # of a stored document that does not have a field
SPARE = 1  # empty groups that a form offers without being asked


@dataclass(frozen=True)
class Control:
    """A field as it is drawn. `name` is its path; `texts` are its values as a browser sends them."""

    field: Field
    name: str
    texts: tuple[str, ...] = ()
    error: str = ""
    stored: tuple[str, ...] | None = None  # what was stored meanwhile, if it differs from what was typed
    parts: tuple["Control", ...] = ()  # of a group
    rows: tuple[tuple["Control", ...], ...] = ()  # of a list of groups
    prefix: str = ""  # of its id, if a page has the same form several times
    hidden: bool = False  # sent as it is, and not shown

    @property
    def id(self) -> str:
        """The id of its element; errors link to it."""
        return f"f-{self.prefix}{self.name.replace('.', '-')}"

    @property
    def text(self) -> str:
        """The value of a field that has one."""
        return self.texts[0] if self.texts else ""


@dataclass(frozen=True)
class Filling:
    """The content of a form: values as JSON, errors by path, and the number of groups that each list offers."""

    values: Mapping[str, Any]
    errors: Mapping[str, str]
    rows: Mapping[str, int]
    zone: str = BRUSSELS
    changed: Mapping[str, Any] = field(default_factory=dict)  # stored values that others changed meanwhile
    prefix: str = ""


def controls(fields: Sequence[Field], filling: Filling) -> tuple[Control, ...]:
    """Return the controls of a form."""
    return _controls(fields, filling.values, filling, "", filling.zone)


def _controls(
    fields: Sequence[Field], values: Mapping[str, Any], filling: Filling, prefix: str, zone: str
) -> tuple[Control, ...]:
    zone = str(values.get("timezone") or zone)
    drawn = (_control(field, values.get(field.name, field.default), filling, prefix, zone) for field in fields)
    return tuple(replace(control, prefix=filling.prefix) for control in drawn)


def _control(field: Field, value: Any, filling: Filling, prefix: str, zone: str) -> Control:
    path = f"{prefix}{field.name}"
    error = filling.errors.get(path, "")
    if field.kind is Kind.GROUP:
        is_given = isinstance(value, Mapping)
        first = next((each.name for each in field.fields if each.kind is not Kind.HIDDEN), "")
        if error and first and not is_given:  # the whole group is missing: the error stands where one can mend it
            filling, error = replace(filling, errors={f"{path}.{first}": error, **filling.errors}), ""
        parts = _controls(field.fields, value if is_given else {}, filling, f"{path}.", zone)
        return Control(field, path, ("true",) if is_given else (), error, parts=parts)
    if field.kind is Kind.GROUPS:
        groups = [each if isinstance(each, Mapping) else {} for each in value] if isinstance(value, list) else []
        others = _value_at(filling.changed, path)
        most = max(filling.rows.get(path, len(groups) + SPARE), len(others) if isinstance(others, list) else 0)
        groups += [{}] * (most - len(groups))
        rows = [
            _controls(field.fields, group, filling, f"{path}.{number}.", zone) for number, group in enumerate(groups)
        ]
        return Control(field, path, error=error, rows=tuple(rows))
    kind = field.read_as or field.kind
    texts = _texts(kind, value, zone)
    error = error or _error_inside(path, filling.errors)
    return Control(field, path, texts, error, _stored(kind, filling.changed, path, texts, zone))


def _stored(
    kind: Kind, changed: Mapping[str, Any], path: str, typed: tuple[str, ...], zone: str
) -> tuple[str, ...] | None:
    """Return what others stored meanwhile, if it differs: empty, if they emptied the field."""
    value = _value_at(changed, path)
    if value is UNKNOWN:
        return None
    others = tuple(text for text in _texts(kind, value, zone) if text)
    return None if others == tuple(text for text in typed if text) else others


def _value_at(values: Any, path: str) -> Any:
    """Return the value at a path within objects and lists; UNKNOWN, if the object does not have this field."""
    for name in path.split("."):
        if isinstance(values, Mapping):
            values = values.get(name, UNKNOWN)
        elif isinstance(values, list) and int(name) < len(values):
            values = values[int(name)]
        else:
            return values if values is UNKNOWN else None
    return values


def _error_inside(path: str, errors: Mapping[str, str]) -> str:
    """Return the error of an item of a list that one control shows as a whole."""
    return next((error for name, error in errors.items() if name.startswith(f"{path}.")), "")


def _texts(kind: Kind, value: Any, zone: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if kind is Kind.CHOICES:
        return tuple(str(each) for each in value) if isinstance(value, list) else (str(value),)
    if kind in {Kind.START, Kind.END}:
        return _day_and_time(kind, value, zone)
    return (WRITTEN[kind](value, zone) if kind in WRITTEN else str(value),)


def _moment(value: Any, zone: str) -> str:
    """Return a time as the local time of its zone, as a browser's field for times has it."""
    try:
        local = _local(value, zone).replace(tzinfo=None)
        precision = "milliseconds" if local.microsecond else "seconds" if local.second else "minutes"
        return local.isoformat(timespec=precision)
    except (ValueError, OverflowError):
        return str(value)


def _local(value: Any, zone: str) -> datetime:
    when = datetime.fromisoformat(str(value))
    return when.astimezone(zone_named(zone)) if when.tzinfo else when


def _day_and_time(kind: Kind, value: Any, zone: str) -> tuple[str, str]:
    """Return the day and the time of a start or an end; midnight is a day without a time."""
    day, _, hour = str(value).partition("T")
    try:
        when = _local(value, zone)
        if hour and when.time() == time():
            return str(when.date() - timedelta(days=kind is Kind.END)), ""
        return str(when.date()), f"{when:%H:%M}" if hour else ""
    except (ValueError, OverflowError):
        return day, hour


def _euros(value: Any, _: str) -> str:
    if not isinstance(value, int):
        return str(value)
    return str(value // 100) if value % 100 == 0 else str(Decimal(value) / 100)


def _number(value: Any, _: str) -> str:
    """Return a number as people type it: 3 instead of 3.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


WRITTEN: Mapping[Kind, Callable[[Any, str], str]] = {
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
    Kind.MONEY: _euros,
    Kind.YES_NO: lambda value, _: "true" if value is True or value == "true" else "false",
    Kind.YES_OR_NO: lambda value, _: str(value).lower(),
    Kind.LINES: lambda value, _: "\n".join(map(str, value)) if isinstance(value, list) else str(value),
}
