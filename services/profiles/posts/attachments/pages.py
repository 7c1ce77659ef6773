"""The page on which editors attach files and pictures to a post."""

from fastapi import Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, PostId
from services.profiles.posts import usecases
from services.profiles.posts.domain import allows
from services.profiles.posts.views import PostView
from shared.errors import not_found
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.routes import page_router

router = page_router()


@router.get("/posts/{id}/attachments")
async def show_attachments(id: PostId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show editors the files and pictures of a post, and the forms that add some."""
    post = await usecases.visible_post(runtime.db, id, caller)
    if not await usecases.edits(runtime.db, post, caller):
        raise not_found(post, usecases.NOT_YOURS)
    can_change = allows(post.stage, "change")
    return pages.page(
        request,
        "post_attachments.html",
        resource=PostView.of(post),
        picture_form=await form_view(request, "upload_post_picture", id=id) if can_change else None,
        file_form=await form_view(request, "upload_post_file", id=id, prefix="file-") if can_change else None,
    )
