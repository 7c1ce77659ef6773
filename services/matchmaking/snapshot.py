"""What matchmaking tells a newcomer: the offers and requests that are live."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.matchmaking.domain import PartnerRequest
from services.matchmaking.store import REQUESTS
from services.matchmaking.usecases import published
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource


def request(one: PartnerRequest, now: datetime) -> list[SnapshotEvent]:
    return [SnapshotEvent(published(one), created_at(one.id))] if not one.closed and one.expires_at > now else []


SNAPSHOT: Sequence[SnapshotSource[Any]] = [SnapshotSource(REQUESTS, request)]
