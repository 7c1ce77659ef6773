"""Options of forms that depend on the member: the organisations that they belong to."""

from collections.abc import Sequence

from fastapi import Request

from services.matchmaking.organisations.store import organisations_of
from shared.http.caller import caller_of


async def own_organisations(request: Request) -> Sequence[tuple[str, str]]:
    """Return the published organisations that the member belongs to."""
    caller = await caller_of(request, "matchmaking")
    found = await organisations_of(request.app.state.runtimes["matchmaking"].db, caller.id)
    return [(organisation.id, organisation.name) for organisation in found]
