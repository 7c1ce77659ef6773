"""The status of a call by the clock: one ordered table of conditions, for Python and for MongoDB (pure)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from services.calls.catalogue.conditions import AllOf, AnyOf, Condition, ahead, any_within, flagged, missing, passed


class Stage(StrEnum):
    """Stage of a call by its publisher's actions; the status also depends on the clock."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    """A call's stage; of a published call, where it stands by the clock."""

    DRAFT = "draft"
    FORTHCOMING = "forthcoming"
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Staged(Protocol):
    """A call, as far as the first step of the rule needs it."""

    @property
    def stage(self) -> Stage: ...


CLOSING_SOON = timedelta(days=7)

# Of a published call, the first condition that holds decides.
TABLE: Mapping[Status, Condition] = {
    Status.CLOSED: ~missing("closed_at") | passed("closes_at"),
    Status.FORTHCOMING: ahead("opens_at") | (missing("opens_at") & flagged("forthcoming")),
    Status.CLOSING_SOON: any_within("cut_offs", "deadline", CLOSING_SOON),
    Status.OPEN: AllOf(),
}


def status(call: Staged, now: datetime) -> Status:
    """Return the status of a call at a time."""
    if call.stage is not Stage.PUBLISHED:
        return Status(call.stage)
    return next(status for status, condition in TABLE.items() if condition.holds(call, now))


def status_query(wanted: Status, now: datetime) -> Mapping[str, Any]:
    """Return the query for published calls of a status: its condition holds, and none that comes before it."""
    return _condition(wanted).query(now)


def _condition(wanted: Status) -> Condition:
    order = list(TABLE)
    earlier = order[: order.index(wanted)]
    return AllOf((*(~TABLE[status] for status in earlier), TABLE[wanted]))


def statuses_query(wanted: Sequence[Status], now: datetime) -> Mapping[str, Any]:
    """Return the query for published calls of one of several statuses."""
    order = list(TABLE)
    others = [status for status in order if status not in wanted]
    if others == order[: len(others)]:  # the last ones of the table: none of the conditions before them holds
        return AllOf(tuple(~TABLE[status] for status in others)).query(now)
    return AnyOf(tuple(_condition(status) for status in order if status in wanted)).query(now)


def running(now: datetime) -> Mapping[str, Any]:
    """Return the query for published calls that have not closed."""
    return (~TABLE[Status.CLOSED]).query(now)


def status_expression(now: datetime) -> Mapping[str, Any]:
    """Return the aggregation expression for the status of a published call."""
    branches = [{"case": condition.expression(now), "then": str(status)} for status, condition in TABLE.items()]
    return {"$switch": {"branches": branches}}
