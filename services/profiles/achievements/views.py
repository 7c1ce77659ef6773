"""Achievements as people read them, the filters of their lists, and their feeds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from services.profiles.achievements.domain import Achievement, AchievementChange, AchievementContent, Cause
from services.profiles.achievements.store import achievements_of
from services.profiles.achievements.usecases import achievement_path
from services.profiles.organisations.profile import matching
from services.profiles.organisations.review import Status
from services.profiles.pictures.domain import Picture
from shared.fields import OneLine
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.ids import Id, created_at
from shared.models import FIRST_YEAR, LAST_YEAR
from shared.mongo import Query, Reader
from shared.syndication import Enclosure, FeedEntry
from shared.vocabulary import Country, Ecosystem, country_name


class AchievementView(AchievementContent):
    """An achievement as others read it."""

    id: str
    version: int
    organisation_id: str = Field(description="Id of the organisation whose achievement it is")
    organisation_name: str = Field(description="Name of the organisation")
    status: Status = Field(description="Status in the review; others read only what is published")
    picture: Picture | None = Field(None, description="Its picture; it stands beside the title in lists")
    reasons: tuple[str, ...] = Field(
        (), description="Reasons that the reviewer gave; only editors and operators see it"
    )
    change: AchievementChange | None = Field(
        None, description="New content and picture that were not accepted yet; only editors and operators see it"
    )
    published_at: datetime | None = Field(description="Time of its publication")
    updated_at: datetime | None = Field(description="Time of its last public change")

    @classmethod
    def of(cls, achievement: Achievement) -> Self:
        """Return the view for editors and operators."""
        return cls.model_validate(achievement.model_dump(include={*cls.model_fields}))

    @classmethod
    def public(cls, achievement: Achievement) -> Self:
        """Return the view without what the editors and the reviewers wrote to each other."""
        return cls.of(achievement.replace(change=None, reasons=()))


class AchievementFilter(Paging):
    """Filters of achievements; an achievement has to pass all of them."""

    text: Annotated[str, OneLine(200, fewest=2)] | None = Field(
        None, description="Words, or their beginnings, in the title, the story or the name of the organisation"
    )
    cause: Cause | None = Field(None, description="Only achievements behind which this is")
    country: Country | None = Field(None, description="Only achievements about this country (ISO 3166-1 alpha-2)")
    ecosystem: Ecosystem | None = Field(None, description="Only achievements in this industrial ecosystem")
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None = Field(
        None, description="Only achievements of this year"
    )
    organisation_id: Id | None = Field(None, description="Only achievements of this organisation")

    def query(self) -> Query:
        """Return the database query for these filters."""
        equal = {
            "cause": self.cause,
            "countries": self.country,
            "ecosystems": self.ecosystem,
            "year": self.year,
            "organisation_id": self.organisation_id,
        }
        given = {name: value for name, value in equal.items() if value}
        return {**given, **matching(self.text or "")}


class OwnAchievements(Paging):
    """Query parameters of the list of an organisation's achievements in every status."""

    organisation_id: Id | None = Field(None, description="One of the organisations that you edit; none: all of them")


async def own_page(reader: Reader, organisations: Sequence[str], q: OwnAchievements) -> Page[AchievementView]:
    """Return the achievements of organisations as their editors see them, the newest first."""
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    found = await achievements_of(reader, organisations, before, q.limit + 1)
    more = encode_cursor(found[q.limit - 1].id) if len(found) > q.limit else None
    return Page[AchievementView](items=[AchievementView.of(each) for each in found[: q.limit]], next=more)


def entry(achievement: Achievement, site: str) -> FeedEntry:
    """Return an achievement as an entry of a feed."""
    published_at = achievement.published_at or created_at(achievement.id)
    return FeedEntry(
        id=f"urn:ccp:achievement:{achievement.id}",
        url=f"{site}{achievement_path(achievement.id)}",
        title=achievement.title,
        text=achievement.story or achievement.title,
        author=achievement.organisation_name,
        tags=(*(each.label for each in achievement.ecosystems), *map(country_name, achievement.countries)),
        published_at=published_at,
        updated_at=achievement.updated_at or published_at,
        enclosures=tuple(enclosures(achievement, site)),
        image=f"{site}{achievement.picture.preview.url}" if achievement.picture else "",
    )


def enclosures(achievement: Achievement, site: str) -> Iterator[Enclosure]:
    """Yield the picture of an achievement as a feed carries it."""
    if picture := achievement.picture:
        shown = picture.preview
        yield Enclosure(f"{site}{shown.url}", shown.media_type, shown.size, picture.alt)
