"""Places and money of a mission: what is promised to a traveller, and what is owed her (pure). Money is in cents."""

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, Field, StrictInt

from services.calls.terms import Budget, ByDay, ByRate, Mission, days_of
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


class Limits(NamedTuple):
    """The most that a mission can promise: places, and a budget in cents. None: no limit."""

    places: int | None
    budget: int | None

    def exceed(self, before: "Limits") -> bool:
        """Return whether more can be promised than before."""
        return any(had is not None and (has is None or has > had) for had, has in zip(before, self, strict=True))


def limits(mission: Mission, budget: Budget | None) -> Limits:
    """Return the limits that a call states."""
    total = budget.total if budget else None
    return Limits(mission.places, None if total is None else total * 100)


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
