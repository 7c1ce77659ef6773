"""The HTTP edge: who asks, problem documents (RFC 9457), ETags, cursors, and what form a reader wants."""

import base64
import json
import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared import auth, pages
from shared.auth import Caller, KeyUnknown
from shared.copies import patiently
from shared.errors import Busy, Invalid, NotAuthenticated, NotFound, Refusal, VersionMissing
from shared.models import Body, ExpectedVersion
from shared.mongo import OUTAGE
from shared.service import Runtime

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
COOKIE = "ccp_token"
ETAG = re.compile(r'(W/)?"(\d{1,18})"')
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Fault(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(description="urn:ccp:problem:<code>")
    title: str
    status: int
    detail: str
    code: str
    errors: list[Fault] = []


class Page(BaseModel, Generic[T]):
    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; absent on the last")


# --- who asks -----------------------------------------------------------------------------------


def here(service: str) -> Callable[[Request], Runtime]:
    """A dependency: the running service that a route belongs to."""

    def find(request: Request) -> Runtime:
        runtime: Runtime = request.app.state.runtimes[service]
        return runtime

    return find


def caller(service: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the member whose token came along. Raises NotAuthenticated."""

    async def identify(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":  # a browser's cookie may look, but never change anything
            token = request.cookies.get(COOKIE, "") if request.method == "GET" else ""
        if not token:
            raise NotAuthenticated("send a token: Authorization: Bearer ...")
        claims = await verified(request.app.state.runtimes[service], token, "access", "profiles")
        return Caller(id=claims["sub"], operator=bool(claims.get("operator")))

    return identify


def perhaps(service: str) -> Callable[[Request], Awaitable[Caller | None]]:
    """A dependency: the member who asks, or None for a visitor. A bad token is refused, an old cookie is not."""
    identify = caller(service)

    async def try_to(request: Request) -> Caller | None:
        try:
            return await identify(request)
        except NotAuthenticated:
            if "authorization" in request.headers:
                raise
            return None

    return try_to


async def verified(runtime: Runtime, token: str, purpose: str, issuer: str) -> Mapping[str, Any]:
    """The token's claims; waits a moment for a key whose announcement is under way."""

    async def attempt() -> Mapping[str, Any] | None:
        try:
            return await auth.verify(runtime.db, token, purpose, issuer)
        except KeyUnknown:
            return None

    claims = await patiently(attempt)
    if claims is None:
        raise NotAuthenticated("the token was signed by a key that is not known here")
    return claims


# --- versions, keys, cursors --------------------------------------------------------------------


def expected_version(
    if_match: Annotated[str | None, Header(description='The ETag you read, as "3"')] = None,
) -> ExpectedVersion:
    """The versions that a change may be based on. A weak tag matches none. Raises VersionMissing, Invalid."""
    if if_match is None:
        raise VersionMissing("send If-Match with the ETag that you read", field="If-Match")
    if if_match.strip() == "*":
        return ExpectedVersion(None)
    tags = [ETAG.fullmatch(tag.strip()) for tag in if_match.split(",")]
    if not all(tags):
        raise Invalid('If-Match must be an ETag of ours, like "3"', field="If-Match")
    return ExpectedVersion(frozenset(int(tag[2]) for tag in tags if tag and not tag[1]))


IfMatch = Annotated[ExpectedVersion, Depends(expected_version)]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=100, description="Repeats get the first answer"),
]
Limit = Annotated[int, Field(ge=1, le=100)]


def encode_cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The sort key of the last item of the page before. Raises Invalid."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == parts and all(part.encode() for part in key):
            return key
    except (ValueError, AttributeError) as error:
        raise Invalid("the cursor is not one of ours", field="cursor") from error
    raise Invalid("the cursor is not one of ours", field="cursor")


def decode_time_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The time and id of the last item of the page before. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(text).astimezone(UTC), id
    except (ValueError, OverflowError) as error:
        raise Invalid("the cursor is not one of ours", field="cursor") from error


