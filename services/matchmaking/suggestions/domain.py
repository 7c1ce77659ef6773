"""Which requests answer each other for a call (pure)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest, Side
from shared.contracts.calls import CallFacts
from shared.contracts.matchmaking import Proposal
from shared.models import Document
from shared.vocabulary import Ecosystem, country_name

MOST_PROPOSALS = 5


class Proposals(Document):
    """The partners proposed to one member for one call."""

    member_id: str
    call_id: str
    call_title: str
    call_url: str
    proposals: list[Proposal]
    at: datetime


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
