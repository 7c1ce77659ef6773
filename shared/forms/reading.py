"""What a browser sent, as the JSON of the API (pure): names such as `cut_offs.0.deadline` lead to the values."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from shared.forms.fields import NOT_TYPED, NUMBER, Field, Kind

Sent = Mapping[str, Sequence[str]]
BRUSSELS = "Europe/Brussels"
MOST_GROUPS = 200
PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,9})?")
TIME = "time"  # ends the name of the time of a day
YES = {"true", "on"}
NOTHING: Final = object()
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:[.,'’][0-9]{3})+(?![0-9])")  # groups of three digits
SIGN = re.compile(r"[.,'’]")


def read(
    fields: Sequence[Field], sent: Sent, zone: str = BRUSSELS, prefix: str = "", *, blanks: bool = False
) -> dict[str, Any]:
    """Return the values of fields. An empty field is left out, so that the API's default holds.

    A value that cannot be read stays as it was typed, so that the API names the field and says what it expects.
    `blanks`: groups of lists in which nothing was typed stay, too, as the page had them.
    """
    zone = (sent.get(f"{prefix}timezone") or [zone])[-1] or zone
    read_values = {field.name: _value(field, sent, zone, f"{prefix}{field.name}", blanks) for field in fields}
    return {name: value for name, value in read_values.items() if value is not NOTHING}


def _value(field: Field, sent: Sent, zone: str, path: str, blanks: bool) -> Any:
    match field.kind:
        case Kind.GROUP:
            return _group(field, sent, zone, path, blanks)
        case Kind.GROUPS:
            return _groups(field, sent, zone, path, blanks)
        case Kind.CHOICES:
            return [value for value in sent.get(path, ()) if value] if path in sent else NOTHING
        case Kind.LINES:
            lines = [line.strip() for text in sent.get(path, ()) for line in text.splitlines()]
            return [line for line in lines if line] if path in sent else NOTHING
        case Kind.START | Kind.END:
            hour = _last(sent, f"{path}.{TIME}").strip()
            typed = f"{_last(sent, path).strip()}{'T' if hour else ''}{hour}"
            return _single(field.kind, typed, zone) if typed else NOTHING
        case _:
            typed = _last(sent, path)
            return NOTHING if not typed.strip() else _single(field.read_as or field.kind, typed, zone)


def _last(sent: Sent, path: str) -> str:
    return (sent.get(path) or [""])[-1]


def _group(field: Field, sent: Sent, zone: str, path: str, blanks: bool) -> Any:
    group = read(field.fields, sent, zone, f"{path}.", blanks=blanks)
    if field.switch:
        return group if _last(sent, path) in YES else NOTHING
    return NOTHING if is_blank(field.fields, group) and (field.optional or not group) else group


def _groups(field: Field, sent: Sent, zone: str, path: str, blanks: bool) -> Any:
    groups = [read(field.fields, sent, zone, f"{path}.{number}.", blanks=blanks) for number in numbers(sent, path)]
    kept = [group for group in groups if blanks or not _is_left_out(field.fields, group)]
    return kept if groups or path in sent else NOTHING


def place_of(name: str, fields: Sequence[Field], values: Mapping[str, Any]) -> str:
    """Return the path on the page of a path in what was sent: the groups in which nothing was typed count, too.

    `values` are those that `read` returns with `blanks`.
    """
    first, _, rest = name.partition(".")
    field = next((each for each in fields if each.name == first), None)
    if field is None or not rest or field.kind not in {Kind.GROUP, Kind.GROUPS}:
        return name
    inside = values.get(first)
    if field.kind is Kind.GROUP:
        return f"{first}.{place_of(rest, field.fields, inside if isinstance(inside, Mapping) else {})}"
    number, _, rest = rest.partition(".")
    groups = inside if isinstance(inside, list) else []
    filled = [place for place, group in enumerate(groups) if not _is_left_out(field.fields, group)]
    if not NUMBER.fullmatch(number) or int(number) >= len(filled):
        return name
    place = filled[int(number)]
    return ".".join([first, str(place), *([place_of(rest, field.fields, groups[place])] if rest else [])])


def numbers(sent: Sent, path: str) -> list[int]:
    """Return the numbers of the groups that were sent under a path, in order."""
    found = {name[len(path) + 1 :].partition(".")[0] for name in sent if name.startswith(f"{path}.")}
    return sorted(int(number) for number in found if NUMBER.fullmatch(number))[:MOST_GROUPS]


def is_blank(fields: Sequence[Field], group: Mapping[str, Any]) -> bool:
    """Return whether nothing was typed or chosen in a group: what a new one has from the start does not count."""
    return all(field.name not in group or _is_untouched(field, group[field.name]) for field in fields)


def _is_left_out(fields: Sequence[Field], group: Mapping[str, Any]) -> bool:
    """Return whether a group of a list is blank, or one that was stored and of which nothing typed remains.

    A stored group has a hidden name that a new one lacks. Where each group must have it, it says what the group is
    about, such as the application that a decision is on.
    """
    stored = any(field.kind is Kind.HIDDEN and not field.required and field.name in group for field in fields)
    typed = [field for field in fields if field.kind not in NOT_TYPED | {Kind.HIDDEN, Kind.YES_NO}]
    return is_blank(fields, group) or (stored and all(group.get(field.name) in (None, []) for field in typed))


def _is_untouched(field: Field, value: Any) -> bool:
    if field.kind is Kind.GROUP:
        return not isinstance(value, Mapping) or is_blank(field.fields, value)
    if field.kind is Kind.GROUPS:
        return all(is_blank(field.fields, group) for group in value)
    from_the_start = bool(field.default) if field.kind is Kind.YES_NO else field.default
    return field.kind is Kind.HIDDEN or value in ([], {}) or value == from_the_start


def _single(kind: Kind, typed: str, zone: str) -> Any:
    try:
        return READ[kind](typed, zone) if kind in READ else typed
    except (ValueError, OverflowError):
        return typed


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone. Raises ValueError if its name is unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as error:
        raise ValueError(f"unknown time zone: {name}") from error


def _amount(typed: str) -> Decimal:
    """Return an amount of money. Groups of three digits are thousands, because cents have two digits."""
    plain = "".join(typed.replace("€", "").split())
    grouped = THOUSANDS.match(plain)
    return _number(plain if grouped is None else SIGN.sub("", grouped[0]) + plain[grouped.end() :])


def _number(typed: str) -> Decimal:
    """Return a number as people type it. Raise ValueError: an exponent could make one that takes for ever."""
    plain = "".join(typed.replace("€", "").replace(",", ".").split())
    if not PLAIN_NUMBER.fullmatch(plain):
        raise ValueError("not a number")
    return Decimal(plain)


def _any_number(typed: str, _: str) -> Any:
    value = _number(typed)
    return int(value) if value == value.to_integral_value() else float(value)


def _cents(typed: str, _: str) -> Any:
    cents = _amount(typed) * 100
    return int(cents) if cents == cents.to_integral_value() else typed


def _euros(typed: str, _: str) -> Any:
    euros = _amount(typed)
    return int(euros) if euros == euros.to_integral_value() else typed


def _with_zone(typed: str, zone: str) -> str:
    """Return a local time with the offset that its zone has then; a day or a time with an offset as it is."""
    when = datetime.fromisoformat(typed)
    if when.tzinfo is not None or "T" not in typed:
        return typed
    return when.replace(tzinfo=zone_named(zone)).isoformat()


def _end(typed: str, zone: str) -> str:
    """Return an end like `_with_zone`; a day is included, so it ends with the first moment of the next day."""
    if "T" in typed:
        return _with_zone(typed, zone)
    return _start((datetime.fromisoformat(typed) + timedelta(days=1)).isoformat(), zone)


def _start(typed: str, zone: str) -> str:
    """Return a start like `_with_zone`; a day begins with its first moment."""
    return _with_zone(typed if "T" in typed else f"{typed}T00:00", zone)


READ: Mapping[Kind, Callable[[str, str], Any]] = {
    Kind.WHOLE: _any_number,
    Kind.NUMBER: _any_number,
    Kind.MONEY: _cents,
    Kind.YES_NO: lambda typed, _: typed in YES,
    Kind.YES_OR_NO: lambda typed, _: typed == "true",
    Kind.EUROS: _euros,
    Kind.MOMENT: _with_zone,
    Kind.START: _start,
    Kind.END: _end,
}
