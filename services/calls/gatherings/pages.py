"""Pages of gatherings: the list, a gathering with the member's registration, and what its organisers write."""

from typing import Any

from fastapi import Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime, GatheringId, OptionalCaller
from services.calls.gatherings.access import organises, own_gathering, visible_gathering
from services.calls.gatherings.choices import organisers, represented
from services.calls.gatherings.domain import Gathering
from services.calls.gatherings.forms import MODES
from services.calls.gatherings.programme import by_day
from services.calls.gatherings.registrations.domain import LIVE, admission_state
from services.calls.gatherings.registrations.store import REGISTRATIONS, registration_id, registrations_of_member
from services.calls.gatherings.registrations.views import own_view
from services.calls.gatherings.store import (
    GATHERINGS,
    coming,
    gatherings_of_ids,
    list_gatherings,
    list_past_gatherings,
    past,
)
from services.calls.gatherings.views import GatheringList, GatheringView, OwnGatherings, own_page, shown
from services.calls.organisations.store import organisation_names
from shared.auth import Caller
from shared.http.paging import decode_cursor, decode_time_cursor, page_of
from shared.mongo import Database, Reader
from shared.vocabulary import Ecosystem
from shared.web import pages
from shared.web.facets import Facet, chips, counted, groups
from shared.web.form_views import form_view
from shared.web.i18n import _, country_name, translated
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

MOST_OWN = 50  # registrations that the list shows first
FACETS = [
    Facet("country", "countries", _("Country"), country_name),
    Facet("ecosystem", "ecosystems", _("Ecosystem"), lambda value: translated(Ecosystem(value).label)),
    Facet("mode", "mode", _("How people take part"), lambda value: translated(MODES[value])),
]

router = page_router()


@router.get("/gatherings")
async def show_gatherings(request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the gatherings to come, or the past ones, with the filters; first those of the member."""
    q, errors = read_query(request, GatheringList)
    db, now, filters = runtime.db, runtime.db.now(), q.query()
    after = read_cursor(q.cursor, decode_time_cursor, errors)
    listed, query = (list_past_gatherings, past) if q.when == "past" else (list_gatherings, coming)
    gatherings = await listed(db, filters, now, after, q.limit + 1)
    is_first = caller is not None and not filters and q.when == "coming" and after is None
    return pages.page(
        request,
        "gatherings.html",
        resource=page_of(GatheringView, gatherings, q.limit, "ends_at", GatheringView.of),
        modes=MODES,
        when=q.when,
        errors=errors,
        number=await GATHERINGS.count(db, query(filters, now)),
        facets=groups(request, FACETS, await counted(db, GATHERINGS, query(filters, now), FACETS)),
        chips=[*chips(request, FACETS, q.model_dump()), *await _organiser_chip(request, db, q)],
        mine=await _mine(db, caller) if is_first and caller else [],
        filters=q.model_dump(mode="json", exclude_none=True, exclude={"limit", "cursor", "when"}),
    )


async def _organiser_chip(request: Request, reader: Reader, q: GatheringList) -> list[tuple[str, str]]:
    if q.organisation_id is None:
        return []
    names = await organisation_names(reader, [q.organisation_id])
    organiser = Facet("organisation_id", "", _("Organiser"), lambda id: names.get(id, id))
    return chips(request, [organiser], q.model_dump())


async def _mine(db: Database, caller: Caller) -> list[tuple[GatheringView, str]]:
    """Return the gatherings to come in which the caller takes part or waits, with the state, the next one first."""
    registrations = await registrations_of_member(db, caller.id, MOST_OWN)
    states = {each.gathering_id: each.state for each in registrations if each.state in LIVE}
    gatherings = await gatherings_of_ids(db, [*states], db.now())
    return [(GatheringView.of(each), states[each.id].value) for each in sorted(gatherings, key=lambda g: g.ends_at)]


@router.get("/gatherings/own")
async def show_own_gatherings(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the gatherings of all organisations that the member publishes for."""
    q, errors = read_query(request, OwnGatherings)
    options = await organisers(request)
    if q.organisation_id and q.organisation_id not in dict(options):
        options = [*options, *await _for_operator(runtime.db, caller, q.organisation_id)]
    ids = [id or None for id, _name in options if q.organisation_id in (None, id)]
    if read_cursor(q.cursor, lambda cursor: decode_cursor(cursor, 1) if cursor else None, errors) is None:
        q = q.replace(cursor=None)
    resource = await own_page(runtime.db, ids, q)
    return pages.page(request, "own_gatherings.html", resource=resource, options=options, asked=q, errors=errors)


async def _for_operator(reader: Reader, caller: Caller, id: str) -> list[tuple[str, str]]:
    return [*(await organisation_names(reader, [id])).items()] if caller.operator else []


@router.get("/gatherings/new")
async def show_new_gathering(request: Request, caller: CurrentCaller) -> Response:
    """Show the form of a new gathering, for an organisation that the member publishes for."""
    options = await organisers(request)
    values = {"draft": "true", "admission": {}, "organisation_id": options[0][0] if options else ""}
    view = await form_view(request, "create_gathering", values=values)
    return pages.page(request, "gathering_form.html", view=view, gathering=None, options=options)


@router.get("/gatherings/{id}")
async def show_gathering(
    id: GatheringId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Show a gathering: when, where, the programme, the places, and the registration of the member."""
    db = runtime.db
    gathering = await visible_gathering(db, id, caller)
    registration = await REGISTRATIONS.get(db, registration_id(id, caller.id)) if caller else None
    return pages.page(
        request,
        "gathering.html",
        resource=await shown(db, gathering, caller, registration),
        modes=MODES,
        days=by_day(gathering.programme, gathering.timezone),
        registration=await own_view(db, registration) if registration else None,
        admission=admission_state(gathering, db.now()).value,
        organiser=await organises(db, gathering, caller),
        is_over=gathering.ends_at <= db.now(),
        register=await _register_form(request, id) if caller else None,
    )


async def _register_form(request: Request, id: str) -> Any:
    """Return the form to register; its choice is empty if the member represents no organisation."""
    options = await represented(request)
    chosen = options[0][0] if len(options) == 1 else ""
    view = await form_view(request, "register_for_gathering", values={"organisation_id": chosen}, id=id)
    return view, bool(options)


@router.get("/gatherings/{id}/change")
async def show_change(id: GatheringId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that changes a gathering."""
    return await _form_of_organiser(request, "change_gathering", await own_gathering(runtime.db, id, caller))


@router.get("/gatherings/{id}/cancel")
async def show_cancel(id: GatheringId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that cancels a gathering."""
    return await _form_of_organiser(request, "cancel_gathering", await own_gathering(runtime.db, id, caller))


@router.get("/gatherings/{id}/report")
async def show_report(id: GatheringId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form of the report on a past gathering, with the present report."""
    return await _form_of_organiser(request, "report_on_gathering", await own_gathering(runtime.db, id, caller))


async def _form_of_organiser(request: Request, operation: str, gathering: Gathering) -> Response:
    """Return the page of a form with the present values of a gathering."""
    stored = GatheringView.of(gathering, with_join_link=True).model_dump(mode="json")
    values = {"report_on_gathering": stored["report"] or {}, "cancel_gathering": {}}.get(operation, stored)
    view = await form_view(
        request, operation, values=values, version=gathering.version, zone=gathering.timezone, id=gathering.id
    )
    return pages.page(request, "gathering_form.html", view=view, gathering=gathering, options=None)
