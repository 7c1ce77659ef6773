"""HTTP for posts: the public stream with its feeds, and what editors write."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.dependencies import NOTIFIES, CurrentCaller, CurrentRuntime, OptionalCaller, PostId
from services.profiles.organisations.usecases import edited_ids
from services.profiles.posts import usecases
from services.profiles.posts.domain import Post, PostBody, PostContent, Publication
from services.profiles.posts.store import latest_posts, public_posts
from services.profiles.posts.views import OwnPosts, PostFilter, PostView, entry, own_page
from shared.http.paging import Page, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import produces, refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.service import Runtime
from shared.syndication import ATOM, JSON_FEED, MOST_ENTRIES, Feed, atom_response, json_feed_response, make_feed

router = APIRouter(tags=["Posts"])
Filters = Annotated[PostFilter, Query()]
NOT_EDITABLE = "Post not found, or you do not edit its organisation"
CHANGED_SINCE = "The post has changed since you read it"
NO_VERSION = "If-Match is missing"
INVALID_FILTER = {422: "A filter is not valid"}


@router.post(
    "/posts",
    status_code=201,
    operation_id="create_post",
    summary="Write a post",
    responses=refusals(
        {
            404: "Organisation not found among those that you edit",
            409: "The organisation is not public, or has too many drafts",
            422: "A field is not valid, or the Idempotency-Key was used before",
        }
    ),
)
async def create_post(
    body: PostBody, runtime: CurrentRuntime, caller: CurrentCaller, response: Response, key: IdempotencyKey = None
) -> PostView:
    """Store a draft, which only the editors of the organisation see until it is published."""
    post = await idempotent(runtime.db, key, caller.id, Post, usecases.create_post, new_id(), body, caller)
    created(response, usecases.post_path(post.id), post.version)
    return PostView.of(post)


@router.get(
    "/posts",
    operation_id="list_posts",
    summary="List public posts",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_posts(runtime: CurrentRuntime, q: Filters) -> Page[PostView]:
    """Return the public posts that pass the filters, the last published first."""
    posts = await public_posts(runtime.db, q.query(), decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(PostView, posts, q.limit, "published_at", PostView.of)


@router.get(
    "/posts.atom",
    operation_id="read_posts_atom_feed",
    summary="Follow posts as an Atom feed",
    **produces(ATOM, INVALID_FILTER),
)
async def posts_atom(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 posts that were published or changed last, as Atom."""
    return await atom_response(request, await feed_of(runtime, q, "/posts.atom"))


@router.get(
    "/posts.feed.json",
    operation_id="read_posts_json_feed",
    summary="Follow posts as a JSON feed",
    **produces(JSON_FEED, INVALID_FILTER),
)
async def posts_json_feed(request: Request, runtime: CurrentRuntime, q: Filters) -> Response:
    """Return the 50 posts that were published or changed last, as JSON Feed 1.1."""
    return json_feed_response(request, await feed_of(runtime, q, "/posts.feed.json"))


@router.get(
    "/posts/own",
    operation_id="list_own_posts",
    summary="List the posts of organisations that you edit",
    responses=refusals({404: "Organisation not found among those that you edit", 422: "The cursor is not valid"}),
)
async def list_own_posts(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[OwnPosts, Query()]
) -> Page[PostView]:
    """Return the posts of the organisations that you edit, drafts included, the newest first."""
    return await own_page(runtime.db, await edited_ids(runtime.db, caller.id, q.organisation_id), q)


@router.get(
    "/posts/{id}",
    operation_id="read_post",
    summary="Read a post",
    responses=refusals({404: "Post not found, or not public and you do not edit its organisation"}),
)
async def read_post(id: PostId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response) -> PostView:
    """Return a post. The editors of its organisation read it at every stage."""
    return _view(await usecases.visible_post(runtime.db, id, caller), response)


@router.put(
    "/posts/{id}",
    operation_id="change_post",
    summary="Change a post",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The post was withdrawn, or its organisation is not public",
            412: CHANGED_SINCE,
            422: "A field is not valid",
            428: NO_VERSION,
        }
    ),
)
async def change_post(
    id: PostId,
    body: PostContent,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> PostView:
    """Replace the content of a post. The change of a published post is public at once."""
    return _view(await runtime.db.transact(usecases.change_post, id, body, caller, version), response)


@router.post(
    "/posts/{id}/publish",
    operation_id="publish_post",
    dependencies=NOTIFIES,
    summary="Publish a post",
    responses=refusals(
        {
            404: NOT_EDITABLE,
            409: "The post is published or was withdrawn, or its organisation is not public",
            412: CHANGED_SINCE,
            422: "The time has passed",
            428: NO_VERSION,
        }
    ),
)
async def publish_post(
    id: PostId,
    body: Publication,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> PostView:
    """Publish a post now, or at a time; members who follow the organisation are told when it is public."""
    return _view(await runtime.db.transact(usecases.publish_post, id, body, caller, version), response)


@router.post(
    "/posts/{id}/withdraw",
    operation_id="withdraw_post",
    summary="Withdraw a post",
    responses=refusals(
        {404: NOT_EDITABLE, 409: "The post is a draft or was withdrawn", 412: CHANGED_SINCE, 428: NO_VERSION}
    ),
)
async def withdraw_post(
    id: PostId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> PostView:
    """Withdraw a published post, so that only its editors see it; a scheduled post becomes a draft again."""
    return _view(await runtime.db.transact(usecases.withdraw_post, id, caller, version), response)


@router.delete(
    "/posts/{id}",
    status_code=204,
    operation_id="delete_post",
    summary="Delete a draft of a post",
    responses=refusals({404: NOT_EDITABLE, 409: "The post is not a draft", 412: CHANGED_SINCE, 428: NO_VERSION}),
)
async def delete_post(id: PostId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch) -> None:
    """Delete a post that is a draft."""
    await runtime.db.transact(usecases.delete_post, id, caller, version)


async def feed_of(runtime: Runtime, q: PostFilter, path: str) -> Feed:
    """Return the feed of the posts that pass the filters and were published or changed last."""
    site: str = runtime.resources.public_url
    entries = [entry(each, site) for each in await latest_posts(runtime.db, q.query(), MOST_ENTRIES)]
    return make_feed(site, path, "/posts", "News and documents", q, entries)


def _view(post: Post, response: Response) -> PostView:
    etag(response, post.version)
    return PostView.of(post)
