"""Snapshot of matchmaking for a new listener: the live partner requests."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.requests.usecases import published_event
from shared.ids import created_at
from shared.snapshot import Fact, Source


def request_facts(request: PartnerRequest, now: datetime) -> list[Fact]:
    """Return the publication of a partner request, if it is neither closed nor expired."""
    if request.closed or request.expires_at <= now:
        return []
    return [Fact(published_event(request), created_at(request.id))]


CURRENT: Sequence[Source[Any]] = [Source(REQUESTS, request_facts)]
