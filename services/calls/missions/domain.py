"""Places and money of a mission: what is promised to a traveller, and what is owed her (pure). Money is in cents."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictInt

from services.calls.offer import ByDay, ByRate, Mission
from shared.errors import Invalid, Refusal
from shared.models import Document

MOST_CENTS = 100_000_000_000
Cents = Annotated[StrictInt, Field(ge=0, le=MOST_CENTS)]


class Money(BaseModel):
    """An amount as it is shown."""

    cents: int
    currency: Literal["EUR"] = "EUR"


class Ledger(Document):
    """What a mission has and what of it is gone. Its id is the call's. None: no limit was said."""

    places: int | None = None
    taken: int = 0
    budget: int | None = None
    committed: int = 0
    approved: int = 0
    paid: int = 0

    @property
    def places_left(self) -> int | None:
        return None if self.places is None else max(self.places - self.taken, 0)

    @property
    def budget_left(self) -> int | None:
        return None if self.budget is None else max(self.budget - self.committed, 0)


class NoPlacesLeft(Refusal):
    """Every place of the mission is taken."""


class BudgetExhausted(Refusal):
    """What is left of the budget is less than what would be promised."""


class CommitmentMissing(Invalid):
    """A rate without a cap promises nothing definite: say how much at most."""


class CommitmentTooHigh(Invalid):
    """More than the mission's cost scheme gives."""


def days_of(mission: Mission) -> int:
    return (mission.ends_on - mission.starts_on).days + 1


def most_promised(mission: Mission) -> int | None:
    """The most that the scheme gives one traveller; None where it has no cap."""
    match mission.costs:
        case ByRate(cap=cap):
            return None if cap is None else cap * 100
        case ByDay(per_day=per_day, most_days=most_days):
            return per_day * 100 * min(most_days, days_of(mission))
    return 0


def promised(mission: Mission, asked: int | None) -> int:
    """What is set aside for one traveller. Raises CommitmentMissing, CommitmentTooHigh."""
    most = most_promised(mission)
    if asked is None and most is None:
        raise CommitmentMissing("the rate has no cap: say how many cents are set aside", field="commitment")
    if asked is not None and most is not None and asked > most:
        raise CommitmentTooHigh(f"the cost scheme gives at most {most} cents", field="commitment")
    return asked if asked is not None else most or 0


def due(mission: Mission, costs: int, days: int, commitment: int) -> int:
    """What is owed for `costs` cents paid and `days` away, never above the commitment; parts of a cent are not owed."""
    match mission.costs:
        case ByRate(percent=percent):
            owed = costs * percent // 100
        case ByDay(per_day=per_day):
            owed = per_day * 100 * days
        case _:
            owed = 0
    return min(owed, commitment)


def begun(mission: Mission, now: datetime) -> bool:
    return mission.starts_on <= today(now)


def over(mission: Mission, now: datetime) -> bool:
    return mission.ends_on < today(now)


def today(now: datetime) -> date:
    """The day in UTC: a mission's days are whole days, wherever they are spent."""
    return now.date()
