"""Matching of partner requests for a call (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest, Side, is_match
from shared.contracts.calls import CallFacts
from shared.contracts.matchmaking import Proposal
from shared.models import Document
from shared.vocabulary import Ecosystem, country_name

MOST_PROPOSALS = 5  # for one member and one call


class Proposals(Document):
    """Partners proposed to one member for one call."""

    member_id: str
    call_id: str
    call_title: str
    call_url: str
    proposals: list[Proposal]
    at: datetime


def is_relevant(request: PartnerRequest, call: CallFacts) -> bool:
    """Return whether a request shares an ecosystem with the call."""
    return bool(set(request.ecosystems) & set(call.ecosystems))


def match_reason(request: PartnerRequest, other: PartnerRequest) -> str:
    """Return in words why the other organisation is proposed."""
    shared_ecosystems = [Ecosystem(name).label for name in request.ecosystems if name in other.ecosystems]
    verb = "offers" if other.side is Side.OFFER else "looks for"
    country = country_name(other.organisation_country)
    return f"{other.organisation_name} ({country}) {verb} “{other.title}”; you share {', '.join(shared_ecosystems)}"


def propose(call: CallFacts, request: PartnerRequest, candidates: Iterable[PartnerRequest]) -> list[Proposal]:
    """Return the best matches of a request, one for each organisation, those that share most with the call first."""

    def rank(candidate: PartnerRequest) -> tuple[int, str]:
        shared_ecosystems = set(request.ecosystems) & set(candidate.ecosystems) & set(call.ecosystems)
        return -len(shared_ecosystems), candidate.id

    best: dict[str, PartnerRequest] = {}
    for match in sorted((candidate for candidate in candidates if is_match(request, candidate)), key=rank):
        best.setdefault(match.organisation_id, match)
    return [
        Proposal(
            organisation_id=match.organisation_id,
            organisation_name=match.organisation_name,
            request_id=match.id,
            reason=match_reason(request, match),
        )
        for match in list(best.values())[:MOST_PROPOSALS]
    ]


def proposals_by_member(
    call: CallFacts, requests: Sequence[PartnerRequest], candidates: Sequence[PartnerRequest]
) -> dict[str, list[Proposal]]:
    """Return the proposals for each member who published one of these requests, one for each organisation."""
    by_member: dict[str, dict[str, Proposal]] = {}
    for request in requests:
        for proposal in propose(call, request, candidates):
            by_member.setdefault(request.member_id, {}).setdefault(proposal.organisation_id, proposal)
    return {member_id: list(proposals.values())[:MOST_PROPOSALS] for member_id, proposals in by_member.items()}
