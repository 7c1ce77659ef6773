"""Days, times and their zones, as people of a language write them."""

from datetime import UTC, datetime

import pytest

from shared.sentences import language
from shared.web.i18n import day_in_words, period_in_words, time_in_words

SUMMER, WINTER = datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 12, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "when", "zone", "end"),
    [
        ("en", SUMMER, "Europe/Brussels", "12:00 CEST"),
        ("en", WINTER, "Europe/Helsinki", "12:00 EET"),
        ("en", SUMMER, "America/Sao_Paulo", "07:00 (Brasilia Standard Time)"),
        ("de", SUMMER, "Europe/Brussels", "12:00 MESZ"),
        ("de", SUMMER, "Europe/London", "11:00 (Britische Sommerzeit)"),
        ("fr", SUMMER, "Europe/Brussels", "12:00 (heure d’été d’Europe centrale)"),
        ("fr", WINTER, "Europe/Brussels", "11:00 (heure normale d’Europe centrale)"),
        ("fr", WINTER, "Europe/Helsinki", "12:00 (heure normale d’Europe de l’Est)"),
        ("fr", SUMMER, "UTC", "10:00 UTC"),
        ("de", SUMMER, "UTC", "10:00 UTC"),
    ],
)
def test_a_zone_is_named_and_never_an_offset(code: str, when: datetime, zone: str, end: str) -> None:
    kept = language.set(code)
    try:
        assert time_in_words(when, zone).endswith(f" {end}")
        assert period_in_words(when, when.replace(minute=1), zone).endswith(end.partition(" ")[2])
    finally:
        language.reset(kept)


def test_the_first_of_a_month_is_written_as_the_language_does() -> None:
    kept = language.set("fr")
    try:
        assert day_in_words(WINTER) == "1er décembre 2026"
        assert time_in_words(SUMMER).startswith("mercredi 1er juillet 2026, 12:00")
        assert day_in_words(datetime(2026, 12, 11, tzinfo=UTC)) == "11 décembre 2026"
    finally:
        language.reset(kept)
