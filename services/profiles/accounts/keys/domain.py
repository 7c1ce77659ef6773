"""When the key that signed access tokens ends (pure)."""

from datetime import datetime, timedelta

from services.profiles.accounts.tokens.domain import LONGEST_DAYS

# The longest token, and a day for requests that began before the rotation and for clocks that differ.
LONGEST = timedelta(days=LONGEST_DAYS + 1)


def end_of_key(now: datetime, *, at_once: bool) -> datetime:
    """Return when a key that is replaced now ends: with its last token, or at once if it leaked."""
    return now if at_once else now + LONGEST
