"""Places and the waiting list of a gathering (pure).

Members get places in the order in which they came, and no place is given twice.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from services.calls.gatherings.domain import Gathering, GatheringStage
from shared.clock import moment
from shared.errors import Invalid, NotFound, Refusal
from shared.models import Versioned
from shared.sentences import _


class RegistrationState(StrEnum):
    """State of a registration."""

    REGISTERED = "registered"  # has a place
    WAITING = "waiting"
    DECLINED = "declined"  # gave up a place that came from the waiting list
    LEFT = "left"
    CANCELLED = "cancelled"  # the gathering was cancelled


LIVE = (RegistrationState.REGISTERED, RegistrationState.WAITING)


class Registration(Versioned):
    """Registration of a member for a gathering; its id is `<gathering>:<member>`. Lower numbers came first."""

    gathering_id: str
    member_id: str
    organisation_id: str | None = None
    organisation_name: str = ""
    title: str
    state: RegistrationState
    number: int
    at: datetime
    promoted_at: datetime | None = None

    def promoted(self, title: str, now: datetime) -> Self:
        """Return the registration with a place from the waiting list."""
        return self.replace(state=RegistrationState.REGISTERED, promoted_at=now, title=title)

    def ended(self, state: RegistrationState, now: datetime) -> Self:
        """Return the registration after the member gave it up or the gathering was cancelled."""
        return self.replace(state=state, at=now)


class GatheringPlaces(Versioned):
    """Places of a gathering, stored under its id. Every change of a registration changes them too.

    Two changes at the same moment therefore conflict, and the second is repeated.
    """

    capacity: int | None = None
    taken: int = 0
    waiting: int = 0
    numbers: int = 0  # given out so far

    @property
    def free(self) -> int | None:
        """Return the number of free places; None: no limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def promotable(self) -> int:
        """Return the number of waiting members for whom there is a free place."""
        return self.waiting if self.free is None else min(self.waiting, self.free)

    def with_newcomer(self) -> tuple[RegistrationState, Self]:
        """Return the state of the next registration, and the places after it. Newcomers never pass waiting members."""
        if self.waiting == 0 and self.free != 0:
            return RegistrationState.REGISTERED, self.replace(numbers=self.numbers + 1, taken=self.taken + 1)
        return RegistrationState.WAITING, self.replace(numbers=self.numbers + 1, waiting=self.waiting + 1)

    def without(self, registration: Registration) -> Self:
        """Return the places after a registered or waiting member has gone."""
        if registration.state is RegistrationState.REGISTERED:
            return self.replace(taken=self.taken - 1)
        return self.replace(waiting=self.waiting - 1)

    def with_promoted(self, waiting: Sequence[Registration]) -> tuple[list[Registration], Self]:
        """Return the waiting registrations that get a place, and the places after it."""
        promoted = sorted(waiting, key=lambda registration: registration.number)[: self.promotable]
        count = len(promoted)
        return promoted, self.replace(taken=self.taken + count, waiting=self.waiting - count)

    def resized(self, capacity: int | None) -> Self:
        """Return the places with another capacity. Raises CapacityTaken."""
        if capacity is not None and capacity < self.taken:
            detail = _(
                "The gathering has {taken:,} participant(s) already. Enter a capacity of at least {taken}.",
                taken=self.taken,
            )
            raise CapacityTaken(detail, field="admission.capacity")
        return self.replace(capacity=capacity)

    def closed(self) -> Self:
        """Return the places of a cancelled gathering."""
        return self.replace(taken=0, waiting=0)


class RegistrationNotOpen(Refusal):
    """Refusal of a registration before it opens, or for a gathering without registration."""


class RegistrationClosed(Refusal):
    """Refusal of a registration after it closed."""


class NothingToDecline(Refusal):
    """Refusal to decline anything but a place that came from the waiting list."""


class CapacityTaken(Invalid):
    """Refusal of a capacity below the number of places that members have."""


class AdmissionState(StrEnum):
    """Whether members can register at a time."""

    ELSEWHERE = "elsewhere"  # not on the platform
    NOT_YET = "not_yet"
    OPEN = "open"
    CLOSED = "closed"


def admission_state(gathering: Gathering, now: datetime) -> AdmissionState:
    """Return whether members can register for a gathering that was not cancelled."""
    admission = gathering.admission
    if admission is None:
        return AdmissionState.ELSEWHERE
    if admission.opens_at and admission.opens_at > now:
        return AdmissionState.NOT_YET
    return AdmissionState.CLOSED if (admission.closes_at or gathering.starts_at) <= now else AdmissionState.OPEN


def check_open(gathering: Gathering, now: datetime) -> None:
    """Raise NotFound, RegistrationNotOpen or RegistrationClosed if members cannot register at this time."""
    if gathering.stage is GatheringStage.DRAFT:
        raise NotFound(_("Gathering not found."))
    if gathering.stage is GatheringStage.CANCELLED:
        raise RegistrationClosed(_("The gathering was cancelled."), field="stage")
    state = admission_state(gathering, now)
    if state is AdmissionState.ELSEWHERE:
        detail = _("Registration for this gathering is not on the platform. Follow its link for how to take part.")
        raise RegistrationNotOpen(detail, field="admission")
    if state is AdmissionState.NOT_YET and gathering.admission and gathering.admission.opens_at:
        opening = moment(gathering.admission.opens_at, gathering.timezone)
        raise RegistrationNotOpen(
            _("Registration opens on {opening}. Register then.", opening=opening), field="admission"
        )
    if state is AdmissionState.CLOSED:
        raise RegistrationClosed(_("Registration for this gathering has closed."), field="admission")


def moves_up(gathering: Gathering, now: datetime) -> bool:
    """Return whether free places go to the waiting list: until the start, or until registration closes."""
    if gathering.stage is not GatheringStage.PUBLISHED or gathering.starts_at <= now:
        return False
    admission = gathering.admission
    if admission is None or admission.closes_at is None or admission.moves_after_closing:
        return True
    return admission.closes_at > now


def check_declinable(registration: Registration) -> None:
    """Raise NothingToDecline unless the registration has a place that came from the waiting list."""
    if registration.state is not RegistrationState.REGISTERED or registration.promoted_at is None:
        detail = _(
            "You have no place that came from the waiting list. To give up another place, delete the registration."
        )
        raise NothingToDecline(detail, field="state")
