"""Organisations, their profiles and the rules of the review (pure)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from shared.errors import Invalid, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.models import Body, Document, Link, Versioned
from shared.vocabulary import Country, Ecosystem, OrganisationKind

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
    reasons: Annotated[list[Annotated[str, Paragraphs(1000, fewest=3)]], Distinct(10)] = Field(
        default=[], description="Reasons for the editors; required unless the profile is published"
    )
    waived_by: Annotated[
        str,
        OneLine(200),
        Field(description="National programme that recognises the cluster, so that the checklist is waived"),
    ] = ""


class Organisation(Versioned, OrganisationProfile):
    """An organisation with its profile and the state of the review."""

    model_config = Versioned.model_config

    status: Status = Field(Status.DRAFT, description="Status of the profile in its review")
    reasons: tuple[str, ...] = Field((), description="Reasons that the reviewer gave with the last decision")
    waived_by: str = Field("", description="National programme that recognises the cluster, if the checklist is waived")

    def edited(self, profile: OrganisationProfile) -> "Organisation":
        """Return the organisation with a new profile. Raises WrongStatus."""
        if self.status not in EDITABLE:
            raise WrongStatus(
                f"This profile has the status “{self.status.label}” and cannot be edited now. "
                "It can be edited as a draft, after a request for changes, and once it is published.",
                field="status",
            )
        return self.replace(
            name=profile.name,
            acronym=profile.acronym,
            kind=profile.kind,
            description=profile.description,
            website=profile.website,
            country=profile.country,
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
        check_review(self, review)
        return self.replace(status=status, reasons=tuple(review.reasons), waived_by=review.waived_by)


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
    """A profile cannot be returned without a reason."""


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


def check_review(organisation: Organisation, review: Review) -> None:
    """Raise ReasonsMissing if a return gives no reason, ChecklistUnmet if a publication breaks the checklist."""
    if review.outcome != "publish":
        if not review.reasons:
            raise ReasonsMissing("Give at least one reason why the profile is returned.", field="reasons")
        return
    unmet = unmet_checklist(organisation)
    if unmet and not review.waived_by:
        raise ChecklistUnmet(
            f"A published cluster organisation needs {'; '.join(unmet)}. "
            "Request changes, or name the national programme that recognises the cluster in waived_by.",
            field="outcome",
        )
