"""Filters, descriptions and the thread that the routes of calendars, feeds and exports share.

They take the filters of the lists; `limit` and `cursor` have no effect here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypeVar, TypeVarTuple

from fastapi import Query, Response

from services.calls.catalogue.search import CallFilter
from services.calls.gatherings.api import GatheringFilter
from services.calls.gatherings.registrations.views import RegistrationFilter
from shared.http.problems import Responses, refusals

Calls = Annotated[CallFilter, Query()]
Participants = Annotated[RegistrationFilter, Query()]
Gatherings = Annotated[GatheringFilter, Query()]

Made = TypeVar("Made")
Arguments = TypeVarTuple("Arguments")

# One thread, and not those of uploads and e-mails: a large file delays other files only, and what several files at
# once have in common, such as time zones, is computed for the first of them and is in the caches for the others.
RENDERING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feeds")

INVALID_FILTER = {422: "A filter is not valid"}


def produces(media_type: str, refused: Mapping[int, str], *, conditional: bool = True) -> dict[str, Any]:
    """Return the arguments of a route that describe its media type and its errors.

    `conditional`: the route answers 304 if nothing has changed.
    """
    responses: Responses = {200: {"content": {media_type: {}}}, **refusals(refused)}
    if conditional:
        responses[304] = {"description": "Unchanged since the version in If-None-Match or If-Modified-Since"}
    return {"response_class": Response, "responses": responses}


def rendered(render: Callable[[*Arguments], Made], *arguments: *Arguments) -> Awaitable[Made]:
    """Return what a function makes of its arguments, after the files that were asked for before."""
    return asyncio.get_running_loop().run_in_executor(RENDERING, render, *arguments)
