"""The review of profiles as a state machine (pure): statuses, steps, and the decisions of operators."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.profiles.organisations.profile import OrganisationProfile, checklist, unmet_checklist
from services.profiles.organisations.vocabulary import PROGRAMMES, programmes_of
from shared.errors import Invalid, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.ids import Id
from shared.models import Body, Document, Model, Moment
from shared.sentences import Sentence, _, any_of, listed


def _named_programme(name: str) -> str:
    if not name or name in PROGRAMMES:
        return name
    raise ValueError(f"Name one of these programmes: {', '.join(sorted(PROGRAMMES, key=str.casefold))}.")


Reasons = Annotated[list[Annotated[str, Paragraphs(1000, fewest=3)]], Distinct(10)]
Waiver = Annotated[
    str,
    OneLine(200),
    AfterValidator(_named_programme),
    Field(description="National programme that recognises the cluster, so that the checklist is waived"),
]
Step = Literal["submit", "publish", "changes_requested", "rejected", "withdraw", "take_down", "merge"]


class Status(StrEnum):
    """Status of a profile."""

    DRAFT = "draft"
    NEEDS_REVIEW = "needs_review"
    CHANGES_REQUESTED = "changes_requested"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"
    MERGED = "merged"

    @property
    def label(self) -> str:
        """The status in words."""
        return LABELS[self]


LABELS: dict[Status, str] = {
    Status.DRAFT: _("draft"),
    Status.NEEDS_REVIEW: _("needs review"),
    Status.CHANGES_REQUESTED: _("changes requested"),
    Status.PUBLISHED: _("published"),
    Status.REJECTED: _("rejected"),
    Status.WITHDRAWN: _("withdrawn by its editors"),
    Status.TAKEN_DOWN: _("taken down"),
    Status.MERGED: _("merged"),
}


# Each step, the statuses in which it is allowed, and the status that follows.
TRANSITIONS: dict[Step, dict[Status, Status]] = {
    "submit": dict.fromkeys(
        (Status.DRAFT, Status.CHANGES_REQUESTED, Status.WITHDRAWN, Status.TAKEN_DOWN), Status.NEEDS_REVIEW
    ),
    "publish": {Status.NEEDS_REVIEW: Status.PUBLISHED},
    "changes_requested": {Status.NEEDS_REVIEW: Status.CHANGES_REQUESTED},
    "rejected": {Status.NEEDS_REVIEW: Status.REJECTED},
    "withdraw": {Status.NEEDS_REVIEW: Status.DRAFT, Status.PUBLISHED: Status.WITHDRAWN},
    "take_down": {Status.PUBLISHED: Status.TAKEN_DOWN},
    "merge": dict.fromkeys(
        (
            Status.DRAFT,
            Status.NEEDS_REVIEW,
            Status.CHANGES_REQUESTED,
            Status.PUBLISHED,
            Status.WITHDRAWN,
            Status.TAKEN_DOWN,
        ),
        Status.MERGED,
    ),
}
STEP_WORDS: dict[Step, str] = {
    "submit": _("be submitted for review"),
    "publish": _("be published"),
    "changes_requested": _("be returned for changes"),
    "rejected": _("be rejected"),
    "withdraw": _("be withdrawn"),
    "take_down": _("be taken down"),
    "merge": _("be merged into another one"),
}
DELETABLE = {Status.DRAFT, Status.CHANGES_REQUESTED, Status.REJECTED}
EDITABLE = {Status.DRAFT, Status.CHANGES_REQUESTED, Status.PUBLISHED, Status.WITHDRAWN, Status.TAKEN_DOWN}


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


class TakeDown(Body):
    """Decision of an operator that a published profile is no longer public."""

    reasons: Annotated[Reasons, Field(min_length=1, description="Reasons for the editors")]


class Merger(Body):
    """Decision of an operator that a profile is a duplicate of another one."""

    into: Id = Field(description="Id of the published organisation that stays")
    reasons: Reasons = Field(default=[], description="Reasons for the editors")


class CheckedPoint(Model):
    """A point of the checklist as it was when an operator decided."""

    name: str = Field(description="Name of the point")
    has: str = Field(description="Value that the profile had")
    met: bool = Field(description="Whether the profile met the point")


class ReviewDecision(Document):
    """A decision of an operator on a profile, with the checklist at that time."""

    organisation_id: str
    version: int = Field(description="Version of the profile after the decision")
    outcome: str = Field(description="publish, changes_requested, rejected, accepted, refused, taken_down or merged")
    reasons: tuple[str, ...] = ()
    waived_by: str = Field("", description="National programme for which the checklist was waived")
    checklist: tuple[CheckedPoint, ...] = Field((), description="The checklist; only cluster organisations have one")
    source: str = Field("", description="Name of the imported list, if the decision is that of an import")
    decided_by: str = Field(description="Id of the operator")
    decided_at: Moment


class WrongStatus(Refusal):
    """The status of the profile does not allow this step."""


class ChecklistUnmet(Refusal):
    """The profile does not meet the checklist for published cluster organisations."""


class ReasonsMissing(Invalid):
    """A profile cannot be returned, nor a change refused, without a reason."""


class WrongProgramme(Refusal):
    """The programme that waives the checklist is one of another country."""


class NoChange(Refusal):
    """The profile has no change that awaits a review."""


def checked(profile: OrganisationProfile) -> tuple[CheckedPoint, ...]:
    """Return the checklist of a profile as a decision keeps it."""
    return tuple(CheckedPoint(name=point.name, has=point.has, met=point.met) for point in checklist(profile))


def next_status(status: Status, step: Step) -> Status:
    """Return the status that follows a step. Raises WrongStatus."""
    following = TRANSITIONS[step]
    if status not in following:
        raise WrongStatus(
            _(
                "It must have the status “{needed}” to {done}; it has the status “{status}”. "
                "Read it again and choose another step.",
                needed=any_of([each.label for each in following]),
                done=Sentence(STEP_WORDS[step]),
                status=Sentence(status.label),
            ),
            field="status",
        )
    return following[status]


def require_reasons(reasons: list[str]) -> None:
    """Raise ReasonsMissing if there is no reason."""
    if not reasons:
        raise ReasonsMissing(_("Give at least one reason for the editors."), field="reasons")


def is_programme_of(waived_by: str, country: str) -> bool:
    """Return whether a programme is not known to be one of another country; earlier releases took any name."""
    return PROGRAMMES.get(waived_by, country) == country


def require_checklist(profile: OrganisationProfile, waived_by: str) -> None:
    """Raise ChecklistUnmet if the profile does not meet the checklist and no programme of its country waives it.

    Raise WrongProgramme if the programme is one of another country.
    """
    if not is_programme_of(waived_by, profile.country):
        own = programmes_of(profile.country)
        if own:
            wrong = _(
                "{programme} is not a programme of the organisation's country. Its programmes are: {own}.",
                programme=waived_by,
                own=", ".join(own),
            )
        else:
            wrong = _(
                "{programme} is not a programme of the organisation's country. None of its programmes is known.",
                programme=waived_by,
            )
        raise WrongProgramme(wrong, field="waived_by")
    unmet = unmet_checklist(profile)
    if unmet and not waived_by:
        raise ChecklistUnmet(
            _(
                "A published cluster organisation needs {points}. "
                "Request changes, or name the national programme that recognises the cluster.",
                points=listed(unmet, "; "),
            ),
            field="outcome",
        )


def require_checklist_kept(profile: OrganisationProfile, waived_by: str) -> None:
    """Raise ChecklistUnmet if a public profile would fall below the checklist without a review."""
    unmet = unmet_checklist(profile)
    if unmet and not waived_by:
        raise ChecklistUnmet(
            _(
                "A published cluster organisation needs {points}. "
                "Keep all of this, or ask the operators of the platform.",
                points=listed(unmet, "; "),
            )
        )
