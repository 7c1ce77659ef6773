"""Snapshot of matchmaking for a new listener: the live partner requests, and partnerships."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.matchmaking.partnerships.domain import Partnership
from services.matchmaking.partnerships.store import PARTNERSHIPS
from services.matchmaking.partnerships.usecases import ended_event, formed_event
from services.matchmaking.personal import PERSONAL
from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.requests.usecases import published_event
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource


def request_facts(request: PartnerRequest, now: datetime) -> list[SnapshotEvent]:
    """Return the publication of a partner request, if it is neither closed nor expired."""
    if request.closed or request.suspended or request.expires_at <= now:
        return []
    return [SnapshotEvent(published_event(request), created_at(request.id))]


def partnership_facts(partnership: Partnership, _: datetime) -> list[SnapshotEvent]:
    """Return that a partnership formed, or that it ended."""
    event = ended_event(partnership) if partnership.ended else formed_event(partnership)
    return [SnapshotEvent(event, partnership.formed_at)]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [
    SnapshotSource(REQUESTS, request_facts),
    SnapshotSource(PARTNERSHIPS, partnership_facts),
    PERSONAL.snapshot,
]
