"""Use cases of attachments: add a file or a picture to a post, and delete it."""

from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.pictures.domain import Picture
from services.profiles.pictures.store import drop_pictures, keep_picture
from services.profiles.posts.domain import (
    MOST_FILES,
    MOST_GIGABYTES,
    MOST_PICTURES,
    Post,
    PostFile,
    PostStage,
    next_stage,
)
from services.profiles.posts.store import POSTS, stored_bytes
from services.profiles.posts.usecases import own_post, post_facts, post_path, require_public
from shared.auth import Caller
from shared.contracts.profiles import PostChanged
from shared.errors import NotFound, QuotaReached
from shared.files.domain import TooManyFiles, find
from shared.files.store import drop, keep
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

ANY = ExpectedVersion(None)  # an attachment is named by its content, so the version of the post does not matter
NO_FILE = _("File not found.")
NO_PICTURE = _("Picture not found.")


async def attachable(reader: Reader, post_id: str, caller: Caller) -> Post:
    """Return a post of the caller to which something can be attached. Raises NotFound, WrongStage."""
    post = await own_post(reader, post_id, caller, ANY)
    next_stage(post.stage, "change")
    return post


async def attach_file(tx: Transaction, file: PostFile, post_id: str, caller: Caller) -> PostFile:
    """Add a file and return it; the same content again returns the file that exists.

    Raises NotFound, WrongStage, OrganisationNotPublic, TooManyFiles, QuotaReached.
    """
    post = await _changeable(tx, post_id, caller)
    if existing := find(post.files, file.sha256):
        return existing
    check_room(len(post.files), MOST_FILES)
    await check_store(tx, post, file.size)
    await keep(tx, file)
    await _store(tx, post, post.replace(files=(*post.files, file)))
    return file


async def delete_file(tx: Transaction, post_id: str, sha256: str, caller: Caller) -> None:
    """Delete a file with its content. Raises NotFound, OrganisationNotPublic."""
    post = await _reducible(tx, post_id, caller)
    file = file_of(post, sha256)
    await drop(tx, [file])
    await _store(tx, post, post.replace(files=tuple(other for other in post.files if other is not file)))


async def add_picture(tx: Transaction, picture: Picture, post_id: str, caller: Caller) -> Picture:
    """Add a picture and return it. Raises NotFound, WrongStage, OrganisationNotPublic, TooManyFiles, QuotaReached."""
    post = await _changeable(tx, post_id, caller)
    check_room(len(post.pictures), MOST_PICTURES)
    await check_store(tx, post, sum(each.size for each in picture.renditions))
    await keep_picture(tx, picture)
    await _store(tx, post, post.replace(pictures=(*post.pictures, picture)))
    return picture


async def delete_picture(tx: Transaction, post_id: str, sha256: str, caller: Caller) -> None:
    """Delete a picture with its content. Raises NotFound, OrganisationNotPublic."""
    post = await _reducible(tx, post_id, caller)
    picture = picture_of(post, sha256)
    await drop_pictures(tx, [picture])
    await _store(tx, post, post.replace(pictures=tuple(other for other in post.pictures if other is not picture)))


def file_of(post: Post, sha256: str) -> PostFile:
    """Return the file of a post with this content. Raises NotFound."""
    if file := find(post.files, sha256):
        return file
    raise NotFound(NO_FILE)


def picture_of(post: Post, sha256: str) -> Picture:
    """Return the picture of a post that has this file. Raises NotFound."""
    picture = next((each for each in post.pictures if each.rendition(sha256)), None)
    if picture is None:
        raise NotFound(NO_PICTURE)
    return picture


def check_room(number: int, most: int) -> None:
    """Raise TooManyFiles if a post has the largest number of files or pictures."""
    if number >= most:
        raise TooManyFiles(
            _("There are {count} already, which is the limit of one post. Delete one first.", count=number),
            field="files",
        )


async def check_store(tx: Transaction, post: Post, size: int) -> None:
    """Raise QuotaReached if an organisation may not store that many bytes more. The caller touches the organisation."""
    if await stored_bytes(tx, post.organisation_id) + size > MOST_GIGABYTES * 1024**3:
        raise QuotaReached(
            _(
                "The files and pictures of all posts of an organisation have at most {most} GB. "
                "Delete some of them first; those of withdrawn posts count, too.",
                most=MOST_GIGABYTES,
            ),
            field="body",
        )


def pictures_path(post_id: str) -> str:
    """Return the path under which the pictures of a post are served."""
    return f"{post_path(post_id)}/pictures"


async def _changeable(tx: Transaction, post_id: str, caller: Caller) -> Post:
    post = await attachable(tx, post_id, caller)
    await require_public(tx, await ORGANISATIONS.get(tx, post.organisation_id))
    return post


async def _reducible(tx: Transaction, post_id: str, caller: Caller) -> Post:
    """Return a post of which a file or picture may be deleted. A withdrawn one is over, and takes room."""
    post = await own_post(tx, post_id, caller, ANY)
    return post if post.stage is PostStage.WITHDRAWN else await _changeable(tx, post_id, caller)


async def _store(tx: Transaction, before: Post, after: Post) -> None:
    """Store a post; publish its change if everyone can read it."""
    post = await POSTS.change(tx, before, after.replace(updated_at=tx.now))
    if post.stage is PostStage.PUBLISHED:
        tx.publish(PostChanged(post_id=post.id, post=post_facts(post)))
