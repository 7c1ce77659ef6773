"""Options of forms that depend on the member: the organisations that they publish for, or belong to."""

from collections.abc import Sequence

from fastapi import Request

from services.calls.organisations.store import organisations_edited_by, organisations_of
from shared.http.caller import caller_of
from shared.mongo import Database
from shared.web.i18n import _, translated

Options = Sequence[tuple[str, str]]
THE_PLATFORM = _("The platform itself")


async def organisers(request: Request) -> Options:
    """Return the organisations that the member publishes for; an operator also publishes for the platform."""
    caller = await caller_of(request, "calls")
    edited = await organisations_edited_by(_database(request), caller.id)
    options = [(organisation.id, organisation.name) for organisation in edited]
    return [("", translated(THE_PLATFORM)), *options] if caller.operator else options


async def represented(request: Request) -> Options:
    """Return the organisations that the member can represent."""
    caller = await caller_of(request, "calls")
    return [(each.id, each.name) for each in await organisations_of(_database(request), caller.id)]


def _database(request: Request) -> Database:
    db: Database = request.app.state.runtimes["calls"].db
    return db
