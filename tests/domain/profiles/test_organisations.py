"""Profiles: the checklist of the review, and the steps that each status allows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.profiles.organisations.domain import Organisation, draft
from services.profiles.organisations.profile import (
    OrganisationProfile,
    alike,
    completeness,
    missing_parts,
    unmet_checklist,
)
from services.profiles.organisations.review import (
    TRANSITIONS,
    ChangeReview,
    ChecklistUnmet,
    NoChange,
    Review,
    Status,
    WrongProgramme,
    WrongStatus,
    next_status,
)

NOW = datetime(2016, 5, 9, tzinfo=UTC)
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
        assert next_status(organisation.status, step) is TRANSITIONS[step][status]
    else:
        with pytest.raises(WrongStatus, match=status.label):
            next_status(organisation.status, step)


def test_an_edit_takes_over_every_field_of_the_profile() -> None:
    profile = OrganisationProfile.model_validate(
        {name: value for name, value in GOOD.items() if name != "id"}
        | {"acronym": "CL", "description": "Text", "region": "SE22", "city": "Lund", "year_founded": 2001}
        | {"point": {"latitude": 55.7, "longitude": 13.2}, "ecosystems": ["digital"], "sectors": ["26"]}
        | {"technologies": ["photonics"], "priorities": ["Smart materials"], "services": ["technology_transfer"]}
        | {"countries_of_interest": ["JP"], "labels": ["cluster_excellence_gold"]}
    )
    assert all(getattr(profile, name) for name in OrganisationProfile.model_fields)
    organisation = draft("1", profile, NOW)
    assert organisation.model_dump(include=set(OrganisationProfile.model_fields)) == profile.model_dump()
    assert organisation.status is Status.DRAFT


def test_a_submission_clears_the_reasons_of_the_last_review() -> None:
    returned = Organisation.model_validate(GOOD | {"status": "changes_requested", "reasons": ["Add a website."]})
    submitted = returned.submitted()
    assert (submitted.status, submitted.reasons) == (Status.NEEDS_REVIEW, ())


def test_a_review_keeps_its_reasons_and_waiver() -> None:
    submitted = Organisation.model_validate(PROFILE | {"kind": "cluster_organisation", "status": "needs_review"})
    published = submitted.reviewed(Review(outcome="publish", waived_by="Vinnväxt"))
    assert (published.status, published.waived_by) == (Status.PUBLISHED, "Vinnväxt")
    returned = submitted.reviewed(Review(outcome="changes_requested", reasons=["Add a website."]))
    assert (returned.status, returned.reasons) == (Status.CHANGES_REQUESTED, ("Add a website.",))


PUBLIC = GOOD | {"status": "published"}
EU = {"name": "European Commission", "acronym": "EC", "kind": "public_body", "country": "BE"}


def edited(organisation: Organisation, **values: Any) -> Organisation:
    profile = {name: value for name, value in GOOD.items() if name != "id"} | values
    return organisation.edited(OrganisationProfile.model_validate(profile), NOW)


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


STEPS = st.sampled_from(
    ["submit", "publish", "changes_requested", "rejected", "withdraw", "take_down", "merge", "edit"]
)


def taken(organisation: Organisation, step: str) -> Organisation:
    """Return the organisation after a step, or as it was if its status does not allow the step."""
    try:
        match step:
            case "submit":
                return organisation.submitted()
            case "edit":
                return edited(organisation, name="Another name")
            case "withdraw" | "take_down" | "merge":
                return organisation.ended(step, ["A reason."], "2" if step == "merge" else "")
            case _:
                return organisation.reviewed(Review(outcome=step, reasons=["A reason."]))
    except WrongStatus:
        return organisation


@given(st.lists(STEPS, max_size=12))
def test_a_profile_is_public_only_after_a_review_and_keeps_no_change_behind(steps: list[str]) -> None:
    organisation = Organisation.model_validate(GOOD)
    for step in steps:
        before, organisation = organisation, taken(organisation, step)
        if organisation.status is Status.PUBLISHED:
            assert before.status in {Status.NEEDS_REVIEW, Status.PUBLISHED}
        else:
            assert organisation.change is None
        assert (organisation.merged_into != "") == (organisation.status is Status.MERGED)
        if before.status in {Status.REJECTED, Status.MERGED}:
            assert organisation == before


def test_a_programme_waives_the_checklist_in_its_own_country_only() -> None:
    submitted = Organisation.model_validate(PROFILE | {"kind": "cluster_organisation", "status": "needs_review"})
    with pytest.raises(WrongProgramme, match="Vinnväxt"):
        submitted.reviewed(Review(outcome="publish", waived_by="go-cluster"))
    with pytest.raises(ValidationError, match="go-cluster"):
        Review(outcome="publish", waived_by="My own programme")
    moved = Organisation.model_validate(PUBLIC | {"waived_by": "Vinnväxt", "staff": 0})
    change = edited(moved, staff=0, country="DE", name="Cluster").change_reviewed
    with pytest.raises(ChecklistUnmet):  # the Swedish programme does not count in Germany
        change(ChangeReview(outcome="accepted"))
    assert change(ChangeReview(outcome="accepted", waived_by="go-cluster")).waived_by == "go-cluster"


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        ({"name": "Pôle Énergie"}, {"name": "POLE-ENERGIE"}, {"name"}),
        ({"website": "https://www.a.example/x"}, {"website": "http://a.example"}, {"website"}),
        ({"name": "Umeå Wood Cluster", "city": "Umeå"}, {"name": "Wood Association", "city": "umea"}, {"place"}),
        ({"name": "Umeå Wood", "city": "Umeå"}, {"name": "Wood", "city": "Lund"}, set()),
        ({"name": "Umeå Cluster", "city": "Umeå"}, {"name": "Cluster of Umeå", "city": "Umeå"}, set()),
    ],
)
def test_profiles_of_one_organisation_have_a_key_in_common(first: dict, second: dict, kinds: set[str]) -> None:
    plain = PROFILE | {"kind": "cluster_organisation"}
    keys = [
        {*alike(Organisation.model_validate(plain | values))}
        for values in ({"name": "First"} | first, {"name": "Second"} | second)
    ]
    assert {key.partition(":")[0] for key in keys[0] & keys[1]} == kinds


def test_a_region_is_one_of_the_country_and_leaves_with_it() -> None:
    with pytest.raises(ValidationError, match="Ile-de-France is not in the country"):
        edited(Organisation.model_validate(GOOD), region="FR10")
    with pytest.raises(ValidationError, match="NUTS 2021"):
        edited(Organisation.model_validate(GOOD), region="SE99")
    public = edited(Organisation.model_validate(PUBLIC), region="SE22")
    assert edited(public, country="DE", region="DE11").region == ""
    asked = edited(public, country="DE").replace(region="SE22")
    assert asked.change_reviewed(ChangeReview(outcome="accepted")).region == ""


def test_a_complete_profile_has_a_region_only_where_regions_exist() -> None:
    swedish = Organisation.model_validate(GOOD)
    japanese = Organisation.model_validate(GOOD | {"country": "JP"})
    assert {*missing_parts(swedish)} - {*missing_parts(japanese)} == {"region"}
    assert completeness(swedish) < completeness(japanese) < 100


def test_an_edit_and_a_confirmation_put_off_the_next_reminder() -> None:
    made = edited(Organisation.model_validate(PUBLIC))
    assert made.remind_at == NOW + timedelta(days=365)
    late = NOW + timedelta(days=400)
    assert made.reminded(late).remind_at == late + timedelta(days=90)
    assert made.confirmed(late).remind_at == late + timedelta(days=365)


def test_old_profiles_are_not_all_reminded_in_the_moment_of_an_upgrade() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    old = [
        Organisation(id=str(number), name="Wood", kind="company", country="SE").confirmed(now - timedelta(days=900))  # type: ignore[arg-type]
        for number in range(200)
    ]
    reminders = {each.spread(now).remind_at for each in old}
    assert min(reminders) > now  # type: ignore[type-var]
    assert len(reminders) > 50
