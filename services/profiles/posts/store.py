"""Collection of posts; every query by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.organisations.review import Status
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.posts.domain import UNPUBLISHED, Post, PostStage
from shared.mongo import Collection, Query, Reader, behind, index
from shared.quota import Quota
from shared.sentences import _

PUBLIC: Query = {"stage": PostStage.PUBLISHED, "organisation_public": True}
BY_STAGE = index("organisation_id", "stage")
POSTS = Collection(
    "posts",
    Post,
    [
        index("stage", "organisation_public", "-published_at", "_id"),
        index("stage", "organisation_public", "organisation_id", "-published_at", "_id"),
        index("stage", "organisation_public", "kind", "-published_at", "_id"),
        index("stage", "organisation_public", "countries", "-published_at", "_id"),
        index("stage", "organisation_public", "ecosystems", "-published_at", "_id"),
        index("stage", "organisation_public", "found_by"),
        index("stage", "organisation_public", "_id"),
        index("stage", "organisation_public", "-updated_at", "_id"),
        index("stage", "publish_at"),
        index("organisation_id", "_id"),
        BY_STAGE,
    ],
)
DRAFTS = Quota(
    _("drafts of posts in this organisation"), POSTS, 100, _("Publish or delete some of them first."), BY_STAGE
)


def drafts_of(organisation_id: str) -> Query:
    """Return the query for the posts of an organisation that are drafts or scheduled."""
    return {"organisation_id": organisation_id, "stage": {"$in": [*UNPUBLISHED]}}


async def public_posts(reader: Reader, filters: Query, after: tuple[datetime, str] | None, limit: int) -> list[Post]:
    """Return public posts, the last published first; `after` is the time and id of the last one seen."""
    query = {"$and": [{**PUBLIC, **filters}, behind("published_at", after, newest_first=True)]}
    return await POSTS.find(reader, query, sort=[("published_at", -1), ("_id", 1)], limit=limit)


async def latest_posts(reader: Reader, filters: Query, limit: int) -> list[Post]:
    """Return the public posts that were published or changed last."""
    return await POSTS.find(reader, {**PUBLIC, **filters}, sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def public_ids(reader: Reader, limit: int) -> list[str]:
    """Return the ids of public posts, the oldest first."""
    return [row["_id"] for row in await POSTS.rows(reader, PUBLIC, ["_id"], limit=limit)]


async def posts_of_organisations(
    reader: Reader, organisations: Sequence[str], stage: PostStage | None, before: str | None, limit: int
) -> list[Post]:
    """Return the posts of organisations at every stage, the newest first; `before` is the last id seen."""
    query: dict[str, Any] = {"organisation_id": {"$in": [*organisations]}}
    if stage:
        query["stage"] = stage
    if before:
        query["_id"] = {"$lt": before}
    return await POSTS.find(reader, query, sort=[("_id", -1)], limit=limit)


async def due_ids(reader: Reader, now: datetime, limit: int) -> list[str]:
    """Return the ids of scheduled posts whose time has come."""
    due: Query = {"stage": PostStage.SCHEDULED, "publish_at": {"$lte": now}}
    return [row["_id"] for row in await POSTS.rows(reader, due, ["_id"], limit=limit)]


async def stored_bytes(reader: Reader, organisation_id: str) -> int:
    """Return how many bytes the files and pictures of all posts of an organisation have."""
    of_pictures = {"$map": {"input": "$pictures", "in": {"$sum": "$$this.renditions.size"}}}
    sizes = {"$add": [{"$sum": "$files.size"}, {"$sum": of_pictures}]}
    own: Query = {"$match": {"organisation_id": organisation_id}}
    rows = await POSTS.aggregate(reader, [own, {"$group": {"_id": None, "bytes": {"$sum": sizes}}}], 1)
    return int(rows[0]["bytes"]) if rows else 0


async def public_name(reader: Reader, organisation_id: str) -> str:
    """Return the name of a public organisation; its id if there is none."""
    organisation = await ORGANISATIONS.get(reader, organisation_id)
    return organisation.name if organisation and organisation.status is Status.PUBLISHED else organisation_id
