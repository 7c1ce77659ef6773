"""Business time, which can be set and moved; leases, tokens and retries use `real_now`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


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
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def day(when: datetime, zone: str = "UTC") -> str:
    """Return the day of a time for people, in a time zone: 30 June 2016."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y}"
