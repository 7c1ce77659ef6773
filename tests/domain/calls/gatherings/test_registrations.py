"""Places and the waiting list: the rules hold after any sequence of actions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.calls.gatherings.domain import Gathering
from services.calls.gatherings.registrations import domain
from services.calls.gatherings.registrations.domain import (
    LIVE,
    CapacityTaken,
    GatheringPlaces,
    NothingToDecline,
    Registration,
    RegistrationState,
)

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
DAY = timedelta(days=1)
MEMBERS = st.sampled_from("abcdefgh")


class WaitingList(RuleBasedStateMachine):
    """A gathering with three places. Free places go to waiting members later, in batches of any size."""

    def __init__(self) -> None:
        super().__init__()
        self.places = GatheringPlaces(id="gathering", capacity=3)
        self.registrations: dict[str, Registration] = {}
        self.arrivals: list[str] = []  # members who have a place or wait, in order of arrival

    def of(self, state: RegistrationState) -> list[Registration]:
        return [one for one in self.registrations.values() if one.state is state]

    @rule(member=MEMBERS)
    def registers(self, member: str) -> None:
        if member in self.arrivals:
            return
        full = self.places.capacity is not None and len(self.of(RegistrationState.REGISTERED)) >= self.places.capacity
        state, after = self.places.with_newcomer()
        assert state is (
            RegistrationState.WAITING if full or self.of(RegistrationState.WAITING) else RegistrationState.REGISTERED
        )
        self.places = after
        ids = {"id": f"gathering:{member}", "gathering_id": "gathering", "member_id": member, "title": "It"}
        self.registrations[member] = Registration(**ids, state=state, number=self.places.numbers, at=NOW)
        self.arrivals.append(member)

    @precondition(lambda self: self.arrivals)
    @rule(which=st.integers(0, 7), declines=st.booleans())
    def gives_up(self, which: int, declines: bool) -> None:
        member = self.arrivals[which % len(self.arrivals)]
        before = self.registrations[member]
        if declines and (before.state is RegistrationState.WAITING or before.promoted_at is None):
            with pytest.raises(NothingToDecline):
                domain.check_declinable(before)
            return
        if declines:
            domain.check_declinable(before)
        self.places = self.places.without(before)
        self.registrations[member] = before.ended(
            RegistrationState.DECLINED if declines else RegistrationState.LEFT, NOW
        )
        self.arrivals.remove(member)

    @rule(capacity=st.sampled_from([1, 2, 3, 4, 5, None]))
    def the_organiser_has_another_room(self, capacity: int | None) -> None:
        if capacity is not None and capacity < len(self.of(RegistrationState.REGISTERED)):
            with pytest.raises(CapacityTaken):
                self.places.resized(capacity)
            return
        self.places = self.places.resized(capacity)

    @rule(batch=st.integers(1, 8))
    def the_next_come_in(self, batch: int) -> None:
        waiting = sorted(self.of(RegistrationState.WAITING), key=lambda one: one.number)
        promoted, after = self.places.with_promoted(waiting[:batch][::-1])
        self.places = after
        for registration in promoted:
            self.registrations[registration.member_id] = registration.promoted("It", NOW)
        full = self.places.capacity is not None and len(self.of(RegistrationState.REGISTERED)) == self.places.capacity
        assert full or len(promoted) == min(batch, len(waiting))

    @invariant()
    def no_place_is_given_twice(self) -> None:
        seated, waiting = self.of(RegistrationState.REGISTERED), self.of(RegistrationState.WAITING)
        assert self.places.capacity is None or len(seated) <= self.places.capacity
        assert (self.places.taken, self.places.waiting) == (len(seated), len(waiting))

    @invariant()
    def who_came_first_is_in_first(self) -> None:
        seats = [self.registrations[member].state is RegistrationState.REGISTERED for member in self.arrivals]
        assert seats == sorted(seats, reverse=True)
        assert {m for m, one in self.registrations.items() if one.state in LIVE} == set(self.arrivals)


WaitingList.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestWaitingList = WaitingList.TestCase


def test_no_member_moves_up_after_the_start_or_if_the_organiser_wishes_after_registration_closed() -> None:
    def moves(stage: str = "published", **admission: object) -> list[bool]:
        content = {"title": "It", "place": "Here", "starts_at": NOW + 3 * DAY, "ends_at": NOW + 5 * DAY}
        ids = {"id": "gathering", "organisation_name": "We", "stage": stage}
        gathering = Gathering.model_validate({**ids, **content, "admission": {"closes_at": NOW + DAY, **admission}})
        return [domain.moves_up(gathering, NOW + days * DAY) for days in (0, 1, 2, 3, 4)]

    assert moves() == [True, True, True, False, False]
    assert moves(moves_after_closing=False) == [True, False, False, False, False]
    assert moves(moves_after_closing=False, closes_at=None) == [True, True, True, False, False]
    assert moves(stage="cancelled") == [False] * 5
