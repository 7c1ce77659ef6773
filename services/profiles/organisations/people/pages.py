"""The pages of an organisation's people, and of the organisations that a member belongs to or asks to join."""

from functools import partial

from fastapi import Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, OrganisationId
from services.profiles.organisations.pages import state_of
from services.profiles.organisations.people import usecases
from services.profiles.organisations.people.forms import ROLES
from services.profiles.organisations.people.joining.usecases import requests_of, requests_to
from services.profiles.organisations.store import organisations_of, role_in
from services.profiles.organisations.usecases import ADMINISTRATOR, visible_organisation
from shared.http.paging import Paging
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.queries import page_at, read_query
from shared.web.routes import page_router

router = page_router()


@router.get("/organisations/{id}/people")
async def show_people(id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the people of an organisation with their roles, who asks to join, its open invitations, and how to leave.

    Its people who are no administrators see only how to leave; operators also appoint an administrator.
    """
    role = await role_in(runtime.db, id, caller.id)
    sees = caller.operator or role == ADMINISTRATOR
    if not sees and role is None:
        await usecases.overseen(runtime.db, id, caller)
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(usecases.people, runtime.db, id, caller), q) if sees else None
    return pages.page(
        request,
        "people.html",
        organisation=await visible_organisation(runtime.db, id, caller),
        resource=found,
        asking=await requests_to(runtime.db, id, caller) if sees else [],
        invitations=await usecases.invitations(runtime.db, id, caller) if sees else [],
        roles=ROLES,
        own_role=role,
        own_id=caller.id,
        administers=role == ADMINISTRATOR,
        leave=await form_view(request, "leave_organisation", prefix="leave-") if role else None,
    )


@router.get("/me/organisations")
async def show_own_organisations(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the organisations of the caller, each with its status and the next step, and their requests to join."""
    own = await organisations_of(runtime.db, caller.id)
    asked = await requests_of(runtime.db, caller)
    return pages.page(request, "own_organisations.html", own=[(each, state_of(each)) for each in own], asked=asked)
