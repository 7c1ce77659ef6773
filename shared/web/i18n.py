"""The languages of pages: gettext catalogues, the language of a request, dates and names as its readers write them.

A text that people read is written in English, marked by `_` and translated when it is shown:

    TITLE = _("Extend the deadline")        in a module: marks the text
    {{ _("Apply") }}                        in a template: marks and translates it
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, get_timezone_name
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal
from babel.support import NullTranslations, Translations

from shared.clock import whole_days
from shared.forms.reading import BRUSSELS
from shared.sentences import CountryName, Late, LocalTime, Sentence, _, formed, language
from shared.vocabulary import country_name as english_country_name

__all__ = ["_", "language"]
ROOT = Path(__file__).parent.parent.parent
ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "fr": "Français", "de": "Deutsch"}
SHORT_ZONES = {ENGLISH, "de"}  # CLDR has letters such as CEST for them; for French, some are wrong
DAYS = {ENGLISH: "EEEE d MMMM y", "fr": "EEEE d MMMM y", "de": "EEEE, d. MMMM y"}  # patterns of CLDR
FIRST = re.compile(r"(?<!\d)1(?= [^\W\d])")
MOST_ACCEPTED = 20  # languages of an Accept-Language header that are read


class Translator(Formatter):
    """Forms a sentence in the language of this request from its parts, each as that language writes it."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a part in words."""
        if isinstance(value, Late):
            return translated(value)
        if isinstance(value, date):
            return day_in_words(value)
        return number(value) if format_spec == "," else str(super().format_field(value, format_spec))


def translated(text: str) -> str:
    """Return a marked text in the language of this request."""
    if not text or language.get() == ENGLISH:
        return str(text)
    if isinstance(text, LocalTime):
        return (end_in_words if text.is_end else time_in_words)(text.when, text.zone)
    if isinstance(text, CountryName):
        return country_name(text.code)
    if isinstance(text, Sentence):
        return formed(Translator(), catalogue(language.get()).ugettext(text.pattern), text.parts)
    return catalogue(language.get()).ugettext(text)


def person_name(name: str) -> str:
    """Return the name of a person as it is; words that stand for one, such as "a former member", are translated."""
    return translated(name) if isinstance(name, Late) else name


def translated_number(one: str, many: str, number: int) -> str:
    """Return the form of a marked text for a number, in the language of this request."""
    return catalogue(language.get()).ungettext(one, many, number)


@cache
def catalogue(code: str) -> NullTranslations:
    """Return all translations into a language: those of the pages' frame and of the installed services."""
    merged = NullTranslations()
    for path in [] if code == ENGLISH else catalogue_files(code):
        compiled = BytesIO()
        with path.open("rb") as file:
            write_mo(compiled, read_po(file, locale=code))
        compiled.seek(0)
        found = Translations(compiled)
        merged = found if type(merged) is NullTranslations else merged.merge(found)  # type: ignore[attr-defined]
    return merged


def catalogue_files(code: str) -> list[Path]:
    """Return the files with translations into a language."""
    services = sorted((ROOT / "services").glob(f"*/translations/{code}.po"))
    return [path for path in [ROOT / "shared" / "web" / "translations" / f"{code}.po", *services] if path.exists()]


def choose(chosen: str | None, accepted: str) -> str:
    """Return the language that a person chose, or else the first one that their browser accepts."""
    if chosen in LANGUAGES:
        return chosen
    return negotiate_locale(_preferred(accepted), list(LANGUAGES), sep="-") or ENGLISH


