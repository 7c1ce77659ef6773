"""What calls tells a newcomer: what each public call and gathering is now, who has a place, what was decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.calls.catalogue.access import facts
from services.calls.catalogue.domain import Call, Stage
from services.calls.catalogue.store import CALLS
from services.calls.gatherings.domain import Gathering
from services.calls.gatherings.domain import Stage as GatheringStage
from services.calls.gatherings.registrations.domain import Registration
from services.calls.gatherings.registrations.domain import State as RegistrationState
from services.calls.gatherings.registrations.store import REGISTRATIONS
from services.calls.gatherings.registrations.usecases import registered
from services.calls.gatherings.store import GATHERINGS
from services.calls.gatherings.usecases import gathering_cancelled, gathering_published
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import Outcome, application_decided, expression_decided
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import APPLICATIONS
from shared.contracts.base import Event
from shared.contracts.calls import CallClosed, CallPublished, CallWithdrawn
from shared.ids import created_at
from shared.snapshot import Fact, Source
from shared.vocabulary import CallKind


def call(one: Call, _: datetime) -> list[Fact]:
    """A closed or withdrawn one is told as that, so that nobody takes it for open; a draft is nobody's business."""
    if one.published_at is None:
        return []
    if one.stage is Stage.WITHDRAWN:
        withdrawn = CallWithdrawn(call_id=one.id, call=facts(one), reason=one.withdrawn_because)
        return [Fact(withdrawn, one.published_at)]
    now = CallClosed if one.closed_at else CallPublished
    return [Fact(now(call_id=one.id, call=facts(one)), one.published_at)]


def gathering(one: Gathering, _: datetime) -> list[Fact]:
    if one.stage is GatheringStage.DRAFT:
        return []
    now = gathering_cancelled if one.stage is GatheringStage.CANCELLED else gathering_published
    return [Fact(now(one), one.published_at or created_at(one.id))]


def participant(one: Registration, _: datetime) -> list[Fact]:
    return [Fact(registered(one), one.promoted_at or one.at)] if one.state is RegistrationState.REGISTERED else []


OUTCOMES: Mapping[State, Outcome] = {
    State.SELECTED: "selected",
    State.RESERVE: "reserve",
    State.REJECTED: "rejected",
}


def decision(one: Application, _: datetime) -> list[Fact]:
    """As old as what was decided on: nobody is e-mailed about it again."""
    outcome = OUTCOMES.get(one.state)
    if outcome is None or one.submitted_at is None:
        return []
    told: list[Event] = [application_decided(one, outcome)]
    if one.call_kind is CallKind.EXPRESSION_OF_INTEREST:
        told.append(expression_decided(one, outcome))
    return [Fact(event, one.submitted_at) for event in told]


CURRENT: Sequence[Source[Any]] = [
    Source(CALLS, call),
    Source(GATHERINGS, gathering),
    Source(REGISTRATIONS, participant),
    Source(APPLICATIONS, decision),
]
