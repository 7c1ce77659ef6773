"""Profiles: what the review asks for, and which steps are possible from where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.organisations.domain import TRANSITIONS, NotNow, Organisation, Status, checklist, next_status

FACTS = {"id": "1", "name": "Cluster", "country": "SE"}
GOOD = FACTS | {
    "kind": "cluster_organisation",
    "website": "https://cluster.example",
    "staff": 0.5,
    "members": {"sme": 14, "research": 1},
}


def test_a_cluster_organisation_at_the_edge_of_the_checklist_passes() -> None:
    assert checklist(Organisation.model_validate(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"staff": 0.4}, "at least 0.5 full-time staff, not 0.4"),
        ({"website": ""}, "a website"),
        ({"members": {"sme": 13, "research": 1}}, "at least 15 members, not 14"),
        ({"members": {"sme": 15}}, "members of at least two kinds"),
    ],
)
def test_each_unmet_point_is_said_in_words(change: dict, words: str) -> None:
    assert checklist(Organisation.model_validate(GOOD | change)) == [words]


def test_other_kinds_have_no_checklist() -> None:
    assert checklist(Organisation.model_validate(FACTS | {"kind": "company"})) == []


@given(st.sampled_from(Status), st.sampled_from(sorted(TRANSITIONS)))
def test_a_step_is_possible_from_the_table_and_from_nowhere_else(status: Status, step: str) -> None:
    organisation = Organisation.model_validate(GOOD | {"status": status})
    if status in TRANSITIONS[step]:
        assert next_status(organisation, step) is TRANSITIONS[step][status]
    else:
        with pytest.raises(NotNow, match=str(status)):
            next_status(organisation, step)
