"""Snapshot of matchmaking for a new listener: the live partner requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.requests.usecases import published_event
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource


def request_facts(request: PartnerRequest, now: datetime) -> list[SnapshotEvent]:
    """Return the publication of a partner request, if it is neither closed nor expired."""
    if request.closed or request.expires_at <= now:
        return []
    return [SnapshotEvent(published_event(request), created_at(request.id))]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [SnapshotSource(REQUESTS, request_facts)]
