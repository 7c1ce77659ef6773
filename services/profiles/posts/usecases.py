"""Use cases of posts: write, publish now or at a time, change, withdraw and delete them."""

from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import words_of
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import ORGANISATIONS, staying
from services.profiles.organisations.usecases import NOT_AN_EDITOR, is_editor
from services.profiles.pictures.store import drop_pictures
from services.profiles.posts.domain import Post, PostBody, PostContent, PostStage, Publication, WrongStage
from services.profiles.posts.store import DRAFTS, POSTS, drafts_of, due_ids
from shared.auth import Caller
from shared.contracts.profiles import (
    OrganisationPublished,
    OrganisationWithdrawn,
    PostChanged,
    PostFacts,
    PostPublished,
    PostWithdrawn,
)
from shared.errors import not_found
from shared.files.store import drop
from shared.models import ExpectedVersion
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

PUBLISHED_AT_ONCE = 100
NOT_FOUND = _("Post not found.")
NOT_YOURS = _("Post not found among those of the organisations that you edit.")


class OrganisationNotPublic(WrongStage):
    """Refusal to post in the name of an organisation that is not public."""


async def visible_post(reader: Reader, id: str, caller: Caller | None) -> Post:
    """Return a public post, or any of an organisation that the caller edits. Raises NotFound."""
    post = await POSTS.get(reader, id)
    if post and (await is_public(reader, post) or await edits(reader, post, caller)):
        return post
    raise not_found(post, NOT_FOUND)


async def edits(reader: Reader, post: Post, caller: Caller | None) -> bool:
    """Return whether the caller may edit a post."""
    return caller is not None and await is_editor(reader, post.organisation_id, caller)


async def create_post(tx: Transaction, id: str, body: PostBody, caller: Caller) -> Post:
    """Store a draft of an organisation. Raises NotFound, OrganisationNotPublic, QuotaReached."""
    organisation = await ORGANISATIONS.get(tx, body.organisation_id)
    if organisation is None or not await is_editor(tx, body.organisation_id, caller):
        raise not_found(organisation, NOT_AN_EDITOR)
    await require_public(tx, organisation)
    await DRAFTS.check(tx, organisation.id, drafts_of(organisation.id))
    post = Post.draft(id, body, organisation.name)
    await POSTS.insert(tx, post)
    return post


async def change_post(tx: Transaction, id: str, content: PostContent, caller: Caller, version: ExpectedVersion) -> Post:
    """Store new content; publish the change if everyone can read it. Raises NotFound, Stale, WrongStage."""
    before = await own_post(tx, id, caller, version)
    await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    post = await POSTS.change(tx, before, before.changed(content, tx.now))
    if post.stage is PostStage.PUBLISHED:
        tx.publish(PostChanged(post_id=id, post=post_facts(post)))
    return post


async def publish_post(
    tx: Transaction, id: str, publication: Publication, caller: Caller, version: ExpectedVersion
) -> Post:
    """Publish a post, or schedule it. Raises NotFound, Stale, WrongStage, Invalid."""
    before = await own_post(tx, id, caller, version)
    organisation = await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    publication.check(tx.now)
    if publication.publish_at:
        return await POSTS.change(tx, before, before.scheduled(publication.publish_at))
    return await _publish(tx, before, organisation)


