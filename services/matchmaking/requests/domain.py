"""Partner requests (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field

from shared.errors import Invalid, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.ids import Id
from shared.models import Body, Moment, Versioned
from shared.sentences import _
from shared.vocabulary import Country, Ecosystem

REMINDED_BEFORE = timedelta(days=7)
RENEWED_FOR = timedelta(days=90)


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
    remind_at: datetime | None = None  # time at which its organisation is asked to renew or close it

    def view(self) -> PartnerRequestView:
        """Return what everybody sees: not the member, so that strangers cannot address them by their id."""
        return PartnerRequestView(**self.model_dump(include=set(PartnerRequestView.model_fields)))

    def until(self, expires_at: datetime, now: datetime) -> Self:
        """Return the request with a time of expiry; its organisation is reminded a week before, if that is ahead."""
        remind_at = expires_at - REMINDED_BEFORE
        return self.replace(expires_at=expires_at, remind_at=remind_at if remind_at > now else None)

    def gains(self, now: datetime) -> bool:
        """Return whether the request would be valid for a day more, at least, if it was renewed."""
        return self.expires_at <= now + RENEWED_FOR - timedelta(days=1)

    def renewed(self, now: datetime) -> Self:
        """Return the request, valid for ninety days from now. Raises NotRenewable."""
        if self.closed:
            raise NotRenewable(_("It is closed. Publish a new one instead."), field="closed")
        if self.suspended:
            raise NotRenewable(_("Its organisation is not public now. Publish the profile first."), field="suspended")
        if not self.gains(now):
            raise NotRenewable(_("It is valid for ninety days or more. Renew it later."), field="expires_at")
        return self.until(now + RENEWED_FOR, now)


class NotRenewable(Refusal):
    """Refusal to renew a partner request that is closed, not shown, or valid for long."""


class AlreadyExpired(Invalid):
    """A partner request that has expired would never be shown."""


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Raise AlreadyExpired if the time has passed."""
    if expires_at <= now:
        raise AlreadyExpired(_("The time of expiry has passed. Choose a time in the future."), field="expires_at")


def is_match(request: PartnerRequest, other: PartnerRequest) -> bool:
    """Return whether an offer and a request of two organisations fit: ecosystem, and country on both sides."""
    return (
        request.side is other.side.other
        and request.organisation_id != other.organisation_id
        and bool(set(request.ecosystems) & set(other.ecosystems))
        and (not request.countries or other.organisation_country in request.countries)
        and (not other.countries or request.organisation_country in other.countries)
    )
