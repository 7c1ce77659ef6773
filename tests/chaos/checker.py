"""The invariants of delivery: exact counts of what clients were promised and of what is stored."""

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from services.__main__ import listeners
from services.notifications.mailing.mailer import BATCH, WORKERS
from shared.settings import Settings
from tests.chaos.platform import SERVICES, Platform

CALL_PUBLISHED = "calls.call.published.v1"
MOVING = ["pending", "claimed", "handing"]


@dataclass(frozen=True)
class Finding:
    """One invariant: number, description, number of things counted, number of violations."""

    name: str
    words: str
    counted: int
    broken: int


Found = dict[str, Any]  # every service's database, by name


def drained(platform: Platform) -> bool:
    """Return whether no event, job or e-mail is pending."""
    with Databases(platform) as at:
        handled = all(heard(at, service) <= ids(at[service].inbox) | parked_events(at[service]) for service in SERVICES)
        return handled and not at_rest(platform, at)[1]  # in this order: a handled event may enqueue work


def check(platform: Platform) -> list[Finding]:
    """Check every invariant."""
    with Databases(platform) as at:
        rules: list[tuple[str, str, Callable[[], tuple[int, int]]]] = [
            ("I1", "every acknowledged write exists once", lambda: writes(platform, at)),
            ("I2", "one inbox row per listener and event", lambda: inboxes(at)),
            ("I3", "alerts are the eligible members, each once", lambda: alerts(platform, at)),
            ("I4", "no e-mail was seen twice", lambda: twice(platform)),
            ("I5", "every e-mail marked sent was seen", lambda: sent(platform, at)),
            ("I6", "ambiguous e-mails are bounded by the deaths", lambda: ambiguous(platform, at)),
            ("I7", "only poisoned messages are parked", lambda: parked(platform, at)),
            ("I8", "outbox, jobs and leases are empty", lambda: at_rest(platform, at)),
        ]
        return [Finding(name, words, *rule()) for name, words, rule in rules]


class Databases:
    """A context with the databases of all services, by name."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self._stack = platform, ExitStack()

    def __enter__(self) -> Found:
        return {name: self._stack.enter_context(self._platform.database(name)) for name in SERVICES}

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def heard(at: Found, listener: str) -> set[str]:
    """Return the ids of the events that a service must handle."""
    wanted = {"type": {"$in": listeners(Settings())[listener]}}
    return {row["_id"] for service in SERVICES for row in at[service].outbox.find(wanted, {"_id": 1})}


def ids(collection: Any) -> set[str]:
    return {row["_id"] for row in collection.find({}, {"_id": 1})}


def parked_events(database: Any) -> set[str]:
    return {row["event_id"] for row in database.parked.find({}, {"event_id": 1})}


def writes(platform: Platform, at: Found) -> tuple[int, int]:
    titles = [row["title"] for row in at["calls"].calls.find({"stage": "published"}, {"title": 1})]
    promised = [f"Mission {key}" for key in platform.promised.calls]
    events = at["calls"].outbox.count_documents({"type": CALL_PUBLISHED})
    return len(promised), differences(promised, titles) + abs(events - len(titles))


def inboxes(at: Found) -> tuple[int, int]:
    broken = counted = 0
    for service in SERVICES:
        events = heard(at, service)
        rows = ids(at[service].inbox)
        counted += len(rows)
        broken += len(events ^ rows)
    return counted, broken


def alerts(platform: Platform, at: Found) -> tuple[int, int]:
    """Compare the alerts with the promised members; the publisher follows all, but hears nothing of their own calls."""
    promised = platform.promised
    expected = (
        (member, f"call:{call}:published")
        for call, country in promised.calls.values()
        for member, follows in promised.members.items()
        if country in follows
    )
    rows = at["notifications"].alerts.find({"event_type": CALL_PUBLISHED}, {"member_id": 1, "occasion": 1})
    found = [(row["member_id"], row["occasion"]) for row in rows]
    return len(found), differences(expected, found)


def differences(expected: Iterable[Any], found: Iterable[Any]) -> int:
    """Return the number of items that are missing, unexpected or duplicated."""
    counts = Counter(expected)
    counts.subtract(found)
    return sum(map(abs, counts.values()))


def twice(platform: Platform) -> tuple[int, int]:
    counts = platform.site.sink.counts
    return len(counts), sum(number > 1 for number in counts.values())


def sent(platform: Platform, at: Found) -> tuple[int, int]:
    seen = {message_id.strip("<>").partition("@")[0] for message_id in platform.site.sink.counts}
    rows = [row["_id"] for row in at["notifications"].mails.find({"state": "sent"}, {"_id": 1})]
    return len(rows), len(set(rows) - seen)


def ambiguous(platform: Platform, at: Found) -> tuple[int, int]:
    found = at["notifications"].mails.count_documents({"state": "ambiguous"})
    return found, max(0, found - BATCH * WORKERS * platform.deaths)


def parked(platform: Platform, at: Found) -> tuple[int, int]:
    found = sum(at[service].parked.count_documents({}) for service in SERVICES)
    return found, abs(found - platform.promised.poison)


def at_rest(platform: Platform, at: Found) -> tuple[int, int]:
    waiting = sum(
        at[service].outbox.count_documents({"state": "pending"}) + at[service].jobs.count_documents({})
        for service in SERVICES
    )
    waiting += at["notifications"].mails.count_documents({"state": {"$in": MOVING}})
    counted = sum(at[service].outbox.count_documents({}) for service in SERVICES)
    return counted, waiting
