"""Pages of the partner search: offers and requests, one of them, and the form that publishes one."""

from fastapi import Request, Response

from services.matchmaking.calls.choices import find_calls
from services.matchmaking.calls.store import CALLS
from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.matchmaking.organisations.choices import own_organisations
from services.matchmaking.organisations.store import ORGANISATIONS, PUBLIC
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestView, Side
from services.matchmaking.requests.matching import matches_of
from services.matchmaking.requests.store import REQUESTS, list_live_requests, live, requests_of_member
from services.matchmaking.requests.usecases import is_keeper
from services.matchmaking.requests.views import RequestFilter
from shared.errors import NotFound
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.paging import decode_time_cursor, page_of
from shared.mongo import Reader
from shared.vocabulary import Ecosystem
from shared.web import pages
from shared.web.addresses import address_of
from shared.web.facets import Facet, chips, counted, groups
from shared.web.form_views import form_view
from shared.web.i18n import _, country_name, translated
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

SIDES = {Side.OFFER: _("Offer"), Side.REQUEST: _("Request")}
FACETS = [
    Facet("side", "side", _("Offer or request"), lambda value: translated(SIDES[Side(value)])),
    Facet("ecosystem", "ecosystems", _("Ecosystem"), lambda value: translated(Ecosystem(value).label)),
    Facet("country", "organisation_country", _("Country of the organisation"), country_name),
]

router = page_router()
FORMS = [
    Form(
        operation="publish_partner_request",
        title=_("Look for a partner"),
        intro=_("Say what your organisation offers or looks for. When a call fits, matching partners are proposed."),
        button=_("Publish"),
        done=_("It is published. When a call fits, you are told of partners that match."),
        words={
            "organisation_id": Words(_("Your organisation"), " ", Kind.CHOICE),
            "side": Words(
                _("What is it?"),
                " ",
                options=(("offer", _("We offer something")), ("request", _("We look for something"))),
            ),
            "title": Words(_("In one line"), _("For example: Test fields for sensors in vineyards.")),
            "description": Words(_("Details"), _("What you bring, what you expect, and how to reach you."), Kind.TEXT),
            "ecosystems": Words(
                _("Industrial ecosystems"),
                _("At least one. Calls and partners are matched by them."),
                options=tuple((each.value, each.label) for each in Ecosystem),
            ),
            "countries": Words(_("Countries of the partner"), _("Choose none if a partner may be in any country.")),
            "call_id": Words(
                _("For a call"),
                _("If you look for partners for one call, find it by words of its title."),
                Kind.CHOICE,
            ),
            "expires_at": Words(
                _("Shown until"), _("Brussels time. Leave the time empty to include the day."), Kind.END
            ),
        },
        choices={"organisation_id": own_organisations},
        finds={"call_id": find_calls},
    ),
    Form(
        operation="renew_partner_request",
        button=_("Renew for ninety days"),
        done=_("It is valid for ninety days from today. You are reminded a week before it expires."),
    ),
    Form(
        operation="close_partner_request",
        button=_("Close"),
        done=_("It is closed: it is no longer listed, and no longer proposed to others."),
        is_final=True,
    ),
]


@router.get("/partner-requests")
async def show_requests(request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the offers and requests that are open, with the filters; first those of the member."""
    q, errors = read_query(request, RequestFilter)
    db, now = runtime.db, runtime.db.now()
    after = read_cursor(q.cursor, decode_time_cursor, errors)
    query = live(q.query(), now)
    requests = await list_live_requests(db, q.query(), after, now, q.limit + 1)
    shows_mine = caller is not None and not q.query() and after is None
    return pages.page(
        request,
        "partner_requests.html",
        resource=page_of(PartnerRequestView, requests, q.limit, "expires_at", PartnerRequest.view),
        errors=errors,
        sides=SIDES,
        number=await REQUESTS.count(db, query),
        facets=groups(request, FACETS, await counted(db, REQUESTS, query, FACETS)),
        chips=[*chips(request, FACETS, q.model_dump()), *await _of_organisation(request, db, q.organisation_id)],
        mine=await requests_of_member(db, caller.id) if caller and shows_mine else [],
    )


async def _of_organisation(request: Request, reader: Reader, id: str | None) -> list[tuple[str, str]]:
    """Return the chip of the organisation to which the list is narrowed."""
    if id is None:
        return []
    organisation = await ORGANISATIONS.first(reader, {"_id": id, **PUBLIC})
    name = organisation.name if organisation else id
    return [(f"{translated(_('Organisation'))}: {name}", address_of(request, organisation_id=None))]


@router.get("/partner-requests/new")
async def show_new_request(request: Request, caller: CurrentCaller) -> Response:
    """Show the form that publishes an offer or a request."""
    options = await own_organisations(request)
    values = {"organisation_id": options[0][0]} if len(options) == 1 else {}
    view = await form_view(request, "publish_partner_request", values=values)
    return pages.page(request, "new_partner_request.html", view=view, options=options)


@router.get("/partner-requests/{id}")
async def show_request(id: str, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show an offer or a request; its organisation can renew and close it."""
    found = await REQUESTS.get(runtime.db, id)
    if found is None:
        raise NotFound(_("Partner request not found."))
    db, now = runtime.db, runtime.db.now()
    keeps = caller is not None and await is_keeper(db, found, caller)
    is_live = not (found.closed or found.suspended)
    return pages.page(
        request,
        "partner_request.html",
        resource=found.view(),
        call=await CALLS.get(db, found.call_id) if found.call_id else None,
        sides=SIDES,
        is_keeper=keeps,
        matches=await matches_of(db, found, now) if keeps and is_live else [],
        has_expired=found.expires_at <= now,
        can_renew=is_live and found.gains(now),
    )
