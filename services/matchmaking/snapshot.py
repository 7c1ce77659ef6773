"""What matchmaking tells a newcomer: the offers and requests that are live."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.requests.usecases import published
from shared.ids import created_at
from shared.snapshot import Fact, Source


def request(one: PartnerRequest, now: datetime) -> list[Fact]:
    return [Fact(published(one), created_at(one.id))] if not one.closed and one.expires_at > now else []


CURRENT: Sequence[Source[Any]] = [Source(REQUESTS, request)]