def page_of(
    model: type[M], found: Sequence[Any], limit: int, field: str, view: Callable[[Any], M] | None = None
) -> Page[M]:
    """A page out of what was found; one more than the limit was asked for, to see whether there is a next one."""
    shown = found[:limit]
    more = None
    if len(found) > limit:
        key = getattr(shown[-1], field)
        more = encode_cursor(key.isoformat() if isinstance(key, datetime) else str(key), shown[-1].id)
    return Page[model](items=[view(one) if view else one for one in shown], next=more)  # type: ignore[valid-type]


class Paging(Body):
    """Query parameters of every list; unknown ones are refused."""

    limit: Limit = 20
    cursor: str | None = Field(None, max_length=2000)


def etag(response: Response, version: int) -> None:
    response.headers["ETag"] = f'"{version}"'


def created(response: Response, path: str, version: int) -> None:
    response.headers["Location"] = path
    etag(response, version)


# --- the form a reader wants --------------------------------------------------------------------


def wants_html(request: Request) -> bool:
    """Whether HTML is preferred to JSON by the Accept header (RFC 9110, section 12.5.1)."""
    return _quality(request, "text/html") > _quality(request, "application/json")


def _quality(request: Request, media: str) -> float:
    best = 0.0
    for part in request.headers.get("accept", "*/*").split(","):
        name, *parameters = part.replace(" ", "").lower().split(";")
        if name == media or (name == "application/*" and media.startswith("application/")):
            weights = [p[2:] for p in parameters if p.startswith("q=")]
            try:
                best = max(best, float(weights[0]) if weights else 1.0)
            except ValueError:
                continue
    return best


def page_or_json(request: Request, template: str, model: BaseModel, **context: Any) -> Response:
    """The same resource as a page for people, or as JSON for programs."""
    if wants_html(request):
        return pages.page(template, it=model, asked=request.query_params, **context)
    return Response(model.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})


# --- problems -----------------------------------------------------------------------------------


def problem(request: Request, status: int, title: str, detail: str, code: str, faults: list[Fault]) -> Response:
    document = Problem(
        type=f"urn:ccp:problem:{code}", title=title, status=status, detail=detail, code=code, errors=faults
    )
    if wants_html(request):
        response: Response = pages.page("problem.html", status=status, it=document)
    else:
        body = document.model_dump(mode="json")
        response = JSONResponse(body, status, media_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _refusals() -> dict[int | str, dict[str, Any]]:
    """How the API's description says that every refusal is a problem document."""
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["Fault"]
    content = {"application/problem+json": {"schema": schema}}
    return {"default": {"description": "A problem document (RFC 9457)", "content": content}}


REFUSALS = _refusals()


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101
    found = error.faults or ([(error.field, error.detail)] if error.field else [])
    faults = [Fault(field=field, message=message) for field, message in found][:20]
    response = problem(request, error.status, error.title, error.detail, error.code, faults)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [
        Fault(field=".".join(map(str, e["loc"][1:])) or str(e["loc"][0]), message=e["msg"]) for e in error.errors()
    ][:20]
    named = ", ".join(dict.fromkeys(fault.field for fault in faults))
    return problem(request, 422, Invalid.title, f"not valid: {named}", "invalid", faults)


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = NotFound("").code if error.status_code == 404 else "http_error"
    response = problem(request, error.status_code, str(error.detail), str(error.detail), code, [])
    response.headers.update(error.headers or {})
    return response


def crashed(request: Request) -> Response:
    """What is our fault, and is in the log under the correlation that the answer carries."""
    title, detail = "Something went wrong here", "it is our fault and has been logged; try again later"
    return problem(request, 500, title, detail, "internal_error", [])


async def on_outage(request: Request, error: Exception) -> Response:
    refusal = Busy("the database is not reachable at this moment", retry_after=5)
    return await on_refusal(request, refusal)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Refusal: on_refusal,
    RequestValidationError: on_invalid,
    HTTPException: on_http_error,
    **dict.fromkeys(OUTAGE, on_outage),
}


def refuse_when_stuck(service: str, limit_seconds: int) -> Callable[[Request], None]:
    """A dependency, for backpressure: when committed events wait too long for the broker, writes wait too."""

    def check(request: Request) -> None:
        if request.method in CHANGES and here(service)(request).relay.waiting_seconds() > limit_seconds:
            raise Busy("events are waiting for the broker; nothing is lost, try again shortly", retry_after=30)

    return check
