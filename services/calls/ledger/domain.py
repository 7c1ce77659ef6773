"""Places and money of a mission: limits, commitments and the amount due to a participant (pure). Money is in cents."""

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, Field, StrictInt

from services.calls.terms import Budget, ByDay, ByRate, Mission, days_of
from shared.errors import Invalid, Refusal
from shared.models import Document
from shared.sentences import _

MOST_CENTS = 100_000_000_000
Cents = Annotated[StrictInt, Field(ge=0, le=MOST_CENTS, json_schema_extra={"format": "cents"})]


class Money(BaseModel):
    """An amount of money in an API response."""

    cents: int
    currency: Literal["EUR"] = "EUR"


class Ledger(Document):
    """Limits of a mission and what is used of them. Its id is the id of the call. A limit of None: unlimited."""

    places: int | None = None
    taken: int = 0
    budget: int | None = None
    committed: int = 0
    approved: int = 0
    paid: int = 0

    @property
    def places_left(self) -> int | None:
        """Number of places left; None if places are unlimited."""
        return None if self.places is None else max(self.places - self.taken, 0)

    @property
    def budget_left(self) -> int | None:
        """Cents of the budget that are not committed; None if the budget is unlimited."""
        return None if self.budget is None else max(self.budget - self.committed, 0)


class NoPlacesLeft(Refusal):
    """Fewer places are left than are needed."""


class BudgetExhausted(Refusal):
    """Less money is left than is needed."""


class CommitmentMissing(Invalid):
    """The cost scheme has no cap, so the amount to set aside must be given."""


class CommitmentTooHigh(Invalid):
    """The amount to set aside is above the cap of the cost scheme."""


class Limits(NamedTuple):
    """The most that a mission can commit: places, and a budget in cents. None: no limit."""

    places: int | None
    budget: int | None

    def exceed(self, before: "Limits") -> bool:
        """Return whether more can be committed than before."""
        return any(had is not None and (has is None or has > had) for had, has in zip(before, self, strict=True))


def limits(mission: Mission, budget: Budget | None) -> Limits:
    """Return the limits that a call states."""
    total = budget.total if budget else None
    return Limits(mission.places, None if total is None else total * 100)


def highest_commitment(mission: Mission) -> int | None:
    """Return the most cents that the cost scheme pays one participant; None if it has no cap."""
    match mission.costs:
        case ByRate(cap=cap):
            return None if cap is None else cap * 100
        case ByDay(per_day=per_day, most_days=most_days):
            return per_day * 100 * min(most_days, days_of(mission))
    return 0


def commitment_for(mission: Mission, requested: int | None) -> int:
    """Return the cents to set aside for one participant. Raises CommitmentMissing, CommitmentTooHigh."""
    highest = highest_commitment(mission)
    if requested is None:
        if highest is None:
            raise CommitmentMissing(
                _("The cost scheme of this mission has no cap. Enter the amount to set aside, in cents."),
                field="commitment",
            )
        return highest
    if highest is not None and requested > highest:
        raise CommitmentTooHigh(
            _("The cost scheme of this mission pays at most {amount}. Enter a lower amount.", amount=in_euros(highest)),
            field="commitment",
        )
    return requested


def amount_due(mission: Mission, costs: int, days: int, commitment: int) -> int:
    """Return the cents due for `costs` cents paid and `days` away: rounded down, at most the commitment."""
    match mission.costs:
        case ByRate(percent=percent):
            due = costs * percent // 100
        case ByDay(per_day=per_day):
            due = per_day * 100 * days
        case _:
            due = 0
    return min(due, commitment)


def in_euros(cents: int) -> str:
    """Return an amount as people write it: 1,234.50 euros."""
    return _("{amount} euros", amount=f"{cents // 100:,}.{cents % 100:02}")
