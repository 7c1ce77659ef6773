"""Problem documents (RFC 9457): the errors of the API, as JSON for programs or as a page for people."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared import pages
from shared.errors import Busy, Invalid, NotFound, Refusal
from shared.field_errors import field_of, message_of
from shared.http.caller import runtime_of
from shared.http.methods import allowed_methods
from shared.http.negotiation import wants_html
from shared.mongo import OUTAGE

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
MOST_FIELD_ERRORS = 20
CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
Responses = dict[int | str, dict[str, Any]]
LATER = {429, 503}
RETRY_AFTER = {"Retry-After": {"description": "Seconds until the next attempt", "schema": {"type": "integer"}}}


class FieldError(BaseModel):
    """A field of the request that is not valid."""

    field: str = Field(description="Path of the field: `countries.0`")
    message: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(description="`urn:ccp:problem:<code>`")
    title: str = Field(description="The kind of problem, for people")
    status: int = Field(description="HTTP status")
    detail: str = Field(description="What is wrong with this request and what to do next, for people")
    code: str = Field(description="The kind of problem, for programs")
    errors: list[FieldError] = []


def refusals(described: Mapping[int, str]) -> Responses:
    """Return the errors of a route for its description: status and, in words, when it is answered."""
    documented: Responses = {status: {"description": words, "content": CONTENT} for status, words in described.items()}
    for status in LATER & documented.keys():
        documented[status]["headers"] = RETRY_AFTER
    return documented


REFUSALS: Responses = {"default": {"description": "A problem document (RFC 9457)", "content": CONTENT}}


def problem(
    request: Request, status: int, title: str, detail: str, code: str, field_errors: list[FieldError]
) -> Response:
    """Return the problem in the form that the client accepts."""
    document = Problem(
        type=f"urn:ccp:problem:{code}", title=title, status=status, detail=detail, code=code, errors=field_errors
    )
    if wants_html(request):
        response: Response = pages.page("problem.html", status=status, resource=document)
    else:
        body = document.model_dump(mode="json")
        response = JSONResponse(body, status, media_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal of a use case."""
    assert isinstance(error, Refusal)  # noqa: S101
    if error.security_event:
        request.state.refused = error.security_event
    named = error.field_errors or ([(error.field, error.detail)] if error.field else [])
    field_errors = [FieldError(field=field, message=message) for field, message in named][:MOST_FIELD_ERRORS]
    response = problem(request, error.status, error.title, error.detail, error.code, field_errors)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a request that does not match the models of its route."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    field_errors = [FieldError(field=field_of(each), message=message_of(each)) for each in error.errors()]
    field_errors = field_errors[:MOST_FIELD_ERRORS]
    named = list(dict.fromkeys(each.field for each in field_errors))
    detail = f"Correct {'this field' if len(named) == 1 else 'these fields'} and send the request again: "
    return problem(request, 422, Invalid.title, f"{detail}{', '.join(named)}.", "invalid", field_errors)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an error that the framework found, such as an unknown path."""
    assert isinstance(error, HTTPException)  # noqa: S101
    status = error.status_code
    code = NotFound("").code if status == 404 else "http_error"
    details = {
        400: "The request body cannot be read. Check its format and encoding.",
        404: "There is nothing at this address. Check the address.",
        405: f"This address does not support {request.method}. The Allow header lists the supported methods.",
    }
    title = HTTPStatus(status).phrase.capitalize()
    response = problem(request, status, title, details.get(status, str(error.detail)), code, [])
    response.headers.update(error.headers or {})
    if status == 405:
        response.headers["Allow"] = allowed_methods(request.scope)
    return response


def crashed(request: Request) -> Response:
    """Return the answer to an unexpected error, which is logged under the correlation id of the answer."""
    detail = "An unexpected error occurred and was logged. Nothing was changed. Try again later."
    return problem(request, 500, "Internal error", detail, "internal_error", [])


async def on_outage(request: Request, error: Exception) -> Response:
    """Answer while the database is unavailable."""
    refusal = Busy("The database is not available at the moment. Try again in a few seconds.", retry_after=5)
    return await on_refusal(request, refusal)


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    Refusal: on_refusal,
    RequestValidationError: on_invalid,
    HTTPException: on_http_error,
    **dict.fromkeys(OUTAGE, on_outage),
}


def refuse_when_stuck(service: str, limit_seconds: int) -> Callable[[Request], None]:
    """Return a dependency for backpressure: refuses writes while events wait too long for the broker."""

    def check(request: Request) -> None:
        if request.method in CHANGES and runtime_of(service)(request).relay.waiting_seconds() > limit_seconds:
            detail = "The message broker is not available, so changes are refused for now. Try again in 30 seconds."
            raise Busy(detail, retry_after=30)

    return check
