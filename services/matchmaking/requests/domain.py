"""Offers and requests, and which of them answer each other for a call (pure)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.errors import Invalid
from shared.ids import Id
from shared.models import Body, Moment, Versioned
from shared.vocabulary import Country, Ecosystem

Line = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Side(StrEnum):
    OFFER = "offer"
    REQUEST = "request"

    @property
    def other(self) -> "Side":
        return Side.REQUEST if self is Side.OFFER else Side.OFFER


class PartnerRequestBody(Body):
    """What an organisation looks for, or offers."""

    organisation_id: Id
    side: Side
    title: Line
    description: str = Field("", max_length=5000)
    ecosystems: list[Ecosystem] = Field(min_length=1, max_length=14)
    countries: list[Country] = Field(
        default=[], max_length=250, description="Where the partner may be; empty: anywhere"
    )
    expires_at: Moment


class PartnerRequest(Versioned, PartnerRequestBody):
    model_config = Versioned.model_config

    member_id: str
    organisation_name: str
    organisation_country: Country
    closed: bool = False


class AlreadyExpired(Invalid):
    """It would never be seen."""


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Raises AlreadyExpired."""
    if expires_at <= now:
        raise AlreadyExpired("it must expire in the future", field="expires_at")