def _preferred(accepted: str) -> Sequence[str]:
    """Return the languages of an Accept-Language header, the best first (RFC 9110, section 12.5.4)."""
    weighted = []
    for position, part in enumerate(accepted.split(",")[:MOST_ACCEPTED]):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighted.append((-float(weight or 1), position, tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(weighted) if weight < 0]


@cache
def locale_of(code: str) -> Locale:
    """Return the names and formats of a language."""
    return Locale.parse("en_GB" if code == ENGLISH else code)


def locale() -> Locale:
    """Return the names and formats of this request's language."""
    return locale_of(language.get())


def country_name(code: str) -> str:
    """Return the name of a country in the language of this request."""
    if language.get() == ENGLISH:
        return english_country_name(code)
    return locale().territories.get(code) or english_country_name(code)


def day_in_words(when: date | datetime, zone: str = BRUSSELS) -> str:
    """Return a day in a zone: 30 June 2016."""
    local = when.astimezone(ZoneInfo(zone)) if isinstance(when, datetime) else when
    return _day(local, "long")


def time_in_words(when: datetime, zone: str = BRUSSELS) -> str:
    """Return a time in a zone: Thursday, 30 June 2016 at 17:00, Brussels time."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{_time(local)} {zone_in_words(local)}"


def _day(day: date, form: str) -> str:
    return _as_written(format_date(day, form, locale=locale()))


def _time(local: datetime) -> str:
    return _as_written(format_datetime(local, f"{DAYS[language.get()]}, HH:mm", locale=locale()))


def _as_written(text: str) -> str:
    """Return a day as its language writes it: in French the first of a month is "1er", which Babel leaves out."""
    return FIRST.sub("1er", text) if language.get() == "fr" else text


def zone_in_words(local: datetime) -> str:
    """Return the name of a time's zone: CEST. Where the language has no such letters, in words: (heure du Japon)."""
    name = get_timezone_name(local, "short", locale=locale())
    if name in {"UTC", "TU"} or local.tzname() == "UTC":
        return "UTC"
    if name.isalpha() and language.get() in SHORT_ZONES:
        return name
    return f"({get_timezone_name(local, 'long', locale=locale())})"


def clock_in_words(when: datetime, zone: str = BRUSSELS) -> str:
    """Return the time of day in a zone, to the millisecond where it has one: 23:59:00, or 14:05:31.250."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M:%S}" + (f".{local.microsecond // 1000:03}" if local.microsecond else "")


def instant(when: datetime | str) -> str:
    """Return a time for operators, to the second, in UTC; also one that comes as JSON."""
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return f"{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S} UTC"


def period_in_words(starts_at: datetime, ends_at: datetime, zone: str = BRUSSELS) -> str:
    """Return a period in a zone: Wednesday 1 June 2016, 09:00 to 17:00 CEST; whole days have no hours."""
    if days := whole_days(starts_at, ends_at, zone):
        first, last = (_day(each, DAYS[language.get()]) for each in days)
        return first if first == last else translated(_("%(first)s to %(last)s")) % {"first": first, "last": last}
    first, last = (_time(each.astimezone(ZoneInfo(zone))) for each in (starts_at, ends_at))
    if first.rpartition(",")[0] == last.rpartition(",")[0]:
        last = last.rpartition(", ")[2]
    name = zone_in_words(ends_at.astimezone(ZoneInfo(zone)))
    return f"{translated(_('%(first)s to %(last)s')) % {'first': first, 'last': last}} {name}"


def end_in_words(when: datetime, zone: str = BRUSSELS) -> str:
    """Return an end in a zone; midnight is the end of the day before, which has no time: 30 June 2016."""
    local = when.astimezone(ZoneInfo(zone))
    if local.time() == time():
        return day_in_words(local.date() - timedelta(days=1))
    return time_in_words(when, zone)


def number(value: float) -> str:
    """Return a number: 1,234.5."""
    return _number(value, language.get())


@lru_cache(4096)
def _number(value: float, code: str) -> str:
    return format_decimal(value, locale=locale_of(code))


def money(cents: int, currency: str = "EUR") -> str:
    """Return an amount of cents: €1,234.50; whole euros have no cents."""
    pattern = locale().currency_formats["standard"].pattern
    if cents % 100 == 0:
        pattern = pattern.replace(".00", "")
    return format_currency(Decimal(cents) / 100, currency, pattern, locale=locale(), currency_digits=False)
