"""The HTTP edge: who asks, problem documents (RFC 9457), ETags, cursors, and what form a reader wants."""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared import pages
from shared.errors import Busy, Invalid, NotFound, Refusal
from shared.http.caller import runtime_of
from shared.http.negotiation import wants_html
from shared.mongo import OUTAGE

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class FieldError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = Field(description="urn:ccp:problem:<code>")
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []


# --- who asks -----------------------------------------------------------------------------------


# --- versions, keys, cursors --------------------------------------------------------------------


# --- the form a reader wants --------------------------------------------------------------------


# --- problems -----------------------------------------------------------------------------------


def problem(request: Request, status: int, title: str, detail: str, code: str, faults: list[FieldError]) -> Response:
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


def _content() -> dict[str, Any]:
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["FieldError"]
    return {"application/problem+json": {"schema": schema}}


CONTENT = _content()
Responses = dict[int | str, dict[str, Any]]


def refusals(described: Mapping[int, str]) -> Responses:
    """Return the errors of a route for its description: status and, in words, when it is answered."""
    return {status: {"description": words, "content": CONTENT} for status, words in described.items()}


REFUSALS: Responses = {"default": {"description": "A problem document (RFC 9457)", "content": CONTENT}}


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101
    found = error.faults or ([(error.field, error.detail)] if error.field else [])
    faults = [FieldError(field=field, message=message) for field, message in found][:20]
    response = problem(request, error.status, error.title, error.detail, error.code, faults)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = [
        FieldError(field=".".join(map(str, e["loc"][1:])) or str(e["loc"][0]), message=e["msg"]) for e in error.errors()
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
        if request.method in CHANGES and runtime_of(service)(request).relay.waiting_seconds() > limit_seconds:
            raise Busy("events are waiting for the broker; nothing is lost, try again shortly", retry_after=30)

    return check
