"""Partnerships (pure)."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from shared.contracts.calls import ExpressionDecided
from shared.models import Versioned
from shared.vocabulary import Country


class Partnership(Versioned):
    """A partnership; its id and version are those of the application that it was formed from."""

    call_id: str
    call_title: str
    coordinator_id: str
    coordinator_name: str
    partner_ids: list[str]
    formed_at: datetime
    countries: tuple[Country, ...] = ()  # that it targets: those that the call is about
    ended: bool = False  # ended partnerships are kept, so that a selection that arrives late cannot revive them


class Partner(BaseModel):
    """An organisation in a partnership."""

    id: str
    name: str = Field(description="Name of the organisation; empty until its profile is published")
    country: Country | None = Field(description="Its country; null until its profile is published")


class PartnershipView(BaseModel):
    """A partnership with the names of its organisations."""

    id: str
    version: int
    call_id: str
    call_title: str
    coordinator: Partner = Field(description="Organisation that sent the expression of interest")
    partners: list[Partner]
    formed_at: datetime


def partnership_after(event: ExpressionDecided, countries: Sequence[str], now: datetime) -> Partnership | None:
    """Return the partnership as a decision leaves it, or None if the decision neither forms nor ends one."""
    if event.outcome not in {"selected", "withdrawn"}:
        return None
    return Partnership(
        id=event.application_id,
        version=event.application.version,
        call_id=event.application.call_id,
        call_title=event.application.call_title,
        coordinator_id=event.application.organisation_id,
        coordinator_name=event.application.organisation_name,
        partner_ids=event.partner_ids,
        formed_at=now,
        countries=tuple(map(Country, countries)),
        ended=event.outcome == "withdrawn",
    )
