"""More places or money for a mission (pure)."""

from datetime import datetime
from typing import Any

from pydantic import Field

from services.calls.terms import Budget, Euros, Mission, begun
from shared.errors import Invalid, NotFound, Refusal
from shared.models import Body


class More(Body):
    """How many places and how much money the mission has from now on, where it is more than before."""

    places: int | None = Field(None, ge=1, le=10_000, description="None: as many as before")
    budget: Euros | None = Field(None, description="Whole euros in total; None: as much as before")


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
    values: dict[str, Any] = {"mission": mission.replace(places=more.places or mission.places)}
    if budget and more.budget:
        values["budget"] = budget.replace(total=more.budget)
    return values
