"""What an organisation is and may do (pure)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shared.errors import Invalid, Refusal
from shared.models import Body, Document, Link, Versioned
from shared.vocabulary import Country, Ecosystem, OrganisationKind

Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Status(StrEnum):
    DRAFT = "draft"
    NEEDS_REVIEW = "needs_review"
    CHANGES_REQUESTED = "changes_requested"
    PUBLISHED = "published"
    REJECTED = "rejected"


# What may be done, from which status, and where it leads.
TRANSITIONS: dict[str, dict[Status, Status]] = {
    "submit": {Status.DRAFT: Status.NEEDS_REVIEW, Status.CHANGES_REQUESTED: Status.NEEDS_REVIEW},
    "publish": {Status.NEEDS_REVIEW: Status.PUBLISHED},
    "changes_requested": {Status.NEEDS_REVIEW: Status.CHANGES_REQUESTED},
    "rejected": {Status.NEEDS_REVIEW: Status.REJECTED},
}
EDITABLE = {Status.DRAFT, Status.CHANGES_REQUESTED, Status.PUBLISHED}


class MemberNumbers(Body):
    """How many members an organisation has, by kind."""

    sme: int = Field(0, ge=0, le=100_000)
    large: int = Field(0, ge=0, le=100_000)
    research: int = Field(0, ge=0, le=100_000)
    other: int = Field(0, ge=0, le=100_000)


class OrganisationFacts(Body):
    """What an organisation says of itself."""

    name: Annotated[Line, Field(min_length=2)]
    acronym: Annotated[Line, Field(max_length=40)] = ""
    kind: OrganisationKind
    description: str = Field("", max_length=5000)
    website: Link = ""
    country: Country
    city: Annotated[Line, Field(max_length=80)] = ""
    year_founded: int | None = Field(None, ge=1000, le=2100)
    staff: float = Field(0, ge=0, le=100_000, description="Full-time equivalents")
    members: MemberNumbers = MemberNumbers()
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)


class Organisation(Versioned, OrganisationFacts):
    model_config = Versioned.model_config

    status: Status = Status.DRAFT
    reasons: tuple[str, ...] = ()
    waived_by: str = Field("", description="The national programme that vouches for it")


class Review(Body):
    """A reviewer's decision: reasons are required unless it publishes."""

    outcome: Literal["publish", "changes_requested", "rejected"]
    reasons: list[Annotated[str, StringConstraints(min_length=3, max_length=1000)]] = Field(default=[], max_length=10)
    waived_by: Annotated[Line, Field(description="A national programme that recognises it waives the checklist")] = ""


class Membership(Document):
    """One person's place in one organisation; its id is `<organisation>:<member>`."""

    organisation_id: str
    member_id: str
    role: Literal["member", "editor", "administrator"]


class NotNow(Refusal):
    """The organisation's status does not allow it."""


class ChecklistUnmet(Refusal):
    """The profile does not meet what a published cluster organisation must."""


class ReasonsMissing(Invalid):
    """A profile is not returned without saying why."""


def checklist(organisation: OrganisationFacts) -> list[str]:
    """What a cluster organisation still lacks, in words; other kinds have nothing to show."""
    if organisation.kind is not OrganisationKind.CLUSTER_ORGANISATION:
        return []
    numbers = organisation.members.model_dump().values()
    points = {
        f"at least 0.5 full-time staff, not {organisation.staff:g}": organisation.staff >= 0.5,
        "a website": bool(organisation.website),
        f"at least 15 members, not {sum(numbers)}": sum(numbers) >= 15,
        "members of at least two kinds": sum(number > 0 for number in numbers) >= 2,
    }
    return [need for need, met in points.items() if not met]


def next_status(organisation: Organisation, step: str) -> Status:
    """Raises NotNow."""
    ways = TRANSITIONS[step]
    if organisation.status not in ways:
        possible = " or ".join(sorted(ways))
        words = step.replace("_", " ")
        raise NotNow(f"'{words}' needs the status {possible}; this profile is {organisation.status}", field="status")
    return ways[organisation.status]


def check_review(organisation: Organisation, review: Review) -> None:
    """Raises ChecklistUnmet, ReasonsMissing."""
    if review.outcome != "publish":
        if not review.reasons:
            raise ReasonsMissing("say why the profile is returned", field="reasons")
        return
    missing = checklist(organisation)
    if missing and not review.waived_by:
        raise ChecklistUnmet("a published cluster organisation has " + "; ".join(missing), field="outcome")
