"""Business time, which can be set and moved; leases, tokens and retries use `real_now`."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.sentences import LocalTime


def real_now() -> datetime:
    """Return the machine's time in UTC, cut to milliseconds as MongoDB stores them."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Clock:
    """Business time: real time with a shift, so that it begins at `start`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - real_now() if start else timedelta()

    def now(self) -> datetime:
        now = real_now() + self._shift
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def travel(self, delta: timedelta) -> None:
        """Move business time forward."""
        self._shift += delta


def moment(when: datetime, zone: str = "UTC") -> str:
    """Return a time for people, in a time zone: 30 June 2016, 17:00 CEST."""
    local = when.astimezone(ZoneInfo(zone))
    return LocalTime(f"{local.day} {local:%B %Y, %H:%M %Z}", when, zone)


def until(when: datetime, zone: str = "UTC") -> str:
    """Return an end for people, in a time zone; midnight is the end of the day before: 30 June 2016, 24:00 CEST."""
    local = when.astimezone(ZoneInfo(zone))
    if local.time() != time():
        return moment(when, zone)
    return LocalTime(f"{in_words(local.date() - timedelta(days=1))}, 24:00 {local:%Z}", when, zone, is_end=True)


def day(when: datetime, zone: str = "UTC") -> str:
    """Return the day of a time for people, in a time zone: 30 June 2016."""
    return in_words(when.astimezone(ZoneInfo(zone)).date())


def period(starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """Return a period for people, in a time zone; whole days have no hours."""
    if (days := whole_days(starts_at, ends_at, zone)) is None:
        return f"from {moment(starts_at, zone)} to {until(ends_at, zone)}"
    first, last = (in_words(each) for each in days)
    return f"on {first}" if first == last else f"from {first} to {last}"


def whole_days(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[date, date] | None:
    """Return the first and the last day of a period that goes from midnight to midnight in a time zone."""
    first, after = starts_at.astimezone(ZoneInfo(zone)), ends_at.astimezone(ZoneInfo(zone))
    if first.time() != time() or after.time() != time():
        return None
    return first.date(), after.date() - timedelta(days=1)


def in_words(when: date) -> str:
    """Return a day for people: 30 June 2016."""
    return f"{when.day} {when:%B %Y}"
