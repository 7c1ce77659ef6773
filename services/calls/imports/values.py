"""Values as foreign files write them: days, amounts, lists, links (pure). A value that is none of these stays as it is.

The types of the fields check what is left, so that one table has all messages.
"""

import json
import math
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from services.calls.catalogue.deadlines.domain import BRUSSELS
from services.calls.imports.cleaning import clean_line, clean_text
from shared.parsing import parsed

EXCEL_DAY_0 = date(1899, 12, 30)
EXCEL_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")  # from 1927 to 2173
EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")  # seconds or milliseconds, from 1973 on
TIME_OF_DAY = re.compile(r"[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})\b.*$", re.S)
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
PLAIN = re.compile(r"(-?\d+)(?:[.,]0*)?")
NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "null", "nan"}
HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/:?#].*)?", re.I)


def as_day(value: Any) -> Any:
    """Return the day of ISO 8601, d/m/y, names of months, seconds or milliseconds since 1970, or an Excel serial."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = " ".join(str(value).split())
    if EXCEL_SERIAL.fullmatch(text):
        return EXCEL_DAY_0 + timedelta(days=int(float(text)))
    if found := EPOCH.fullmatch(text):
        seconds = int(found[1]) / (1000 if len(found[1]) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(BRUSSELS)).date()
    moment = _moment(text)
    return moment.date() if moment else _written(TIME_OF_DAY.sub("", text)) or value


def as_time(value: Any) -> str | None:
    """Return the time of day in Brussels, such as 17:00; midnight at the start of a day stands for no time."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    moment = _moment(text)
    if moment:
        own = datetime.fromisoformat(text)
        return None if time() in (own.time(), moment.time()) else f"{moment:%H:%M}"
    written = TIME_OF_DAY.search(text)
    if not written or not (1 <= int(written["hour"]) <= 24 and int(written["minute"]) < 60):
        return None
    return f"{int(written['hour']):02}:{written['minute']}" if int(written["hour"]) < 24 else "23:59"


def _moment(text: str) -> datetime | None:
    """Return a time in ISO 8601 as it is in Brussels; without an offset, it is that of Brussels."""
    try:
        moment = parsed(datetime.fromisoformat, text)
        return parsed(lambda _: moment.astimezone(ZoneInfo(BRUSSELS)), text) if moment.tzinfo else moment
    except ValueError:
        return None


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
    if text.lower() in NOTHING:
        return None
    if grouped := GROUPED.fullmatch(text):
        whole = re.sub(r"[.,]0{1,2}$", "", text)
        return re.sub(r"\D", "", whole) if grouped[1] else whole
    plain = PLAIN.fullmatch(text)
    return plain[1] if plain else value


def as_list(value: Any) -> Any:
    """Return the items of a list, of a list in JSON inside a text, or of a text with commas or semicolons."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = parsed(json.loads, value)
        except ValueError:
            value = value.strip(" []")
    if isinstance(value, str):
        value = value.split("," if "," in value else ";")
    if not isinstance(value, list):
        return value
    lines = [clean_line(item) if isinstance(item, str) else item for item in value]
    return [line for line in lines if line != ""]


def as_link(value: Any) -> Any:
    """Return an address with its scheme, which some sources leave out."""
    text = value.strip() if isinstance(value, str) else value
    return f"https://{text}" if isinstance(text, str) and HOST.fullmatch(text) else text


def as_line(value: Any) -> Any:
    """Return a text, or the items of a list, as one clean line."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # a column of names may have a number
    return clean_line(value) if isinstance(value, str) else value


def as_text(value: Any) -> Any:
    """Return a text of several clean lines."""
    return clean_text(value) if isinstance(value, str) else value


OneLine = Annotated[str, BeforeValidator(as_line)]
Text = Annotated[str, BeforeValidator(as_text)]
Items = Annotated[list[str], BeforeValidator(as_list)]
Address = Annotated[str, BeforeValidator(as_link)]
ForeignDay = BeforeValidator(as_day)
ForeignTime = BeforeValidator(as_time)
ForeignEuros = BeforeValidator(as_euros)
