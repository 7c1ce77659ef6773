"""What matchmaking announces."""

from typing import Literal

from pydantic import AwareDatetime, Field

from shared.contracts.base import Event, Part, Short, Tag, Text
from shared.vocabulary import Country, Ecosystem


class PartnerRequestPublished(Event, type="matchmaking.request.published.v1", subject="request_id"):
    """An organisation looks for a partner, or offers to be one."""

    request_id: Tag
    organisation_id: Tag
    organisation_name: Short
    side: Literal["offer", "request"]
    title: Short
    countries: list[Country] = Field(default=[], max_length=250)
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    expires_at: AwareDatetime
    url: Short


class PartnerRequestClosed(Event, type="matchmaking.request.closed.v1", subject="request_id"):
    """It was fulfilled or given up: whoever keeps a copy drops it."""

    request_id: Tag


class Proposal(Part):
    """One organisation that could be a partner, and why."""

    organisation_id: Tag
    organisation_name: Short
    request_id: Tag
    reason: Text


class PartnersProposed(Event, type="matchmaking.partners.proposed.v1", subject="call_id"):
    """Partners for a call, for the one member whose own offer or request they answer."""

    call_id: Tag
    call_version: int
    call_title: Short
    call_url: Short
    member_id: Tag
    proposals: list[Proposal] = Field(min_length=1, max_length=5)
    url: Short
