"""Filters and descriptions that the routes of calendars, feeds and exports share.

They take the filters of the lists; `limit` and `cursor` have no effect here.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Response

from services.calls.catalogue.search import CallFilter
from services.calls.gatherings.api import GatheringFilter
from services.calls.gatherings.registrations.views import RegistrationFilter
from shared.http.problems import Responses, refusals

Calls = Annotated[CallFilter, Query()]
Participants = Annotated[RegistrationFilter, Query()]
Gatherings = Annotated[GatheringFilter, Query()]

INVALID_FILTER = {422: "A filter is not valid"}


def produces(media_type: str, refused: Mapping[int, str], *, conditional: bool = True) -> dict[str, Any]:
    """Return the arguments of a route that describe its media type and its errors.

    `conditional`: the route answers 304 if nothing has changed.
    """
    responses: Responses = {200: {"content": {media_type: {}}}, **refusals(refused)}
    if conditional:
        responses[304] = {"description": "Unchanged since the version in If-None-Match or If-Modified-Since"}
    return {"response_class": Response, "responses": responses}
