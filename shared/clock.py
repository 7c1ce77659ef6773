"""Business time, which can be set and travelled; leases, tokens and retries use `real_now`."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def real_now() -> datetime:
    """The machine's time in UTC, cut to the millisecond that MongoDB keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


class Clock:
    """Business time: real time shifted so that it began at `start`."""

    def __init__(self, start: datetime | None = None) -> None:
        self._shift = start - real_now() if start else timedelta()

    def now(self) -> datetime:
        now = real_now() + self._shift
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def travel(self, by: timedelta) -> None:
        self._shift += by


def moment(when: datetime, zone: str = "UTC") -> str:
    """A time as people say it, in its own zone: 30 June 2016, 17:00 CEST."""
    local = when.astimezone(ZoneInfo(zone))
    return f"{local.day} {local:%B %Y, %H:%M %Z}"
