"""Filters, descriptions and the thread that the routes of calendars, feeds and exports share.

They take the filters of the lists; `limit` and `cursor` have no effect here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar, TypeVarTuple

from fastapi import Query

from services.calls.catalogue.search import CallFilter
from services.calls.gatherings.registrations.views import RegistrationFilter
from services.calls.gatherings.views import GatheringFilter

Calls = Annotated[CallFilter, Query()]
Participants = Annotated[RegistrationFilter, Query()]
Gatherings = Annotated[GatheringFilter, Query()]

Made = TypeVar("Made")
Arguments = TypeVarTuple("Arguments")

# One thread, and not those of uploads and e-mails: a large file delays other files only, and what several files at
# once have in common, such as time zones, is computed for the first of them and is in the caches for the others.
RENDERING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="feeds")

INVALID_FILTER = {422: "A filter is not valid"}


def rendered(render: Callable[[*Arguments], Made], *arguments: *Arguments) -> Awaitable[Made]:
    """Return what a function makes of its arguments, after the files that were asked for before."""
    return asyncio.get_running_loop().run_in_executor(RENDERING, render, *arguments)
