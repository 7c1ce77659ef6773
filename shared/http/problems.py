"""Problem documents (RFC 9457): the errors of the API, as JSON for programs or as a page for people."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from shared.decoding import whole
from shared.errors import Busy, Invalid, NotFound, Refusal
from shared.field_errors import field_of, message_of
from shared.http.caller import runtime_of
from shared.http.methods import CHANGES, allowed_methods
from shared.http.negotiation import wants_html
from shared.mongo import OUTAGE
from shared.sentences import _, language

MOST_FIELD_ERRORS = 20
CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
Responses = dict[int | str, dict[str, Any]]
TITLES = {
    400: _("Bad request"),
    404: NotFound.title,
    405: _("Method not allowed"),
    413: _("Request entity too large"),
}
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


def produces(media_type: str, refused: Mapping[int, str], *, conditional: bool = True) -> dict[str, Any]:
    """Return the arguments of a route that describe its media type and its errors.

    `conditional`: the route answers 304 if nothing has changed.
    """
    responses: Responses = {200: {"content": {media_type: {}}}, **refusals(refused)}
    if conditional:
        responses[304] = {"description": "Unchanged since the version in If-None-Match or If-Modified-Since"}
    return {"response_class": Response, "responses": responses}


REFUSALS: Responses = {"default": {"description": "A problem document (RFC 9457)", "content": CONTENT}}


def problem(
    request: Request, status: int, title: str, detail: str, code: str, named: Sequence[tuple[str, str]]
) -> Response:
    """Return the problem in the form that the client accepts.

    `named`: fields with what is wrong. They are translated first, because the model would keep them in English.
    """
    translated: Callable[[str], str] = request.app.state.translated
    document = Problem(
        type=f"urn:ccp:problem:{code}",
        title=translated(title),
        status=status,
        detail=whole(translated(detail)),
        code=code,
        errors=[
            FieldError(field=field, message=whole(translated(message))) for field, message in named[:MOST_FIELD_ERRORS]
        ],
    )
    body = document.model_dump(mode="json")
    if wants_html(request):
        response: Response = request.app.state.problem_page(request, status, body)
    else:
        headers = {"Content-Language": language.get(), "Vary": "Accept-Language"}
        response = JSONResponse(body, status, headers, media_type="application/problem+json")
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal of a use case."""
    assert isinstance(error, Refusal)  # noqa: S101
    if error.security_event:
        request.state.refused = error.security_event
    named = error.field_errors or ([(error.field, error.detail)] if error.field else [])
    response = problem(request, error.status, error.title, error.detail, error.code, named)
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a request that does not match the models of its route."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = [(field_of(each), message_of(each)) for each in error.errors()][:MOST_FIELD_ERRORS]
    if "content-type" not in request.headers and all(each["loc"] == ("body",) for each in error.errors()):
        detail = _("The body has no type. Send the header Content-Type: application/json.")
        return problem(request, 422, Invalid.title, detail, "invalid", [("Content-Type", detail)])
    named = list(dict.fromkeys(field for field, _message in errors))
    if len(named) == 1:
        detail = _("Correct this field and send the request again: {field}.", field=named[0])
    else:
        detail = _("Correct these fields and send the request again: {fields}.", fields=", ".join(named))
    return problem(request, 422, Invalid.title, detail, "invalid", errors)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer an error that the framework found, such as an unknown path."""
    assert isinstance(error, HTTPException)  # noqa: S101
    status = error.status_code
    code = NotFound("").code if status == 404 else "http_error"
    details = {
        400: _("The request body cannot be read. Check its format and encoding."),
        404: _("There is nothing at this address. Check the address."),
        405: _(
            "This address does not support {method}. The Allow header lists the supported methods.",
            method=request.method,
        ),
    }
    title = TITLES.get(status) or HTTPStatus(status).phrase.capitalize()
    response = problem(request, status, title, details.get(status, error.detail), code, [])
    response.headers.update(error.headers or {})
    if status == 405:
        response.headers["Allow"] = allowed_methods(request.scope)
    return response


def crashed(request: Request) -> Response:
    """Return the answer to an unexpected error, which is logged under the correlation id of the answer."""
    detail = _("An unexpected error occurred and was logged. Nothing was changed. Try again later.")
    return problem(request, 500, _("Internal error"), detail, "internal_error", [])


async def on_outage(request: Request, error: Exception) -> Response:
    """Answer while the database is unavailable."""
    refusal = Busy(_("The database is not available at the moment. Try again in a few seconds."), retry_after=5)
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
            detail = _("The message broker is not available, so changes are refused for now. Try again in 30 seconds.")
            raise Busy(detail, retry_after=30)

    return check
