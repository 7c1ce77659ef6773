"""HTTP for files and pictures of posts: upload, download and deletion."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.profiles.dependencies import UPLOADS, CurrentCaller, CurrentRuntime, OptionalCaller, PostId
from services.profiles.pictures.domain import DescribedPicture, Picture
from services.profiles.pictures.serving import DELIVERED, RECEIVED, REFUSED, deliver, receive_picture
from services.profiles.pictures.store import attach_picture, store_picture
from services.profiles.posts.attachments import usecases
from services.profiles.posts.domain import PostFile
from services.profiles.posts.usecases import is_public, post_path, visible_post
from services.profiles.posts.views import PostFileView
from shared.fields import OneLine
from shared.files.domain import FileName
from shared.files.serving import DOWNLOADED, UPLOADED, Hash, download, receive
from shared.files.store import attach_upload
from shared.http.problems import refusals

router = APIRouter(tags=["Posts"])
NOT_EDITABLE = "Post not found, or you do not edit its organisation"
NOT_CHANGEABLE = "The post was withdrawn, its organisation is not public, or one of them has too many"
NOT_PUBLIC = "Its organisation is not public, and the post was not withdrawn"


class PostFileName(FileName):
    """Name and title of a file."""

    title: Annotated[str, OneLine(200)] = Field("", description="Title for readers; left out: the name of the file")


@router.post(
    "/posts/{id}/files",
    status_code=201,
    operation_id="upload_post_file",
    dependencies=UPLOADS,
    summary="Upload a file of a post",
    responses=refusals({404: NOT_EDITABLE, 409: NOT_CHANGEABLE}),
    **UPLOADED,
)
async def upload_post_file(
    id: PostId,
    q: Annotated[PostFileName, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> PostFileView:
    """Attach the file in the body, of at most 10 MiB: PDF, PNG, JPEG, text, CSV, Open XML or OpenDocument.

    The content has to be of the type that the name says. The same content again changes nothing.
    """
    await usecases.attachable(runtime.db, id, caller)
    received = await receive(request, runtime.db, q.name, caller.id)
    file = PostFile(**received.model_dump(), title=q.title or received.name)
    async with runtime.resources.locks.hold(id):
        attached = await attach_upload(runtime.db, file, usecases.attach_file, id, caller)
    view = PostFileView.of(attached, post_path(id))
    response.headers["Location"] = view.url
    return view


@router.get(
    "/posts/{id}/files/{sha256}",
    operation_id="download_post_file",
    summary="Download a file of a post",
    **DOWNLOADED,
)
async def download_post_file(
    id: PostId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return the content of a file to every reader of the post."""
    post = await visible_post(runtime.db, id, caller)
    return download(request, runtime.db, usecases.file_of(post, sha256))


@router.delete(
    "/posts/{id}/files/{sha256}",
    status_code=204,
    operation_id="delete_post_file",
    summary="Delete a file of a post",
    responses=refusals({404: f"{NOT_EDITABLE}, or it has no such file", 409: NOT_PUBLIC}),
)
async def delete_post_file(id: PostId, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Delete a file and its content."""
    async with runtime.resources.locks.hold(id):
        await runtime.db.transact(usecases.delete_file, id, sha256, caller)


@router.post(
    "/posts/{id}/pictures",
    status_code=201,
    operation_id="upload_post_picture",
    dependencies=UPLOADS,
    summary="Upload a picture of a post",
    responses=refusals({404: NOT_EDITABLE, 409: NOT_CHANGEABLE, **REFUSED}),
    **RECEIVED,
)
async def upload_post_picture(
    id: PostId,
    q: Annotated[DescribedPicture, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> Picture:
    """Send the picture itself as the body: JPEG, PNG or WebP, at most 5 MiB and 24 million pixels.

    It is stored in a few sizes, without what cameras add. Say what it shows (`alt`), or that it only decorates.
    """
    await usecases.attachable(runtime.db, id, caller)
    q.check()
    made = await store_picture(runtime.db, usecases.pictures_path(id), await receive_picture(request), q.alt)
    async with runtime.resources.locks.hold(id):
        picture = await attach_picture(runtime.db, made, usecases.add_picture, id, caller)
    response.headers["Location"] = picture.largest.url
    return picture


@router.get(
    "/posts/{id}/pictures/{sha256}",
    operation_id="download_post_picture",
    summary="Download a picture of a post",
    **DELIVERED,
)
async def download_post_picture(
    id: PostId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return a file of a picture to every reader of the post."""
    post = await visible_post(runtime.db, id, caller)
    picture = usecases.picture_of(post, sha256)
    return deliver(request, runtime.db, picture, sha256, public=await is_public(runtime.db, post))


@router.delete(
    "/posts/{id}/pictures/{sha256}",
    status_code=204,
    operation_id="delete_post_picture",
    summary="Delete a picture of a post",
    responses=refusals({404: f"{NOT_EDITABLE}, or it has no such picture", 409: NOT_PUBLIC}),
)
async def delete_post_picture(id: PostId, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Delete the picture that has this file, in all its sizes."""
    async with runtime.resources.locks.hold(id):
        await runtime.db.transact(usecases.delete_picture, id, sha256, caller)
