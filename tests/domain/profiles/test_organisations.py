"""Profiles: the checklist of the review, and the steps that each status allows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profiles.organisations.domain import (
    TRANSITIONS,
    ChangeReview,
    ChecklistUnmet,
    NoChange,
    Organisation,
    OrganisationProfile,
    Review,
    Status,
    WrongStatus,
    draft,
    next_status,
    unmet_checklist,
)

PROFILE = {"id": "1", "name": "Cluster", "country": "SE"}
GOOD = PROFILE | {
    "kind": "cluster_organisation",
    "website": "https://cluster.example",
    "staff": 0.5,
    "members": {"sme": 14, "research": 1},
}


def test_a_cluster_organisation_at_the_edge_of_the_checklist_passes() -> None:
    assert unmet_checklist(Organisation.model_validate(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"staff": 0.4}, "at least 0.5 full-time staff, not 0.4"),
        ({"website": ""}, "a website"),
        ({"members": {"sme": 13, "research": 1}}, "at least 15 members, not 14"),
        ({"members": {"sme": 15}}, "members of at least two kinds"),
    ],
)
def test_each_unmet_point_is_named_in_words(change: dict, words: str) -> None:
    assert unmet_checklist(Organisation.model_validate(GOOD | change)) == [words]


def test_other_kinds_have_no_checklist() -> None:
    assert unmet_checklist(Organisation.model_validate(PROFILE | {"kind": "company"})) == []


@given(st.sampled_from(Status), st.sampled_from(sorted(TRANSITIONS)))
def test_a_step_is_possible_from_the_table_and_from_no_other_status(status: Status, step: str) -> None:
    organisation = Organisation.model_validate(GOOD | {"status": status})
    if status in TRANSITIONS[step]:
        assert next_status(organisation, step) is TRANSITIONS[step][status]
    else:
        with pytest.raises(WrongStatus, match=status.label):
            next_status(organisation, step)


def test_an_edit_takes_over_every_field_of_the_profile() -> None:
    profile = OrganisationProfile.model_validate(
        {name: value for name, value in GOOD.items() if name != "id"}
        | {"acronym": "CL", "description": "Text", "city": "Lund", "year_founded": 2001, "ecosystems": ["digital"]}
    )
    assert all(getattr(profile, name) for name in OrganisationProfile.model_fields)
    organisation = draft("1", profile)
    assert organisation.model_dump(include=set(OrganisationProfile.model_fields)) == profile.model_dump()
    assert organisation.status is Status.DRAFT


def test_a_submission_clears_the_reasons_of_the_last_review() -> None:
    returned = Organisation.model_validate(GOOD | {"status": "changes_requested", "reasons": ["Add a website."]})
    submitted = returned.submitted()
    assert (submitted.status, submitted.reasons) == (Status.NEEDS_REVIEW, ())


def test_a_review_keeps_its_reasons_and_waiver() -> None:
    submitted = Organisation.model_validate(PROFILE | {"kind": "cluster_organisation", "status": "needs_review"})
    published = submitted.reviewed(Review(outcome="publish", waived_by="Vinnova"))
    assert (published.status, published.waived_by) == (Status.PUBLISHED, "Vinnova")
    returned = submitted.reviewed(Review(outcome="changes_requested", reasons=["Add a website."]))
    assert (returned.status, returned.reasons) == (Status.CHANGES_REQUESTED, ("Add a website.",))


PUBLIC = GOOD | {"status": "published"}
EU = {"name": "European Commission", "acronym": "EC", "kind": "public_body", "country": "BE"}


def edited(organisation: Organisation, **values: Any) -> Organisation:
    profile = {name: value for name, value in GOOD.items() if name != "id"} | values
    return organisation.edited(OrganisationProfile.model_validate(profile))


@pytest.mark.parametrize("field", EU)
def test_name_acronym_kind_and_country_of_a_public_profile_await_a_review(field: str) -> None:
    public = Organisation.model_validate(PUBLIC)
    after = edited(public, **{field: EU[field]}, city="Lund")
    assert (getattr(after, field), after.city) == (getattr(public, field), "Lund")
    assert after.change
    assert getattr(after.change, field) == EU[field]
    assert after.public().change is None
    assert edited(after).change is None


def test_name_acronym_kind_and_country_of_a_draft_change_at_once() -> None:
    after = edited(Organisation.model_validate(GOOD), **EU)
    assert {field: str(getattr(after, field)) for field in EU} == EU
    assert after.change is None


@pytest.mark.parametrize("values", [{"staff": 0}, {"members": {}}, {"website": ""}])
def test_a_public_profile_keeps_meeting_the_checklist(values: dict[str, Any]) -> None:
    public = Organisation.model_validate(PUBLIC)
    with pytest.raises(ChecklistUnmet, match=r"needs (at least|a website)"):
        edited(public, **values)
    with pytest.raises(ChecklistUnmet):  # the public kind counts, not the one that awaits a review
        edited(public, **values, kind="company")
    assert edited(Organisation.model_validate(GOOD), **values).status is Status.DRAFT
    for free in ({"waived_by": "Vinnova"}, {"kind": "company"}):
        organisation = Organisation.model_validate(PUBLIC | free)
        assert edited(organisation, **values, kind=organisation.kind).change is None


def test_an_accepted_change_replaces_the_public_values_and_a_refused_one_does_not() -> None:
    public = edited(Organisation.model_validate(PUBLIC), **EU)
    accepted = public.change_reviewed(ChangeReview(outcome="accepted"))
    assert {field: str(getattr(accepted, field)) for field in EU} == EU
    refused = public.change_reviewed(ChangeReview(outcome="refused", reasons=["Not your name."]))
    assert [getattr(refused, field) for field in EU] == [getattr(public, field) for field in EU]
    for organisation in (accepted, refused):
        with pytest.raises(NoChange):
            organisation.change_reviewed(ChangeReview(outcome="accepted"))
