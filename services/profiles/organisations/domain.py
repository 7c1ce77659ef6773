"""Organisations, their profiles and the rules of the review (pure)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.errors import Invalid, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.models import Body, Document, Link, Model, Versioned
from shared.vocabulary import Country, Ecosystem, OrganisationKind

Reasons = Annotated[list[Annotated[str, Paragraphs(1000, fewest=3)]], Distinct(10)]
Waiver = Annotated[
    str,
    OneLine(200),
    Field(description="National programme that recognises the cluster, so that the checklist is waived"),
]
Step = Literal["submit", "publish", "changes_requested", "rejected"]


class Status(StrEnum):
    """Status of a profile in its review."""

    DRAFT = "draft"
    NEEDS_REVIEW = "needs_review"
    CHANGES_REQUESTED = "changes_requested"
    PUBLISHED = "published"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        """The status in words."""
        return self.value.replace("_", " ")


# Each step, the statuses in which it is allowed, and the status that follows.
TRANSITIONS: dict[Step, dict[Status, Status]] = {
    "submit": {Status.DRAFT: Status.NEEDS_REVIEW, Status.CHANGES_REQUESTED: Status.NEEDS_REVIEW},
    "publish": {Status.NEEDS_REVIEW: Status.PUBLISHED},
    "changes_requested": {Status.NEEDS_REVIEW: Status.CHANGES_REQUESTED},
    "rejected": {Status.NEEDS_REVIEW: Status.REJECTED},
}
STEP_WORDS: dict[Step, str] = {
    "submit": "be submitted for review",
    "publish": "be published",
    "changes_requested": "be returned for changes",
    "rejected": "be rejected",
}
EDITABLE = {Status.DRAFT, Status.CHANGES_REQUESTED, Status.PUBLISHED}
LEAST_STAFF = 0.5
LEAST_MEMBERS = 15
LEAST_MEMBER_KINDS = 2


class MemberNumbers(Body):
    """Number of member organisations of a cluster, by kind."""

    sme: int = Field(0, ge=0, le=100_000, description="Small and medium-sized enterprises")
    large: int = Field(0, ge=0, le=100_000, description="Large companies")
    research: int = Field(0, ge=0, le=100_000, description="Research organisations and universities")
    other: int = Field(0, ge=0, le=100_000, description="Other organisations")


class OrganisationProfile(Body):
    """Profile of an organisation, as its editors write it."""

    name: Annotated[str, OneLine(200, fewest=2), Field(description="Full name of the organisation")]
    acronym: Annotated[str, OneLine(40), Field(description="Short form of the name")] = ""
    kind: OrganisationKind = Field(description="Kind of organisation; only a cluster organisation has a checklist")
    description: Annotated[str, Paragraphs(5000)] = Field(
        "", description="Description for readers of the public profile"
    )
    website: Annotated[Link, Field(description="Address of the website, with http or https")] = ""
    country: Country = Field(description="Country, as an ISO 3166-1 alpha-2 code")
    city: Annotated[str, OneLine(80), Field(description="City of the head office")] = ""
    year_founded: int | None = Field(None, ge=1000, le=2100, description="Year in which it was founded")
    staff: float = Field(0, ge=0, le=100_000, description="Staff in full-time equivalents")
    members: MemberNumbers = Field(MemberNumbers(), description="Number of member organisations, by kind")
    ecosystems: Annotated[list[Ecosystem], Distinct(14)] = Field(
        default=[], description="Industrial ecosystems it works in"
    )


class Review(Body):
    """Decision of a reviewer on a submitted profile."""

    outcome: Literal["publish", "changes_requested", "rejected"] = Field(description="Decision on the profile")
    reasons: Reasons = Field(
        default=[], description="Reasons for the editors; required unless the profile is published"
    )
    waived_by: Waiver = ""


class ChangeReview(Body):
    """Decision of a reviewer on the change of a published profile."""

    outcome: Literal["accepted", "refused"] = Field(description="Decision on the change")
    reasons: Reasons = Field(default=[], description="Reasons for the editors; required if the change is refused")
    waived_by: Waiver = ""


class ChangeStatus(StrEnum):
    """Status of the change of a published profile in its review; an accepted change is the profile itself."""

    NEEDS_REVIEW = "needs_review"
    REFUSED = "refused"


class ProfileChange(Model):
    """New name, acronym, kind and country of a published profile, which the public sees only after a review."""

    model_config = ConfigDict(frozen=True)

    name: str
    acronym: str = ""
    kind: OrganisationKind
    country: Country
    status: ChangeStatus = Field(ChangeStatus.NEEDS_REVIEW, description="Status of the change in its review")
    reasons: tuple[str, ...] = Field((), description="Reasons why the change was refused")


class Organisation(Versioned, OrganisationProfile):
    """An organisation with its profile and the state of the review."""

    model_config = Versioned.model_config

    status: Status = Field(Status.DRAFT, description="Status of the profile in its review")
    reasons: tuple[str, ...] = Field((), description="Reasons that the reviewer gave with the last decision")
    waived_by: str = Field("", description="National programme that recognises the cluster, if the checklist is waived")
    change: ProfileChange | None = Field(
        None,
        description="Change of name, acronym, kind or country that was not accepted; only members and operators see it",
    )

    def public(self) -> "Organisation":
        """Return the organisation as strangers see it, without what its editors and the reviewers wrote."""
        return self.replace(change=None, reasons=())

    def edited(self, profile: OrganisationProfile) -> "Organisation":
        """Return the organisation with a new profile; name, acronym, kind and country of a public one await a review.

        Raises WrongStatus, ChecklistUnmet.
        """
        if self.status not in EDITABLE:
            raise WrongStatus(
                f"This profile has the status “{self.status.label}” and cannot be edited now. "
                "It can be edited as a draft, after a request for changes, and once it is published.",
                field="status",
            )
        wanted, public = identity_of(profile), identity_of(self)
        if self.status is not Status.PUBLISHED:
            return self._with(profile, wanted)
        after = self._with(profile, public).replace(change=None if wanted == public else wanted)
        require_checklist_kept(after)
        return after

    def _with(self, profile: OrganisationProfile, identity: ProfileChange) -> "Organisation":
        return self.replace(
            name=identity.name,
            acronym=identity.acronym,
            kind=identity.kind,
            country=identity.country,
            description=profile.description,
            website=profile.website,
            city=profile.city,
            year_founded=profile.year_founded,
            staff=profile.staff,
            members=profile.members,
            ecosystems=profile.ecosystems,
        )

    def submitted(self) -> "Organisation":
        """Return the organisation as submitted for review. Raises WrongStatus."""
        return self.replace(status=next_status(self, "submit"), reasons=())

    def reviewed(self, review: Review) -> "Organisation":
        """Return the organisation after a review. Raises WrongStatus, ChecklistUnmet, ReasonsMissing."""
        status = next_status(self, review.outcome)
        if review.outcome == "publish":
            require_checklist(self, review.waived_by)
        else:
            require_reasons(review.reasons)
        return self.replace(status=status, reasons=tuple(review.reasons), waived_by=review.waived_by)

    def change_reviewed(self, review: ChangeReview) -> "Organisation":
        """Return the organisation after a review of its change. Raises NoChange, ChecklistUnmet, ReasonsMissing."""
        change = self.change
        if change is None or change.status is not ChangeStatus.NEEDS_REVIEW:
            raise NoChange("No change of this profile awaits a review. Read the profile again.", field="change")
        if review.outcome == "refused":
            require_reasons(review.reasons)
            return self.replace(change=change.replace(status=ChangeStatus.REFUSED, reasons=tuple(review.reasons)))
        waived_by = review.waived_by or self.waived_by
        accepted = self.replace(
            name=change.name,
            acronym=change.acronym,
            kind=change.kind,
            country=change.country,
            waived_by=waived_by,
            change=None,
        )
        require_checklist(accepted, waived_by)
        return accepted


class Membership(Document):
    """The role of one member in one organisation; its id is `<organisation>:<member>`."""

    organisation_id: str
    member_id: str
    role: Literal["member", "editor", "administrator"]


class WrongStatus(Refusal):
    """The status of the profile does not allow this step."""


class ChecklistUnmet(Refusal):
    """The profile does not meet the checklist for published cluster organisations."""


class ReasonsMissing(Invalid):
    """A profile cannot be returned, nor a change refused, without a reason."""


class NoChange(Refusal):
    """The profile has no change that awaits a review."""


def identity_of(profile: OrganisationProfile) -> ProfileChange:
    """Return what the public knows an organisation by, which changes only after a review."""
    return ProfileChange(name=profile.name, acronym=profile.acronym, kind=profile.kind, country=profile.country)


def draft(id: str, profile: OrganisationProfile) -> Organisation:
    """Return a new organisation whose profile is a draft."""
    return Organisation(id=id, name=profile.name, kind=profile.kind, country=profile.country).edited(profile)


def unmet_checklist(profile: OrganisationProfile) -> list[str]:
    """Return the points of the checklist that a cluster organisation does not meet; none for other kinds."""
    if profile.kind is not OrganisationKind.CLUSTER_ORGANISATION:
        return []
    numbers = (profile.members.sme, profile.members.large, profile.members.research, profile.members.other)
    is_met = {
        f"at least {LEAST_STAFF:g} full-time staff, not {profile.staff:g}": profile.staff >= LEAST_STAFF,
        "a website": bool(profile.website),
        f"at least {LEAST_MEMBERS} members, not {sum(numbers)}": sum(numbers) >= LEAST_MEMBERS,
        "members of at least two kinds": sum(number > 0 for number in numbers) >= LEAST_MEMBER_KINDS,
    }
    return [point for point, met in is_met.items() if not met]


def next_status(organisation: Organisation, step: Step) -> Status:
    """Return the status that follows a step. Raises WrongStatus."""
    following = TRANSITIONS[step]
    if organisation.status not in following:
        needed = " or ".join(f"“{status.label}”" for status in following)
        raise WrongStatus(
            f"A profile must have the status {needed} to {STEP_WORDS[step]}; "
            f"this profile has the status “{organisation.status.label}”. Read it again and choose another step.",
            field="status",
        )
    return following[organisation.status]


def require_reasons(reasons: list[str]) -> None:
    """Raise ReasonsMissing if there is no reason."""
    if not reasons:
        raise ReasonsMissing("Give at least one reason for the editors.", field="reasons")


def require_checklist(organisation: Organisation, waived_by: str) -> None:
    """Raise ChecklistUnmet if the profile does not meet the checklist and no programme waives it."""
    unmet = unmet_checklist(organisation)
    if unmet and not waived_by:
        raise ChecklistUnmet(
            f"A published cluster organisation needs {'; '.join(unmet)}. "
            "Request changes, or name the national programme that recognises the cluster in waived_by.",
            field="outcome",
        )


def require_checklist_kept(organisation: Organisation) -> None:
    """Raise ChecklistUnmet if a public profile would fall below the checklist without a review."""
    unmet = unmet_checklist(organisation)
    if unmet and not organisation.waived_by:
        raise ChecklistUnmet(
            f"A published cluster organisation needs {'; '.join(unmet)}. "
            "Send a profile that has all of this, or ask the operators of the platform."
        )