async def withdraw_post(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Post:
    """Withdraw a public post, or make a scheduled one a draft again. Raises NotFound, Stale, WrongStage."""
    before = await own_post(tx, id, caller, version)
    post = await POSTS.change(tx, before, before.withdrawn())
    if post.stage is PostStage.WITHDRAWN:
        tx.publish(PostWithdrawn(post_id=id, post=post_facts(post)))
    return post


async def take_down_post(tx: Transaction, id: str) -> None:
    """Withdraw a post for an operator, if it is public."""
    before = await POSTS.get(tx, id)
    if before and before.stage is PostStage.PUBLISHED:
        post = await POSTS.change(tx, before, before.withdrawn())
        tx.publish(PostWithdrawn(post_id=id, post=post_facts(post)))


async def delete_post(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> None:
    """Delete a draft with its files and pictures. Raises NotFound, Stale, WrongStage."""
    post = await own_post(tx, id, caller, version)
    post.check_deletable()
    await POSTS.remove(tx, post)
    await drop(tx, post.files)
    await drop_pictures(tx, post.pictures)


async def publish_due(db: Database) -> None:
    """Publish the scheduled posts whose time has come."""
    while ids := await due_ids(db, db.now(), PUBLISHED_AT_ONCE):
        for id in ids:
            await db.transact(publish_if_due, id)


async def publish_if_due(tx: Transaction, id: str) -> None:
    """Publish a scheduled post whose time has come; it is a draft again if its organisation is not public."""
    before = await POSTS.get(tx, id)
    if before is None or before.stage is not PostStage.SCHEDULED or not before.publish_at or before.publish_at > tx.now:
        return
    try:
        organisation = await require_public(tx, await ORGANISATIONS.get(tx, before.organisation_id))
    except OrganisationNotPublic:
        await POSTS.change(tx, before, before.withdrawn())
    else:
        await _publish(tx, before, organisation)


async def on_organisation(tx: Transaction, event: OrganisationPublished | OrganisationWithdrawn) -> None:
    """Keep in its posts the name of an organisation, and whether it is public, as they are now.

    The posts of one that was merged are those of the organisation that stays. Searches find the posts by the new name,
    too, and by the former one until their text changes.
    """
    organisation = await staying(tx, event.organisation_id)
    if organisation is None:
        return
    kept = {
        "organisation_id": organisation.id,
        "organisation_name": organisation.name,
        "organisation_public": organisation.status is Status.PUBLISHED,
    }
    named = {"found_by": {"$each": words_of(organisation.name)}}
    await POSTS.update(tx, {"organisation_id": event.organisation_id}, {"$set": kept, "$addToSet": named})


def post_facts(post: Post) -> PostFacts:
    """Return the facts that every event about a post carries; its text is not one of them."""
    return PostFacts(
        version=post.version,
        kind=post.kind.value,
        title=post.title,
        organisation_id=post.organisation_id,
        organisation_name=post.organisation_name,
        countries=post.countries,
        ecosystems=post.ecosystems,
        url=post_path(post.id),
    )


def post_published(post: Post) -> PostPublished:
    """Return the event of a publication."""
    return PostPublished(post_id=post.id, post=post_facts(post))


def post_path(id: str) -> str:
    """Return the path of a post."""
    return f"/posts/{id}"


async def _publish(tx: Transaction, before: Post, organisation: Organisation) -> Post:
    named = before.published(tx.now).replace(organisation_name=organisation.name, organisation_public=True)
    post = await POSTS.change(tx, before, named)
    tx.publish(post_published(post))
    return post


async def is_public(reader: Reader, post: Post) -> bool:
    """Return whether everyone can read a post; its organisation decides, whose events may not have arrived."""
    if post.stage is not PostStage.PUBLISHED:
        return False
    organisation = await ORGANISATIONS.get(reader, post.organisation_id)
    return organisation is not None and organisation.status is Status.PUBLISHED


async def require_public(tx: Transaction, organisation: Organisation | None) -> Organisation:
    """Return the organisation of a post, which must be public until this commits. Raises OrganisationNotPublic."""
    if organisation is None or organisation.status is not Status.PUBLISHED:
        raise OrganisationNotPublic(
            _("Only a published organisation posts. Submit its profile for review first."), field="organisation_id"
        )
    await ORGANISATIONS.touch(tx, organisation)
    return organisation


async def own_post(reader: Reader, id: str, caller: Caller, version: ExpectedVersion) -> Post:
    """Return a post of an organisation that the caller edits. Raises NotFound, Stale."""
    post = await POSTS.get(reader, id)
    if post is None or not await edits(reader, post, caller):
        raise not_found(post, NOT_YOURS)
    version.check(post.version)
    return post
