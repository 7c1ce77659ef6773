"""What calls tells a newcomer: what each public call and gathering is now, and who has a place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.calls.domain import Call, Stage
from services.calls.gatherings.domain import Gathering
from services.calls.gatherings.domain import Stage as GatheringStage
from services.calls.gatherings.store import GATHERINGS
from services.calls.gatherings.usecases import gathering_cancelled, gathering_published
from services.calls.registrations.domain import Registration, State
from services.calls.registrations.store import REGISTRATIONS
from services.calls.registrations.usecases import registered
from services.calls.store import CALLS
from services.calls.usecases import facts
from shared.announce import Fact, Source
from shared.contracts.calls import CallClosed, CallPublished, CallWithdrawn
from shared.ids import born


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
    return [Fact(now(one), one.published_at or born(one.id))]


def participant(one: Registration, _: datetime) -> list[Fact]:
    return [Fact(registered(one), one.promoted_at or one.at)] if one.state is State.REGISTERED else []


CURRENT: Sequence[Source[Any]] = [
    Source(CALLS, call),
    Source(GATHERINGS, gathering),
    Source(REGISTRATIONS, participant),
]
