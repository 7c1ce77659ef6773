"""Partner requests (pure)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.errors import Invalid
from shared.fields import Distinct, OneLine, Paragraphs
from shared.ids import Id
from shared.models import Body, Moment, Versioned
from shared.sentences import _
from shared.vocabulary import Country, Ecosystem


class Side(StrEnum):
    """Side of a partner request: the organisation offers something, or looks for it."""

    OFFER = "offer"
    REQUEST = "request"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.REQUEST if self is Side.OFFER else Side.OFFER


class PartnerRequestBody(Body):
    """A partner request as its author writes it."""

    organisation_id: Id = Field(description="Published organisation that the caller belongs to")
    side: Side = Field(description="`offer` if the organisation offers something, `request` if it looks for it")
    title: Annotated[str, OneLine(200, fewest=3), Field(description="The offer or the request in one line")]
    description: Annotated[str, Paragraphs(5000)] = Field("", description="Details for readers")
    ecosystems: Annotated[list[Ecosystem], Distinct(14, fewest=1)] = Field(
        description="Industrial ecosystems concerned"
    )
    countries: Annotated[list[Country], Distinct(250)] = Field(
        default=[], description="Countries in which a partner may be; empty for any country"
    )
    expires_at: Moment = Field(description="Time at which the request is no longer shown")
    call_id: Id | None = Field(None, description="Id of the published call for which a partner is wanted, if any")


class PartnerRequestView(Versioned, PartnerRequestBody):
    """An offer or a request of an organisation, as everybody sees it."""

    model_config = Versioned.model_config

    organisation_name: str
    organisation_country: Country
    closed: bool = Field(False, description="Whether its author closed it")


class PartnerRequest(PartnerRequestView):
    """An offer or a request of an organisation, with the member who published it."""

    member_id: str
    suspended: bool = False  # its organisation is not public now

    def view(self) -> PartnerRequestView:
        """Return what everybody sees: not the member, so that strangers cannot address them by their id."""
        return PartnerRequestView(**self.model_dump(include=set(PartnerRequestView.model_fields)))


class AlreadyExpired(Invalid):
    """A partner request that has expired would never be shown."""


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Raise AlreadyExpired if the time has passed."""
    if expires_at <= now:
        raise AlreadyExpired(_("The time of expiry has passed. Choose a time in the future."), field="expires_at")
