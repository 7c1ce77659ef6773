"""Places and the waiting list (pure): first come, first served; nobody is passed over, no place is given twice."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.calls.gatherings.domain import Gathering, Stage
from shared.errors import Invalid, NotFound, Refusal
from shared.models import Versioned


class State(StrEnum):
    REGISTERED = "registered"  # has a place
    WAITING = "waiting"
    DECLINED = "declined"  # a place came from the waiting list, and she could not take it
    LEFT = "left"
    CANCELLED = "cancelled"  # the gathering was


LIVE = (State.REGISTERED, State.WAITING)


class Places(Versioned):
    """Of one gathering, and under its id. Every change of a registration changes this too: none overtakes another."""

    capacity: int | None = None
    taken: int = 0
    waiting: int = 0
    numbers: int = 0  # given out so far

    @property
    def free(self) -> int | None:
        """None: as many as come."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def promotable(self) -> int:
        """How many of those who wait have a place now."""
        return self.waiting if self.free is None else min(self.waiting, self.free)


class Registration(Versioned):
    """Of one member in one gathering; its id is `<gathering>:<member>`. A lower number came first."""

    gathering_id: str
    member_id: str
    organisation_id: str | None = None
    organisation_name: str = ""
    title: str
    state: State
    number: int
    at: datetime
    promoted_at: datetime | None = None


class RegistrationNotOpen(Refusal):
    """It has not begun, or there is none."""


class RegistrationClosed(Refusal):
    """It is over."""


class NothingToDecline(Refusal):
    """Only a place that came from the waiting list is declined; any other is left."""


class CapacityTaken(Invalid):
    """Nobody loses her place because there are fewer."""


def check_open(gathering: Gathering, now: datetime) -> None:
    """Raises NotFound, RegistrationNotOpen, RegistrationClosed."""
    if gathering.stage is Stage.DRAFT:
        raise NotFound("there is no such gathering")
    if gathering.stage is Stage.CANCELLED:
        raise RegistrationClosed("this gathering was cancelled", field="stage")
    if gathering.admission is None:
        raise RegistrationNotOpen("one does not register here for this gathering", field="admission")
    if gathering.admission.opens_at and gathering.admission.opens_at > now:
        raise RegistrationNotOpen("registration has not opened yet", field="admission")
    if (gathering.admission.closes_at or gathering.starts_at) <= now:
        raise RegistrationClosed("registration has closed", field="admission")


def entered(places: Places) -> tuple[State, dict[str, Any]]:
    """What who comes now gets, and what that makes of the places: nobody passes those who wait."""
    number = {"numbers": places.numbers + 1}
    if places.waiting == 0 and places.free != 0:
        return State.REGISTERED, {**number, "taken": places.taken + 1}
    return State.WAITING, {**number, "waiting": places.waiting + 1}


def without(places: Places, registration: Registration) -> dict[str, Any]:
    """What is left of the places when one who had one, or waited, goes."""
    counted = {State.REGISTERED: "taken", State.WAITING: "waiting"}[registration.state]
    return {counted: getattr(places, counted) - 1}


def check_declinable(registration: Registration) -> None:
    """Raises NothingToDecline."""
    if registration.state is not State.REGISTERED or registration.promoted_at is None:
        raise NothingToDecline("you have no place that came from the waiting list", field="state")


def promoted(places: Places, queue: Sequence[Registration]) -> tuple[list[Registration], dict[str, Any]]:
    """Which of those who wait, the first first, get a place, and what that makes of the places."""
    lucky = sorted(queue, key=lambda registration: registration.number)[: places.promotable]
    return lucky, {"taken": places.taken + len(lucky), "waiting": places.waiting - len(lucky)}


def resized(places: Places, capacity: int | None) -> dict[str, Any]:
    """Raises CapacityTaken."""
    if capacity is not None and capacity < places.taken:
        raise CapacityTaken(f"{places.taken} members have a place already", field="admission.capacity")
    return {"capacity": capacity}
