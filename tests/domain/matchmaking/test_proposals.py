"""Partners: two sides of one wish, each where the other wants a partner."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.suggestions.domain import MOST_PROPOSALS, answers, propose
from tests.support.calls import CALL


def wish(number: int, side: str, organisation: str, country: str, wants: list[str], ecosystems: list[str]):
    return PartnerRequest.model_validate(
        {
            "id": f"r{number}",
            "organisation_id": organisation,
            "side": side,
            "title": "A wish",
            "ecosystems": ecosystems,
            "countries": wants,
            "expires_at": datetime(2017, 1, 1, tzinfo=UTC),
            "member_id": f"m-{organisation}",
            "organisation_name": organisation.upper(),
            "organisation_country": country,
        }
    )


countries = st.sampled_from(["SE", "FR", "JP"])
wishes = st.builds(
    wish,
    st.integers(0, 999),
    st.sampled_from(["offer", "request"]),
    st.sampled_from("abcdefgh"),
    countries,
    st.lists(countries, max_size=2, unique=True),
    st.lists(st.sampled_from(["digital", "health"]), min_size=1, max_size=2, unique=True),
)


@given(wishes, wishes)
def test_answering_is_mutual(one: PartnerRequest, two: PartnerRequest) -> None:
    assert answers(one, two) == answers(two, one)


@given(wishes, st.lists(wishes, max_size=15))
def test_proposals_are_few_one_an_organisation_and_never_oneself(
    mine: PartnerRequest, others: list[PartnerRequest]
) -> None:
    proposals = propose(CALL, mine, others)
    organisations = [proposal.organisation_id for proposal in proposals]
    assert len(organisations) == len(set(organisations)) <= MOST_PROPOSALS
    assert mine.organisation_id not in organisations
    assert bool(proposals) == any(answers(mine, other) for other in others)
