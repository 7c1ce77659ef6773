"""Offers and requests, and which of them answer each other for a call (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.contracts.calls import CallFacts
from shared.contracts.matchmaking import Proposal
from shared.errors import Invalid
from shared.ids import Id
from shared.models import Body, Document, Moment, Versioned
from shared.vocabulary import Country, Ecosystem, country_name

Line = Annotated[str, StringConstraints(min_length=3, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
MOST_PROPOSALS = 5


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


class Proposals(Document):
    """The partners proposed to one member for one call."""

    member_id: str
    call_id: str
    call_title: str
    call_url: str
    proposals: list[Proposal]
    at: datetime


class AlreadyExpired(Invalid):
    """It would never be seen."""


def check_expiry(expires_at: datetime, now: datetime) -> None:
    """Raises AlreadyExpired."""
    if expires_at <= now:
        raise AlreadyExpired("it must expire in the future", field="expires_at")


def concerned(request: PartnerRequest, call: CallFacts) -> bool:
    """Whether a call is about what the organisation looks for or offers."""
    return bool(set(request.ecosystems) & set(call.ecosystems))


def answers(mine: PartnerRequest, theirs: PartnerRequest) -> bool:
    """Whether they are two sides of one wish: each is where the other wants a partner."""
    return (
        mine.side is theirs.side.other
        and mine.organisation_id != theirs.organisation_id
        and bool(set(mine.ecosystems) & set(theirs.ecosystems))
        and (not mine.countries or theirs.organisation_country in mine.countries)
        and (not theirs.countries or mine.organisation_country in theirs.countries)
    )


def reason(mine: PartnerRequest, theirs: PartnerRequest) -> str:
    """Why this partner, in words."""
    common = [Ecosystem(e).label for e in mine.ecosystems if e in theirs.ecosystems]
    verb = "offers" if theirs.side is Side.OFFER else "looks for"
    where = country_name(theirs.organisation_country)
    return f"{theirs.organisation_name} ({where}) {verb} “{theirs.title}”; you share {', '.join(common)}"


def propose(call: CallFacts, mine: PartnerRequest, others: Iterable[PartnerRequest]) -> list[Proposal]:
    """The partners for one organisation's wish, the ones with most in common first; one per organisation."""

    def common(theirs: PartnerRequest) -> tuple[int, str]:
        shared = set(mine.ecosystems) & set(theirs.ecosystems)
        return -len(shared & set(call.ecosystems)), theirs.id

    found: dict[str, PartnerRequest] = {}
    for theirs in sorted((o for o in others if answers(mine, o)), key=common):
        found.setdefault(theirs.organisation_id, theirs)
    return [
        Proposal(
            organisation_id=theirs.organisation_id,
            organisation_name=theirs.organisation_name,
            request_id=theirs.id,
            reason=reason(mine, theirs),
        )
        for theirs in list(found.values())[:MOST_PROPOSALS]
    ]


def by_member(
    call: CallFacts, page: Sequence[PartnerRequest], concerned_ones: Sequence[PartnerRequest]
) -> dict[str, list[Proposal]]:
    """What to propose to each member whose wishes are on this page."""
    proposed: dict[str, dict[str, Proposal]] = {}
    for mine in page:
        for proposal in propose(call, mine, concerned_ones):
            proposed.setdefault(mine.member_id, {}).setdefault(proposal.organisation_id, proposal)
    return {member: list(found.values())[:MOST_PROPOSALS] for member, found in proposed.items()}
