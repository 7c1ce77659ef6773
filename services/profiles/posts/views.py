"""Posts as people read them, the filters of their lists, and their feeds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from services.profiles.organisations.profile import matching
from services.profiles.pictures.domain import Picture
from services.profiles.posts.domain import Post, PostContent, PostKind, PostStage
from services.profiles.posts.store import posts_of_organisations
from services.profiles.posts.usecases import post_path
from shared.fields import OneLine
from shared.files.serving import FileView, file_path
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.ids import Id, created_at
from shared.mongo import Query, Reader
from shared.syndication import Enclosure, FeedEntry
from shared.vocabulary import Country, Ecosystem, country_name


class PostFileView(FileView):
    """A file of a post as readers see it."""

    title: str


class PostView(PostContent):
    """A post as others read it."""

    id: str
    version: int
    organisation_id: str = Field(description="Id of the organisation that posted it")
    organisation_name: str = Field(description="Name of the organisation that posted it")
    stage: PostStage = Field(description="Stage of the post; others read only what is published")
    publish_at: datetime | None = Field(description="Time of its publication, if it is scheduled")
    published_at: datetime | None = Field(description="Time of its publication")
    updated_at: datetime | None = Field(description="Time of its last change")
    files: list[PostFileView] = Field(description="Its files, for every reader of the post")
    pictures: list[Picture] = Field(description="Its pictures; the first one stands beside its title in lists")

    @classmethod
    def of(cls, post: Post) -> Self:
        """Return the view of a post."""
        files = [PostFileView.of(file, post_path(post.id)) for file in post.files]
        return cls.model_validate({**post.model_dump(include={*cls.model_fields} - {"files"}), "files": files})


class PostFilter(Paging):
    """Filters of posts; a post has to pass all of them."""

    text: Annotated[str, OneLine(200, fewest=2)] | None = Field(
        None, description="Words, or their beginnings, in the title, the text or the name of the organisation"
    )
    kind: PostKind | None = Field(None, description="Only posts of this kind")
    country: Country | None = Field(None, description="Only posts about this country (ISO 3166-1 alpha-2 code)")
    ecosystem: Ecosystem | None = Field(None, description="Only posts about this industrial ecosystem")
    organisation_id: Id | None = Field(None, description="Only posts of this organisation")

    def query(self) -> Query:
        """Return the database query for these filters."""
        equal = {
            "kind": self.kind,
            "countries": self.country,
            "ecosystems": self.ecosystem,
            "organisation_id": self.organisation_id,
        }
        given = {name: value for name, value in equal.items() if value}
        return {**given, **matching(self.text or "")}


class OwnPosts(Paging):
    """Query parameters of the list of an organisation's posts at every stage."""

    organisation_id: Id | None = Field(None, description="One of the organisations that you edit; none: all of them")
    stage: PostStage | None = Field(None, description="Only posts at this stage, for example draft")


async def own_page(reader: Reader, organisations: Sequence[str], q: OwnPosts) -> Page[PostView]:
    """Return the posts of organisations as their editors see them, the newest first."""
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    posts = await posts_of_organisations(reader, organisations, q.stage, before, q.limit + 1)
    more = encode_cursor(posts[q.limit - 1].id) if len(posts) > q.limit else None
    return Page[PostView](items=[PostView.of(each) for each in posts[: q.limit]], next=more)


def entry(post: Post, site: str) -> FeedEntry:
    """Return a post as an entry of a feed."""
    published_at = post.published_at or created_at(post.id)
    return FeedEntry(
        id=f"urn:ccp:post:{post.id}",
        url=f"{site}{post_path(post.id)}",
        title=post.title,
        text=post.text or post.title,
        author=post.organisation_name,
        tags=(post.kind.label, *(each.label for each in post.ecosystems), *map(country_name, post.countries)),
        published_at=published_at,
        updated_at=post.updated_at or published_at,
        enclosures=tuple(enclosures(post, site)),
        image=f"{site}{post.pictures[0].preview.url}" if post.pictures else "",
    )


def enclosures(post: Post, site: str) -> Iterator[Enclosure]:
    """Yield the files and pictures of a post as a feed carries them."""
    for file in post.files:
        yield Enclosure(f"{site}{file_path(post_path(post.id), file.sha256)}", file.media_type, file.size, file.title)
    for picture in post.pictures:
        shown = picture.preview
        yield Enclosure(f"{site}{shown.url}", shown.media_type, shown.size, picture.alt)
