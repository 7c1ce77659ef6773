"""The query of a page: what a browser sends to a list, read leniently."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from fastapi import Request
from pydantic import BaseModel, ValidationError

from shared.errors import Invalid
from shared.field_errors import field_of, message_of
from shared.forms.fields import resolved
from shared.http.paging import Paging
from shared.log import Log
from shared.web.i18n import translated

log: Log = structlog.get_logger()
M = TypeVar("M", bound=BaseModel)
Q = TypeVar("Q", bound=Paging)
T = TypeVar("T")


def read_query(request: Request, model: type[M]) -> tuple[M, dict[str, str]]:
    """Return the query as a model, and the errors of the parameters that were left out because they are not valid.

    Parameters that the model does not have are ignored, such as those of campaigns, and so are empty ones.
    """
    schema = model.model_json_schema()
    lists = {
        name
        for name, described in schema["properties"].items()
        if resolved(described, schema.get("$defs", {}))[0].get("type") == "array"
    }
    if unknown := request.query_params.keys() - schema["properties"].keys():
        log.debug("parameters_ignored", path=request.url.path, names=sorted(unknown))
    given: dict[str, Any] = {}
    for name in schema["properties"].keys() & request.query_params.keys():
        values = [value for value in request.query_params.getlist(name) if value.strip()]
        if values:
            given[name] = values if name in lists else values[-1]
    errors: dict[str, str] = {}
    while True:
        try:
            return model.model_validate(given), errors
        except ValidationError as invalid:
            wrong = invalid.errors(include_url=False)
            named = [name for name in (str(each["loc"][0]) if each["loc"] else "" for each in wrong) if name in given]
            if not named:
                raise
            for each in wrong:
                errors[str(each["loc"][0])] = (
                    f"{field_of({**each, 'loc': ('query', *each['loc'])})}: {translated(message_of(each))}"
                )
            given = {name: value for name, value in given.items() if name not in named}


def read_cursor(cursor: str | None, decode: Callable[[str | None], T], errors: dict[str, str]) -> T:
    """Return the place of a list that a cursor names; the beginning, and an error, if it is not valid."""
    try:
        return decode(cursor)
    except Invalid as invalid:
        errors["cursor"] = translated(invalid.detail)
        return decode(None)


async def page_at(read: Callable[[Q], Awaitable[T]], q: Q) -> T:
    """Return the page of a list to which a query leads; the first one if its cursor is not valid any more."""
    try:
        return await read(q)
    except Invalid:
        return await read(q.replace(cursor=None))
