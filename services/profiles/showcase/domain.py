"""What an organisation shows on its page beside its profile: copies of what other services publish (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field

from services.profiles.home.domain import CallCopy, GatheringCopy
from shared.contracts.calls import ExpressionDecided
from shared.models import Versioned

T = TypeVar("T")


class RequestCopy(Versioned):
    """A copy of a partner offer or request, updated by events."""

    title: str
    url: str
    organisation_id: str
    organisation_name: str = ""
    side: Literal["offer", "request"] = Field(description="Offers to be a partner, or requests one")
    expires_at: AwareDatetime = Field(description="Time from which it is no longer valid")


class PartnershipCopy(Versioned):
    """A copy of a partnership, updated by events; its id is that of the application that it was formed from."""

    call_title: str
    organisation_ids: list[str] = Field(description="Ids of its organisations, the coordinator first")
    coordinator_name: str
    formed_at: AwareDatetime
    ended: bool = False

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/partnerships/{self.id}"


class Shelf(BaseModel, Generic[T]):
    """Things of one kind that an organisation publishes: a few that are open, a few that are over, and their number."""

    open: Sequence[T] = Field(description="The first ones that are open or ahead")
    past: Sequence[T] = Field(description="The last ones that are over")
    number: int = Field(description="Number of all, open and over")


class Showcase(BaseModel):
    """Things that an organisation, and those that were merged into it, published beside its posts."""

    calls: Shelf[CallCopy]
    gatherings: Shelf[GatheringCopy]
    requests: Shelf[RequestCopy]
    partnerships: Shelf[PartnershipCopy]


def partnership_after(event: ExpressionDecided, formed_at: datetime) -> PartnershipCopy | None:
    """Return the partnership as a decision leaves it, or None if the decision neither forms nor ends one."""
    if event.outcome not in {"selected", "withdrawn"}:
        return None
    return PartnershipCopy(
        id=event.application_id,
        version=event.application.version,
        call_title=event.application.call_title,
        organisation_ids=[event.application.organisation_id, *event.partner_ids],
        coordinator_name=event.application.organisation_name,
        formed_at=formed_at,
        ended=event.outcome == "withdrawn",
    )
