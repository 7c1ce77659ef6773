"""The snapshot of calls for a new listener: public calls and gatherings, registrations, applications and decisions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.calls.catalogue.access import call_facts, call_published
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS
from services.calls.gatherings.domain import Gathering, GatheringStage
from services.calls.gatherings.registrations.domain import Registration, RegistrationState
from services.calls.gatherings.registrations.store import REGISTRATIONS
from services.calls.gatherings.registrations.usecases import participant_registered
from services.calls.gatherings.store import GATHERINGS
from services.calls.gatherings.usecases import gathering_cancelled, gathering_published
from services.calls.personal import PERSONAL
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import (
    Outcome,
    application_decided,
    application_started,
    expression_decided,
)
from services.calls.selection.applications.states import AWAITS_DECISION, HAS_PLACE, State
from services.calls.selection.applications.store import APPLICATIONS
from shared.contracts.base import Event
from shared.contracts.calls import CallClosed, CallWithdrawn
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource
from shared.vocabulary import CallKind

GOING_ON = {State.DRAFT, *AWAITS_DECISION, *HAS_PLACE}
OUTCOMES: Mapping[State, Outcome] = {
    State.SELECTED: "selected",
    State.RESERVE: "reserve",
    State.REJECTED: "rejected",
}


def call_events(call: Call, now: datetime) -> list[SnapshotEvent]:
    """Return the event for a call: closed, withdrawn or published; drafts are private."""
    if call.published_at is None:
        return []
    event: Event
    if call.stage is Stage.WITHDRAWN:
        event = CallWithdrawn(call_id=call.id, call=call_facts(call), reason=call.withdrawn_because)
    elif call.closed_at:
        event = CallClosed(call_id=call.id, call=call_facts(call))
    else:
        event = call_published(call, now)
    return [SnapshotEvent(event, call.published_at)]


def gathering_events(gathering: Gathering, _: datetime) -> list[SnapshotEvent]:
    """Return the event for a gathering: cancelled or published; drafts are private."""
    if gathering.stage is GatheringStage.DRAFT:
        return []
    is_cancelled = gathering.stage is GatheringStage.CANCELLED
    event = gathering_cancelled(gathering) if is_cancelled else gathering_published(gathering)
    return [SnapshotEvent(event, gathering.published_at or created_at(gathering.id))]


def registration_events(registration: Registration, _: datetime) -> list[SnapshotEvent]:
    """Return the event for a member with a place; entries of the waiting list are private."""
    if registration.state is not RegistrationState.REGISTERED:
        return []
    return [SnapshotEvent(participant_registered(registration), registration.promoted_at or registration.at)]


def application_events(application: Application, _: datetime) -> list[SnapshotEvent]:
    """Return the events for an application that goes on, so that its organisation is notified of its call."""
    going_on = application.state in GOING_ON
    started = [SnapshotEvent(application_started(application), application.made_at)] if going_on else []
    return started + decision_events(application)


def decision_events(application: Application) -> list[SnapshotEvent]:
    """Return the events for a decided application, dated like its submission, so that they cause no new e-mail."""
    outcome = OUTCOMES.get(application.state)
    if outcome is None or application.submitted_at is None:
        return []
    events: list[Event] = [application_decided(application, outcome)]
    if application.call_kind is CallKind.EXPRESSION_OF_INTEREST:
        events.append(expression_decided(application, outcome))
    return [SnapshotEvent(event, application.submitted_at) for event in events]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [
    SnapshotSource(CALLS, call_events),
    SnapshotSource(GATHERINGS, gathering_events),
    SnapshotSource(REGISTRATIONS, registration_events),
    SnapshotSource(APPLICATIONS, application_events),
    PERSONAL.snapshot,
]
