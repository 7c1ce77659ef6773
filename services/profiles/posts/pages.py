"""Pages of posts: the public stream, a post, and what editors write."""

import segno
from fastapi import Request, Response
from markupsafe import Markup

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller, PostId
from services.profiles.organisations.profile import wanted
from services.profiles.organisations.usecases import organisations_edited_by
from services.profiles.posts import usecases
from services.profiles.posts.domain import allows
from services.profiles.posts.forms import KINDS, publishers
from services.profiles.posts.store import POSTS, PUBLIC, public_name, public_posts
from services.profiles.posts.views import OwnPosts, PostFilter, PostView, own_page
from shared.errors import not_found
from shared.http.paging import decode_cursor, decode_time_cursor, page_of
from shared.mongo import Reader
from shared.vocabulary import Ecosystem
from shared.web import pages
from shared.web.addresses import address_of
from shared.web.facets import Facet, chips, counted, groups
from shared.web.form_views import form_view
from shared.web.i18n import _, country_name, translated
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

FACETS = [
    Facet("kind", "kind", _("Kind"), lambda value: translated(KINDS[value])),
    Facet("country", "countries", _("Country"), country_name),
    Facet("ecosystem", "ecosystems", _("Ecosystem"), lambda value: translated(Ecosystem(value).label)),
]
router = page_router()


@router.get("/posts")
async def show_posts(request: Request, runtime: CurrentRuntime) -> Response:
    """Show the public posts that pass the filters, the last published first."""
    q, errors = read_query(request, PostFilter)
    db, query = runtime.db, q.query()
    after = read_cursor(q.cursor, decode_time_cursor, errors)
    posts = await public_posts(db, query, after, q.limit + 1)
    found = {**PUBLIC, **query}
    return pages.page(
        request,
        "posts.html",
        resource=page_of(PostView, posts, q.limit, "published_at", PostView.of),
        q=q,
        errors=errors,
        kinds=KINDS,
        number=await POSTS.count(db, found),
        facets=groups(request, FACETS, await counted(db, POSTS, found, FACETS)),
        chips=[*chips(request, FACETS, q.model_dump()), *await other_chips(request, db, q.text, q.organisation_id)],
        filters=q.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor"}),
        searched=[beginning for beginning, _stem in wanted(q.text or "")],
    )


async def other_chips(
    request: Request, reader: Reader, text: str | None, organisation_id: str | None
) -> list[tuple[str, str]]:
    """Return the chips of the filters that are not facets: words, and the organisation."""
    made = [(f"“{text}”", address_of(request, text=None))] if text else []
    if organisation_id:
        made.append((await public_name(reader, organisation_id), address_of(request, organisation_id=None)))
    return made


@router.get("/posts/own")
async def show_own_posts(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the posts of all organisations that the member edits."""
    q, errors = read_query(request, OwnPosts)
    edited = [(each.id, each.name) for each in await organisations_edited_by(runtime.db, caller.id)]
    ids = [id for id, _name in edited if q.organisation_id in (None, id)]
    if read_cursor(q.cursor, lambda cursor: decode_cursor(cursor, 1) if cursor else None, errors) is None:
        q = q.replace(cursor=None)
    resource = await own_page(runtime.db, ids, q)
    return pages.page(request, "own_posts.html", resource=resource, options=edited, asked=q, errors=errors, kinds=KINDS)


@router.get("/posts/new")
async def show_new_post(request: Request, caller: CurrentCaller) -> Response:
    """Show the form of a new post, for a published organisation that the member edits."""
    options = await publishers(request)
    asked = request.query_params.get("organisation_id", "")
    chosen = asked if asked in dict(options) else options[0][0] if options else ""
    view = await form_view(request, "create_post", values={"organisation_id": chosen, "kind": "news"})
    return pages.page(request, "post_form.html", view=view, post=None, options=options)


@router.get("/posts/{id}")
async def show_post(id: PostId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show a post; its editors also see its stage and what they can do."""
    post = await usecases.visible_post(runtime.db, id, caller)
    edits = await usecases.edits(runtime.db, post, caller)
    can_publish = edits and allows(post.stage, "publish")
    publish = await form_view(request, "publish_post", version=post.version, id=id) if can_publish else None
    return pages.page(
        request,
        "post.html",
        resource=PostView.of(post),
        kinds=KINDS,
        edits=edits,
        publish=publish,
        qr_code=qr_code(f"{request.app.state.settings.public_url}{usecases.post_path(id)}"),
        can={step: allows(post.stage, step) for step in ("change", "withdraw", "delete")},
    )


def qr_code(address: str) -> Markup:
    """Return an address as a picture that telephones read."""
    return Markup(segno.make_qr(address).svg_inline(scale=4, light="white", title=address))  # noqa: S704


@router.get("/posts/{id}/change")
async def show_change_of_post(id: PostId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that changes a post."""
    post = await usecases.visible_post(runtime.db, id, caller)
    if not await usecases.edits(runtime.db, post, caller):
        raise not_found(post, usecases.NOT_YOURS)
    values = PostView.of(post).model_dump(mode="json")
    view = await form_view(request, "change_post", values=values, version=post.version, id=id)
    return pages.page(request, "post_form.html", view=view, post=post, options=None)
