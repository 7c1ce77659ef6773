"""The events about what is published to read: posts, achievements and the pages of countries."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.base import (
    Countries,
    Ecosystems,
    Event,
    OrganisationId,
    OrganisationName,
    Part,
    Short,
    Tag,
    Text,
    Url,
    Version,
)
from shared.vocabulary import Country

PostId = Annotated[Tag, Field(description="Id of the post")]
AchievementId = Annotated[Tag, Field(description="Id of the achievement")]


class PostFacts(Part):
    """A post of an organisation as every event about it describes it; its page has the text, which may name people."""

    version: Version
    kind: Literal["news", "announcement", "document"] = Field(description="Kind of the post")
    title: Short = Field(description="Title of the post")
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    countries: Countries = Field([], description="Countries that the post is about (ISO 3166-1 alpha-2)")
    ecosystems: Ecosystems = Field([])
    url: Url


class PostPublished(Event, type="profiles.post.published.v1", subject="post_id"):
    """A post was published, at once or at the time for which it was scheduled. Followers of the organisation are told.

    If the organisation is withdrawn later, its posts are not public either, without events of their own.
    """

    post_id: PostId
    post: PostFacts


class PostChanged(Event, type="profiles.post.changed.v1", subject="post_id"):
    """A public post was changed: its title, its text, or what it is about."""

    post_id: PostId
    post: PostFacts


class PostWithdrawn(Event, type="profiles.post.withdrawn.v1", subject="post_id"):
    """A public post is no longer shown: its editors withdrew it, or an operator took it down."""

    post_id: PostId
    post: PostFacts


class AchievementFacts(Part):
    """An achievement as every event about it describes it; its page has the story, which may name people."""

    version: Version
    title: Short = Field(description="Title of the achievement")
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    cause: Literal["meeting", "agreement", "partnership", ""] = Field("", description="What is behind it, if stated")
    year: int | None = Field(None, description="Year of the achievement, if stated")
    countries: Countries = Field([], description="Countries that the achievement is about (ISO 3166-1 alpha-2)")
    ecosystems: Ecosystems = Field([])
    url: Url


class AchievementSubmitted(Event, type="profiles.achievement.submitted.v1", subject="achievement_id"):
    """An achievement, or a change of a public one, awaits a review. Operators are notified, without its words."""

    achievement_id: AchievementId
    version: Version
    organisation_id: OrganisationId
    organisation_name: OrganisationName
    what: Literal["achievement", "change"] = Field(description="The subject of the review")
    url: Url


class AchievementReturned(Event, type="profiles.achievement.returned.v1", subject="achievement_id"):
    """A reviewer requested changes to an achievement, rejected it, or refused a change. Its editors are notified."""

    achievement_id: AchievementId
    achievement: AchievementFacts
    outcome: Literal["changes_requested", "rejected", "change_refused"] = Field(description="The result of the review")
    reasons: list[Text] = Field(max_length=10, description="The reasons, as the reviewer wrote them")


class AchievementPublished(Event, type="profiles.achievement.published.v1", subject="achievement_id"):
    """An achievement was published after its review. Followers of the organisation and of its countries are told.

    If the organisation is withdrawn later, its achievements are not public either, without events of their own.
    """

    achievement_id: AchievementId
    achievement: AchievementFacts


class AchievementChanged(Event, type="profiles.achievement.changed.v1", subject="achievement_id"):
    """A change of a public achievement was accepted. Members who follow it are told."""

    achievement_id: AchievementId
    achievement: AchievementFacts


class AchievementWithdrawn(Event, type="profiles.achievement.withdrawn.v1", subject="achievement_id"):
    """A public achievement is no longer shown: its editors withdrew it, or an operator took it down."""

    achievement_id: AchievementId
    achievement: AchievementFacts


class CountryDescribed(Event, type="profiles.country.described.v1", subject="country"):
    """An edition of the page of a country was published. Those who follow the country are told."""

    country: Annotated[Country, Field(description="Code of the country (ISO 3166-1 alpha-2)")]
    version: Version
    edition: int = Field(description="Number of the edition")
    url: Url
