"""The events that matchmaking publishes."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import (
    CallId,
    Countries,
    Ecosystems,
    Event,
    OrganisationId,
    OrganisationName,
    Part,
    Short,
    Tag,
    Text,
    Url,
)

RequestId = Annotated[Tag, Field(description="Id of the partner offer or request")]


class PartnerRequestPublished(Event, type="matchmaking.request.published.v1", subject="request_id"):
    """An organisation published a search for a partner, or an offer to be one."""

    request_id: RequestId
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    side: Literal["offer", "request"] = Field(description="Offers to be a partner, or requests one")
    title: Short = Field(description="Title of the offer or request")
    countries: Countries = Field([])
    ecosystems: Ecosystems = Field([])
    expires_at: AwareDatetime = Field(description="Time from which the offer or request is no longer valid")
    url: Url


class PartnerRequestClosed(Event, type="matchmaking.request.closed.v1", subject="request_id"):
    """A partner offer or request was fulfilled or given up. Services that keep a copy should delete it."""

    request_id: RequestId


class Proposal(Part):
    """A proposed partner and the reason for the proposal."""

    organisation_id: OrganisationId
    organisation_name: OrganisationName
    request_id: RequestId
    reason: Text = Field(description="The reason, as an English sentence")


class PartnersProposed(Event, type="matchmaking.partners.proposed.v1", subject="call_id"):
    """Partners for a call were found for a member whose own offer or request they match. The member is notified."""

    call_id: CallId
    call_version: int = Field(description="Version of the call for which partners were proposed")
    call_title: Short = Field(description="Title of the call")
    call_url: Short = Field(description="Path of the call's page on the platform")
    member_id: Tag = Field(description="Id of the member to notify")
    proposals: list[Proposal] = Field(min_length=1, max_length=5, description="The proposed partners")
    url: Url
