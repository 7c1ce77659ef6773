"""Higher limits for the places and the money of a mission (pure)."""

from datetime import datetime

from pydantic import Field

from services.calls.catalogue.domain import Call
from services.calls.terms import Euros, begun
from shared.errors import Invalid, NotFound, Refusal
from shared.models import Body
from shared.sentences import _


class HigherLimits(Body):
    """Places and budget of a mission from now on; at least one of them is higher than before."""

    places: int | None = Field(None, ge=1, le=10_000, description="Places in total; null: as many as before")
    budget: Euros | None = Field(None, description="Whole euros in total; null: as much as before")


class LimitsNotRaised(Invalid):
    """The new limits are not higher than the old ones."""


class MissionStarted(Refusal):
    """The mission has started, so its limits can no longer change."""


def with_higher_limits(call: Call, limits: HigherLimits, now: datetime) -> Call:
    """Return the call with more places, more money or both. Raises NotFound, MissionStarted, LimitsNotRaised."""
    mission, budget = call.mission, call.budget
    if mission is None:
        raise NotFound(_("This call is not a mission, so it has no places."))
    if begun(mission, now):
        raise MissionStarted(_("The mission has started; its places can no longer change."), field="mission.starts_on")
    total = budget.total if budget else None
    _check_not_lower("places", mission.places, limits.places)
    _check_not_lower("budget", total, limits.budget)
    places, new_total = limits.places or mission.places, limits.budget or total
    if (places, new_total) == (mission.places, total):
        raise LimitsNotRaised(_("Enter more places or a higher budget than the mission has now."), field="places")
    if budget and limits.budget:
        budget = budget.replace(total=limits.budget)
    return call.replace(mission=mission.replace(places=places), budget=budget, updated_at=now)


def _check_not_lower(field: str, before: int | None, after: int | None) -> None:
    if after is None:
        return
    if before is None:
        raise LimitsNotRaised(_("This mission has no such limit. Leave this field out."), field=field)
    if after < before:
        raise LimitsNotRaised(
            _("The limit is {before:,} now. Enter at least as much, or leave it out.", before=before), field=field
        )
