"""Copies of calls and gatherings, and the front page that shows them (pure)."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from services.profiles.achievements.domain import Achievement
from services.profiles.organisations.domain import Organisation
from services.profiles.pictures.domain import Picture
from services.profiles.posts.domain import Post, PostKind
from shared.models import Versioned
from shared.vocabulary import Country, Ecosystem, OrganisationKind


class CallCopy(Versioned):
    """A copy of a call, updated by events."""

    title: str
    url: str
    organisation_id: str | None = Field(None, description="Id of the publishing organisation; null: the platform")
    organisation_name: str
    deadline: AwareDatetime
    timezone: str
    opens_at: AwareDatetime | None = Field(None, description="Opening; null: it is open, or see `forthcoming`")
    forthcoming: bool = Field(False, description="Whether the date of the opening is not yet known")
    over: bool = Field(False, description="Whether the call is closed or withdrawn")
    withdrawn: bool = Field(False, description="Whether the call was withdrawn")


class GatheringCopy(Versioned):
    """A copy of a gathering, updated by events."""

    title: str
    url: str
    organisation_id: str | None = Field(None, description="Id of the organisation that holds it; null: the platform")
    organisation_name: str
    place: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    timezone: str
    cancelled: bool = Field(False, description="Whether it will not take place")


class NewOrganisation(BaseModel):
    """An organisation as the front page shows it."""

    id: str
    name: str
    kind: OrganisationKind
    country: Country
    city: str
    ecosystems: list[Ecosystem]

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """Return the view of a published organisation."""
        return cls.model_validate(organisation.model_dump(include={*cls.model_fields}))


class NewPost(BaseModel):
    """A post as the front page shows it."""

    id: str
    kind: PostKind
    title: str
    organisation_name: str
    published_at: AwareDatetime | None

    @classmethod
    def of(cls, post: Post) -> Self:
        """Return the view of a public post."""
        return cls.model_validate(post.model_dump(include={*cls.model_fields}))


class NewAchievement(BaseModel):
    """An achievement as the front page shows it."""

    id: str
    title: str
    organisation_name: str
    year: int | None
    picture: Picture | None = Field(None, description="Its picture; it stands beside the title")

    @classmethod
    def of(cls, achievement: Achievement) -> Self:
        """Return the view of a public achievement."""
        return cls(**{name: getattr(achievement, name) for name in cls.model_fields})


class FrontPage(BaseModel):
    """Content of the front page."""

    organisations: int = Field(description="Number of published organisations")
    calls: list[CallCopy] = Field(description="Open calls with the next deadlines, the earliest first")
    forthcoming: list[CallCopy] = Field(description="Calls that will open, the earliest first, unknown dates last")
    gatherings: list[GatheringCopy] = Field(description="Gatherings that are not over, the next one first")
    newest: list[NewOrganisation] = Field(description="Organisations that came last")
    posts: list[NewPost] = Field(description="Posts that were published last")
    achievements: list[NewAchievement] = Field(description="Achievements that were published last")
