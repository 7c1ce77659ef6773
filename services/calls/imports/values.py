"""Values as foreign files write them: days and amounts (pure). A value that is none of these stays as it is.

The types of the fields check what is left, so that one table has all messages.
"""

import math
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from services.calls.catalogue.deadlines.domain import BRUSSELS, PLACES
from shared.imports.cleaning import NOTHING
from shared.parsing import parsed

EXCEL_DAY_0 = date(1899, 12, 30)
EXCEL_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # from 1927 to 2173
EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")  # seconds or milliseconds, from 1973 on
WRITTEN = re.compile(
    r"(?P<day>.*?\w)(?:,? at |[T ,]+)(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r" ?(?:(?P<half>[ap])\.?m\b\.?)?[ ,([]*(?P<zone>[^\])]*)[\])]?",
    re.I,
)
# What stands behind a time for clocks in Brussels: calls write "CET" in summer, too.
BRUSSELS_CLOCKS = {"", "brussels", "brussels time", "brussels local time", "local time", "cet", "cest", "cet/cest"}
DAY_FORMS = [
    re.compile(r"(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"),
    re.compile(r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)"),
    re.compile(r"(?:[a-z]+,? )?(?P<d>\d{1,2})(?:[a-z]{2})?[ -](?:of )?(?P<name>[a-z]{3,9})\.?,?[ -](?P<y>\d{4})", re.I),
    re.compile(r"(?:[a-z]+, )?(?P<name>[a-z]{3,9})\.? (?P<d>\d{1,2})(?:[a-z]{2})?,? (?P<y>\d{4})", re.I),
]
MONTHS = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
CURRENCY = re.compile(r"€|EUR(?:OS?)?", re.I)
GROUPED = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*(?:[.,]0{1,2})?")
PLAIN = re.compile(r"(-?\d+)(?:\.0*|,0{0,2})?")
NO_AMOUNT = {"", "na", *NOTHING}


def as_day(value: Any) -> Any:
    """Return the day of ISO 8601, d/m/y, names of months, seconds or milliseconds since 1970, or an Excel serial."""
    moment = _moment(value)
    return value if moment is None else moment.astimezone(ZoneInfo(BRUSSELS)).date()


def as_time(value: Any) -> str | None:
    """Return the time of day in Brussels, such as 17:00; midnight at the start of a day stands for no time."""
    moment = _moment(value)
    local = moment and moment.astimezone(ZoneInfo(BRUSSELS))
    if moment is None or local is None or time() in (moment.time(), local.time()):
        return None
    return f"{local:%H:%M}"


def _moment(value: Any) -> datetime | None:
    """Return a day with its time, if it has one, in its zone, or else in that of Brussels."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = " ".join(str(value).split())
    if EXCEL_SERIAL.fullmatch(text):
        moment = datetime.combine(EXCEL_DAY_0, time()) + timedelta(minutes=round(float(text) * 1440))
        return moment.replace(tzinfo=ZoneInfo(BRUSSELS))
    if found := EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(found[1]) / (1000 if len(found[1]) > 10 else 1), UTC)
    try:
        return parsed(_written_anyhow, text)
    except ValueError:
        return None


def _written_anyhow(text: str) -> datetime:
    """Return a day of any form with its time and zone. Raises ValueError, also if Brussels has no such time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _written_moment(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(BRUSSELS))
    moment.astimezone(ZoneInfo(BRUSSELS))
    return moment


def _written_moment(text: str) -> datetime:
    """Return a day, or a day and a time. Raises ValueError for a time that does not exist and an unknown zone."""
    if day := _written(text):
        return datetime.combine(day, time())
    found = WRITTEN.fullmatch(text)
    day = _written(found["day"]) if found else None
    if found is None or day is None:
        raise ValueError("no day")
    hour, minute = int(found["hour"]), int(found["minute"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    if (hour, minute, int(found["second"] or 0)) == (24, 0, 0):
        hour, minute = 23, 59
    return datetime.combine(day, time(hour, minute, tzinfo=_zone(found["zone"].strip())))


def _zone(name: str) -> tzinfo | None:
    """Return the zone behind a time; None: Brussels. Raises ValueError."""
    if name.lower() in BRUSSELS_CLOCKS:
        return None
    if name.upper() in ("Z", "UTC", "GMT"):
        return UTC
    if name in PLACES:
        return ZoneInfo(name)
    return datetime.strptime(name, "%z").tzinfo  # +02:00


def _written(text: str) -> date | None:
    found = next(filter(None, (form.fullmatch(text) for form in DAY_FORMS)), None)
    if found is None:
        return None
    parts = found.groupdict()
    month = int(parts["m"]) if parts.get("m") else _month(parts["name"])
    try:
        return date(int(parts["y"]), month, int(parts["d"]))
    except ValueError:
        return None


def _month(name: str) -> int:
    """Return the number of a month by its English name or at least three letters of it; 0 if there is none."""
    return next((number for number, full in enumerate(MONTHS, 1) if full.startswith(name.lower())), 0)


def as_euros(value: Any) -> Any:
    """Return a whole amount without its currency and the separators between thousands."""
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value.is_integer() else value
    if not isinstance(value, str):
        return value
    text = " ".join(CURRENCY.sub("", value).replace("'", " ").replace("’", " ").split())
    if text.lower() in NO_AMOUNT:
        return None
    if grouped := GROUPED.fullmatch(text):
        whole = re.sub(r"[.,]0{1,2}$", "", text)
        return re.sub(r"\D", "", whole) if grouped[1] else whole
    plain = PLAIN.fullmatch(text)
    return plain[1] if plain else value


ForeignDay = BeforeValidator(as_day)
ForeignTime = BeforeValidator(as_time)
ForeignEuros = BeforeValidator(as_euros)
