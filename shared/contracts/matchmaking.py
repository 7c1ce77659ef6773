"""The events that matchmaking publishes."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import (
    CallId,
    Countries,
    Ecosystems,
    ErasureAnswered,
    Event,
    OrganisationId,
    OrganisationName,
    Part,
    SealedPiece,
    Short,
    Tag,
    Text,
    Url,
    Version,
)

PartnershipId = Annotated[Tag, Field(description="Id of the partnership")]
RequestId = Annotated[Tag, Field(description="Id of the partner offer or request")]


class RequestAnnounced(Event):
    """A partner offer or request, as the events announce it."""

    request_id: RequestId
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    side: Literal["offer", "request"] = Field(description="Offers to be a partner, or requests one")
    title: Short = Field(description="Title of the offer or request")
    countries: Countries = Field([])
    ecosystems: Ecosystems = Field([])
    expires_at: AwareDatetime = Field(description="Time from which the offer or request is no longer valid")
    url: Url


class PartnerRequestPublished(RequestAnnounced, type="matchmaking.request.published.v1", subject="request_id"):
    """An organisation published a search for a partner, or an offer to be one."""


class PartnerRequestReminded(RequestAnnounced, type="matchmaking.request.reminded.v1", subject="request_id"):
    """A partner offer or request expires in a week. The members of its organisation are asked to renew or close it."""


class PartnerRequestRenewed(RequestAnnounced, type="matchmaking.request.renewed.v1", subject="request_id"):
    """A partner offer or request is valid for longer. Services that keep a copy should keep the new time."""


class PartnerRequestMatched(Event, type="matchmaking.request.matched.v1", subject="request_id"):
    """A new partner offer or request fits an earlier one of a member. The member is notified."""

    request_id: RequestId
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    side: Literal["offer", "request"] = Field(description="Offers to be a partner, or requests one")
    url: Url
    matched_id: Tag = Field(description="Id of the earlier offer or request")
    member_id: Tag = Field(description="Id of the member to notify")


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


class MemberErased(ErasureAnswered, type="matchmaking.member.erased.v1", subject="member_id"):
    """matchmaking erased what it held of a member; it tells what, and what it keeps without the person."""


class ExportAnswered(SealedPiece, type="matchmaking.export.answered.v1", subject="export_id"):
    """matchmaking answered to the request for a copy of a member's data with a sealed piece."""


class PartnershipFacts(Part):
    """A partnership as events about it describe it; its page names all its organisations."""

    version: Version
    title: Short = Field(description="Title of the call after which it formed")
    call_id: CallId
    organisation_id: OrganisationId = Field(description="Id of the organisation that coordinates it")
    organisation_name: OrganisationName
    countries: Countries = Field([], description="Countries that it targets: those that the call is about")
    url: Url


class PartnershipFormed(Event, type="matchmaking.partnership.formed.v1", subject="partnership_id"):
    """An expression of interest was selected: its organisations are a partnership from now on."""

    partnership_id: PartnershipId
    partnership: PartnershipFacts


class PartnershipEnded(Event, type="matchmaking.partnership.ended.v1", subject="partnership_id"):
    """A partnership ended, because its expression of interest was withdrawn."""

    partnership_id: PartnershipId
    partnership: PartnershipFacts
