"""Partners for a call: an offer and a request that fit in ecosystem and country."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.matchmaking.requests.domain import PartnerRequest, is_match
from services.matchmaking.suggestions.domain import MOST_PROPOSALS, propose
from tests.support.calls import CALL


def partner_request(number: int, side: str, organisation: str, country: str, wants: list[str], ecosystems: list[str]):
    return PartnerRequest.model_validate(
        {
            "id": f"r{number}",
            "organisation_id": organisation,
            "side": side,
            "title": "Smart meters",
            "ecosystems": ecosystems,
            "countries": wants,
            "expires_at": datetime(2017, 1, 1, tzinfo=UTC),
            "member_id": f"m-{organisation}",
            "organisation_name": organisation.upper(),
            "organisation_country": country,
        }
    )


countries = st.sampled_from(["SE", "FR", "JP"])
partner_requests = st.builds(
    partner_request,
    st.integers(0, 999),
    st.sampled_from(["offer", "request"]),
    st.sampled_from("abcdefgh"),
    countries,
    st.lists(countries, max_size=2, unique=True),
    st.lists(st.sampled_from(["digital", "health"]), min_size=1, max_size=2, unique=True),
)


@given(partner_requests, partner_requests)
def test_a_match_is_mutual(request: PartnerRequest, other: PartnerRequest) -> None:
    assert is_match(request, other) == is_match(other, request)


@given(partner_requests, st.lists(partner_requests, max_size=15))
def test_proposals_are_few_one_an_organisation_and_never_its_own(
    request: PartnerRequest, others: list[PartnerRequest]
) -> None:
    proposals = propose(CALL, request, others)
    organisations = [proposal.organisation_id for proposal in proposals]
    assert len(organisations) == len(set(organisations)) <= MOST_PROPOSALS
    assert request.organisation_id not in organisations
    assert bool(proposals) == any(is_match(request, other) for other in others)
