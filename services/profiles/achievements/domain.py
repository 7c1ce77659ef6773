"""Achievements, and how each step of their review changes them (pure).

The statuses and steps are those of profiles. A change of a public achievement waits beside it until it is accepted.
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field

from services.profiles.organisations.domain import ChangeStatus
from services.profiles.organisations.profile import words_of
from services.profiles.organisations.review import (
    DELETABLE,
    EDITABLE,
    TRANSITIONS,
    NoChange,
    Reasons,
    Status,
    Step,
    WrongStatus,
    next_status,
    require_reasons,
)
from services.profiles.pictures.domain import Picture
from shared.errors import Invalid
from shared.fields import Distinct, OneLine, Paragraphs
from shared.ids import Id
from shared.models import FIRST_YEAR, LAST_YEAR, Body, Model, Versioned
from shared.sentences import _
from shared.vocabulary import Country, Ecosystem

LONGEST_STORY = 10_000
FOLDERS = "achievements|calls|gatherings|organisations|partner-requests|partnerships|posts"
PAGE = re.compile(rf"(https?://[^/\s]{{1,200}})?(/(?:{FOLDERS})/[0-9a-zA-Z_.:-]{{1,80}})")


def _page(value: str) -> str:
    if not value or PAGE.fullmatch(value):
        return value
    raise ValueError(_("Give the address of a page of this platform, for instance that of a partnership."))


class Cause(StrEnum):
    """Kind of what is behind an achievement."""

    MEETING = "meeting"
    AGREEMENT = "agreement"
    PARTNERSHIP = "partnership"


class Impact(Body):
    """Something that was measured: 12 jobs, 3 patents."""

    figure: Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)] = Field(description="The figure")
    unit: Annotated[str, OneLine(40)] = Field("", description="Its unit, for instance EUR, % or jobs")
    measures: Annotated[str, OneLine(200, fewest=3)] = Field(description="What it measures, and in which time")


class Contributor(Body):
    """A person who took part, as the organisation writes their name."""

    name: Annotated[str, OneLine(100, fewest=2)] = Field(description="Name of the person")
    role: Annotated[str, OneLine(200)] = Field("", description="Role of the person, for instance project manager")


class Behind(Body):
    """Origin of an achievement: a meeting, an agreement or a partnership."""

    kind: Cause = Field(description="Kind of what is behind it")
    text: Annotated[str, OneLine(300)] = Field("", description="What it was, in one line")
    page: Annotated[str, OneLine(300), AfterValidator(_page)] = Field(
        "", description="Address of its page on the platform, for instance /partnerships/..."
    )


class AchievementContent(Body):
    """Content of an achievement, as its editors write it."""

    title: Annotated[str, OneLine(200, fewest=3)] = Field(description="Title of the achievement")
    story: Annotated[str, Paragraphs(LONGEST_STORY)] = Field("", description="The story; empty lines make paragraphs")
    impact: Annotated[list[Impact], Distinct(20)] = Field([], description="What was measured")
    people: Annotated[list[Contributor], Distinct(20)] = Field([], description="People who took part; ask them before")
    behind: Behind | None = Field(None, description="The meeting, agreement or partnership that it came from")
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = Field(None, description="Year of the achievement")
    countries: Annotated[list[Country], Distinct(250)] = Field([], description="Countries that it is about")
    ecosystems: Annotated[list[Ecosystem], Distinct(14)] = Field([], description="Industrial ecosystems concerned")

    def at_home(self, public_url: str) -> Self:
        """Return the content with the path of the page behind it. Raises Invalid if the page is elsewhere."""
        if self.behind is None or not (found := PAGE.fullmatch(self.behind.page)):
            return self
        site, path = found.groups()
        if site and site != public_url:
            raise Invalid(
                _("This page is on another site. Give the address of a page of this platform."), field="behind.page"
            )
        return self.replace(behind=self.behind.replace(page=path))


class AchievementBody(AchievementContent):
    """A new achievement, as its editors send it."""

    organisation_id: Id = Field(description="The published organisation; the caller is one of its editors")


class AchievementReview(Body):
    """Decision of a reviewer on a submitted achievement."""

    outcome: Literal["publish", "changes_requested", "rejected"] = Field(description="Decision on the achievement")
    reasons: Reasons = Field([], description="Reasons for the editors; required unless the achievement is published")


class AchievementChangeReview(Body):
    """Decision of a reviewer on the change of a public achievement."""

    outcome: Literal["accepted", "refused"] = Field(description="Decision on the change")
    reasons: Reasons = Field([], description="Reasons for the editors; required if the change is refused")


class AchievementChange(Model):
    """New content and picture of a public achievement, which the public sees only after a review."""

    model_config = ConfigDict(frozen=True)

    content: AchievementContent
    picture: Picture | None = Field(None, description="Its picture if the change is accepted")
    status: ChangeStatus = Field(ChangeStatus.NEEDS_REVIEW, description="Status of the change in its review")
    reasons: tuple[str, ...] = Field((), description="Reasons why the change was refused")


class Achievement(Versioned, AchievementContent):
    """An achievement as it is stored. `organisation_public` follows the organisation: without it, nothing is public."""

    model_config = Versioned.model_config

    organisation_id: str
    organisation_name: str
    organisation_public: bool = True
    status: Status = Status.DRAFT
    reasons: tuple[str, ...] = ()
    change: AchievementChange | None = None
    picture: Picture | None = None
    was_public: bool = False
    published_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def draft(cls, id: str, body: AchievementBody, organisation_name: str) -> Self:
        """Return a new achievement that only the editors of its organisation see."""
        return cls(id=id, organisation_name=organisation_name, **body.model_dump())

    @property
    def is_public(self) -> bool:
        """Whether everyone can read the achievement."""
        return self.status is Status.PUBLISHED and self.organisation_public

    @property
    def awaits_review(self) -> bool:
        """Whether the achievement, or its change, awaits a review."""
        changed = self.change is not None and self.change.status is ChangeStatus.NEEDS_REVIEW
        return changed or self.status is Status.NEEDS_REVIEW

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with what searches, facets and the queue of reviews ask for."""
        found = words_of(f"{self.title} {self.organisation_name} {self.story}")
        cause = self.behind.kind if self.behind else None
        return {**super().to_mongo(), "found_by": found, "cause": cause, "awaits_review": self.awaits_review}

    def edited(self, content: AchievementContent, now: datetime) -> Self:
        """Return the achievement with new content, which awaits a review if the present one is public.

        The content that is public withdraws a change, unless it has a new picture. Raises WrongStatus.
        """
        self.check_editable()
        if self.status is not Status.PUBLISHED:
            return self._with(content).replace(updated_at=now)
        change = AchievementChange(content=plain(content), picture=self._awaited.picture)
        return self.replace(change=None if change == self._present else change)

    def check_editable(self) -> None:
        """Raise WrongStatus if the achievement cannot be changed now."""
        if self.status not in EDITABLE:
            raise WrongStatus(
                _("It cannot be changed while it is in review: withdraw it first. A rejected one stays as it is."),
                field="status",
            )

    @property
    def _present(self) -> AchievementChange:
        """Content and picture as everyone reads them."""
        return AchievementChange(content=plain(self), picture=self.picture)

    @property
    def _awaited(self) -> AchievementChange:
        """Content and picture for everyone if the change that awaits a review is accepted."""
        if self.change and self.change.status is ChangeStatus.NEEDS_REVIEW:
            return self.change
        return self._present

    @property
    def pictures(self) -> list[Picture]:
        """Its picture, and the one that was not accepted, if there is one."""
        found = [self.picture, self.change.picture if self.change else None]
        return [*{picture.id: picture for picture in found if picture}.values()]

    def with_picture(self, picture: Picture, now: datetime) -> Self:
        """Return the achievement with a new picture, which awaits a review if it is public. Raises WrongStatus."""
        self.check_editable()
        if self.status is not Status.PUBLISHED:
            return self.replace(picture=picture, updated_at=now)
        return self.replace(change=self._awaited.replace(picture=picture))

    def without_picture(self, now: datetime) -> Self:
        """Return the achievement without its picture and without the one that was not accepted. Raises WrongStatus."""
        self.check_editable()
        after, change = self.replace(picture=None, updated_at=now), self.change and self.change.replace(picture=None)
        return after.replace(change=change if change and change.content != plain(self) else None)

    def _with(self, content: AchievementContent) -> Self:
        return self.replace(**{name: getattr(content, name) for name in AchievementContent.model_fields})

    def submitted(self) -> Self:
        """Return the achievement as submitted for review. Raises WrongStatus."""
        return self.replace(status=next_status(self.status, "submit"), reasons=())

    def reviewed(self, review: AchievementReview, now: datetime) -> Self:
        """Return the achievement after a review. Raises WrongStatus, ReasonsMissing."""
        status = next_status(self.status, review.outcome)
        if review.outcome != "publish":
            require_reasons(review.reasons)
            return self.replace(status=status, reasons=tuple(review.reasons))
        published_at = self.published_at or now
        return self.replace(status=status, reasons=(), was_public=True, published_at=published_at, updated_at=now)

    def change_reviewed(self, review: AchievementChangeReview, now: datetime) -> Self:
        """Return the achievement after a review of its change. Raises NoChange, ReasonsMissing."""
        change = self.change
        if change is None or change.status is not ChangeStatus.NEEDS_REVIEW:
            raise NoChange(_("No change awaits a review. Read the achievement again."), field="change")
        if review.outcome == "refused":
            require_reasons(review.reasons)
            return self.replace(change=change.replace(status=ChangeStatus.REFUSED, reasons=tuple(review.reasons)))
        return self._with(change.content).replace(picture=change.picture, change=None, updated_at=now)

    def ended(self, step: Literal["withdraw", "take_down"], reasons: list[str]) -> Self:
        """Return the achievement that is no longer public, or no longer in review. Raises WrongStatus."""
        return self.replace(status=next_status(self.status, step), reasons=tuple(reasons), change=None)

    @property
    def is_deletable(self) -> bool:
        """Whether the achievement was never public, and is not in review."""
        return not self.was_public and self.status in DELETABLE

    def check_deletable(self) -> None:
        """Raise WrongStatus if the achievement is or was public, or is in review."""
        if not self.is_deletable:
            raise WrongStatus(
                _("Only an achievement that was never public, and is not in review, can be deleted. Withdraw it."),
                field="status",
            )


def plain(content: AchievementContent) -> AchievementContent:
    """Return the content alone, without what else a subclass has."""
    return AchievementContent(**{name: getattr(content, name) for name in AchievementContent.model_fields})


def allows(achievement: Achievement, step: Step) -> bool:
    """Return whether the status of an achievement allows a step."""
    return achievement.status in TRANSITIONS[step]
