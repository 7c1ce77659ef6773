"""Posts of organisations, and how each step of their life changes them (pure)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from services.profiles.organisations.profile import words_of
from services.profiles.pictures.domain import Picture
from shared.errors import Invalid, Refusal
from shared.fields import Distinct, OneLine, Paragraphs
from shared.files.domain import StoredFile
from shared.ids import Id
from shared.models import Body, Link, Moment, Versioned
from shared.sentences import Sentence, _
from shared.vocabulary import Country, Ecosystem

Step = Literal["change", "publish", "schedule", "withdraw", "delete"]
LONGEST_TEXT = 10_000
MOST_FILES = 10  # of one post
MOST_PICTURES = 10
MOST_GIGABYTES = 2  # of the files and pictures of all posts of an organisation


class PostKind(StrEnum):
    """Kind of a post."""

    NEWS = "news"
    ANNOUNCEMENT = "announcement"
    DOCUMENT = "document"

    @property
    def label(self) -> str:
        """The kind in words."""
        return self.value.capitalize()


class PostStage(StrEnum):
    """Stage of a post."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


# Each step, the stages in which it is possible, and the stage that follows; a deleted post is gone.
STEPS: dict[Step, dict[PostStage, PostStage]] = {
    "change": {stage: stage for stage in (PostStage.DRAFT, PostStage.SCHEDULED, PostStage.PUBLISHED)},
    "publish": dict.fromkeys((PostStage.DRAFT, PostStage.SCHEDULED), PostStage.PUBLISHED),
    "schedule": dict.fromkeys((PostStage.DRAFT, PostStage.SCHEDULED), PostStage.SCHEDULED),
    "withdraw": {PostStage.SCHEDULED: PostStage.DRAFT, PostStage.PUBLISHED: PostStage.WITHDRAWN},
    "delete": {PostStage.DRAFT: PostStage.DRAFT},
}
STEP_WORDS: dict[Step, str] = {
    "change": _("be changed"),
    "publish": _("be published"),
    "schedule": _("be scheduled"),
    "withdraw": _("be withdrawn"),
    "delete": _("be deleted"),
}
STAGE_WORDS: dict[PostStage, str] = {
    PostStage.DRAFT: _("draft"),
    PostStage.SCHEDULED: _("scheduled"),
    PostStage.PUBLISHED: _("published"),
    PostStage.WITHDRAWN: _("withdrawn"),
}
UNPUBLISHED = (PostStage.DRAFT, PostStage.SCHEDULED)


class WrongStage(Refusal):
    """Refusal of a step that the stage of a post does not allow."""


class PostContent(Body):
    """Content of a post, as its editors write it."""

    kind: PostKind = Field(PostKind.NEWS, description="Kind of the post")
    title: Annotated[str, OneLine(200, fewest=3)] = Field(description="Title of the post")
    text: Annotated[str, Paragraphs(LONGEST_TEXT)] = Field(
        "", description="Text of the post; empty lines make paragraphs"
    )
    countries: Annotated[list[Country], Distinct(250)] = Field([], description="Countries that it is about")
    ecosystems: Annotated[list[Ecosystem], Distinct(14)] = Field([], description="Industrial ecosystems concerned")
    link: Link = Field("", description="Page with more information, or the document")


class PostBody(PostContent):
    """A new post, as its editors send it."""

    organisation_id: Id = Field(
        description="The published organisation that posts it; the caller is one of its editors"
    )


class Publication(Body):
    """Publication of a post."""

    publish_at: Moment | None = Field(None, description="Time at which the platform publishes it; null: now")

    def check(self, now: datetime) -> None:
        """Raise Invalid if the time has passed."""
        if self.publish_at and self.publish_at <= now:
            raise Invalid(_("Choose a time in the future, or none to publish at once."), field="publish_at")


class PostFile(StoredFile):
    """A file that was uploaded to a post."""

    title: str


class Post(Versioned, PostContent):
    """A post as it is stored. `organisation_public` follows the organisation: without it, the post is not public."""

    model_config = Versioned.model_config

    organisation_id: str
    organisation_name: str
    organisation_public: bool = True
    stage: PostStage = PostStage.DRAFT
    publish_at: datetime | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    files: tuple[PostFile, ...] = ()
    pictures: tuple[Picture, ...] = ()

    @classmethod
    def draft(cls, id: str, body: PostBody, organisation_name: str) -> Self:
        """Return a new post that only the editors of its organisation see."""
        return cls(id=id, organisation_name=organisation_name, **body.model_dump())

    @property
    def is_public(self) -> bool:
        """Whether everyone can read the post."""
        return self.stage is PostStage.PUBLISHED and self.organisation_public

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with the words that searches ask for."""
        return {**super().to_mongo(), "found_by": words_of(f"{self.title} {self.organisation_name} {self.text}")}

    def changed(self, content: PostContent, now: datetime) -> Self:
        """Return the post with new content. Raises WrongStage."""
        stage = next_stage(self.stage, "change")
        fields = {name: getattr(content, name) for name in PostContent.model_fields}
        return self.replace(**fields, stage=stage, updated_at=now)

    def scheduled(self, at: datetime) -> Self:
        """Return the post that the platform publishes at a time. Raises WrongStage."""
        return self.replace(stage=next_stage(self.stage, "schedule"), publish_at=at)

    def published(self, now: datetime) -> Self:
        """Return the post as everyone can read it. Raises WrongStage."""
        stage = next_stage(self.stage, "publish")
        return self.replace(stage=stage, publish_at=None, published_at=now, updated_at=now)

    def withdrawn(self) -> Self:
        """Return the post that is no longer public, or no longer scheduled: then it is a draft. Raises WrongStage."""
        return self.replace(stage=next_stage(self.stage, "withdraw"), publish_at=None)

    def check_deletable(self) -> None:
        """Raise WrongStage if the post is not a draft."""
        next_stage(self.stage, "delete")


def allows(stage: PostStage, step: Step) -> bool:
    """Return whether a stage allows a step."""
    return stage in STEPS[step]


def next_stage(stage: PostStage, step: Step) -> PostStage:
    """Return the stage that follows a step. Raises WrongStage."""
    if not allows(stage, step):
        raise WrongStage(
            _(
                "This post has the stage “{stage}” and cannot {step} now. Read it again.",
                stage=Sentence(STAGE_WORDS[stage]),
                step=Sentence(STEP_WORDS[step]),
            ),
            field="stage",
        )
    return STEPS[step][stage]
