"""Places and money of a mission: what is promised to a traveller, and what is owed her (pure). Money is in cents."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictInt

from services.calls.offer import Budget, ByDay, ByRate, Euros, Mission
from shared.errors import Invalid, NotFound, Refusal
from shared.models import Body, Document

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


class More(Body):
    """How many places and how much money the mission has from now on, where it is more than before."""

    places: int | None = Field(None, ge=1, le=10_000, description="None: as many as before")
    budget: Euros | None = Field(None, description="Whole euros in total; None: as much as before")


class NoPlacesLeft(Refusal):
    """Every place of the mission is taken."""


class BudgetExhausted(Refusal):
    """What is left of the budget is less than what would be promised."""


class CommitmentMissing(Invalid):
    """A rate without a cap promises nothing definite: say how much at most."""


class CommitmentTooHigh(Invalid):
    """More than the mission's cost scheme gives."""


class NotMore(Invalid):
    """Places and money may become more here; nobody loses what was promised."""


class MissionBegun(Refusal):
    """Who travels, travels."""


def with_more(mission: Mission | None, budget: Budget | None, more: More, now: datetime) -> dict[str, Any]:
    """What a call keeps of it. Raises NotFound, MissionBegun, NotMore."""
    if mission is None:
        raise NotFound("this call is no mission")
    if begun(mission, now):
        raise MissionBegun("the mission has begun: nobody can join any more", field="mission.starts_on")
    total = budget.total if budget else None
    for name, had, has in (("places", mission.places, more.places), ("budget", total, more.budget)):
        if has is not None and (had is None or has < had):
            raise NotMore(f"it has {'no limit' if had is None else had}: say more, or nothing", field=name)
    if (more.places or mission.places, more.budget or total) == (mission.places, total):
        raise NotMore("say how many places or how much money there is from now on", field="places")
    values: dict[str, Any] = {"mission": mission.model_copy(update={"places": more.places or mission.places})}
    if budget and more.budget:
        values["budget"] = budget.model_copy(update={"total": more.budget})
    return values


def limits(mission: Mission, budget: Budget | None) -> dict[str, int | None]:
    """What a ledger keeps of it: places, and cents."""
    total = budget.total if budget else None
    return {"places": mission.places, "budget": None if total is None else total * 100}


def grew(before: int | None, after: int | None) -> bool:
    """Whether a limit is above what it was, or is gone."""
    return before is not None and (after is None or after > before)


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
