"""Pages for those who publish calls: their list, one page to manage a call, and the pages of its forms."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request, Response

from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call, check_editable, check_public
from services.calls.catalogue.moments import check_withdrawable
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import calls_of_publishers
from services.calls.catalogue.views import CallView
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime
from services.calls.organisations.usecases import check_publisher
from services.calls.owners.call_forms import own_publishers, publishers, written
from services.calls.owners.waiting import by_status, waiting_in
from services.calls.selection.applications.own import OwnFilter
from services.calls.selection.applications.store import newest_form
from services.calls.selection.assessment.store import rounds_of_call
from shared.errors import Refusal
from shared.http.paging import decode_cursor, encode_cursor
from shared.sentences import _
from shared.service import Runtime
from shared.web import pages
from shared.web.form_views import FormView, form_view
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()
SHOWN = 100  # calls on one page


@router.get("/calls/own")
async def show_own_calls(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the calls that the member publishes, by status, each with what waits in it."""
    q, errors = read_query(request, OwnFilter)
    offered = await own_publishers(request)
    organisations: list[str | None] = [id or None for id, _ in offered]
    if q.organisation_id:
        await check_publisher(runtime.db, q.organisation_id, caller)
        organisations = [q.organisation_id]
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    calls = await calls_of_publishers(runtime.db, organisations, q.stage, before, SHOWN + 1)
    waiting = await waiting_in(runtime.db, calls[:SHOWN], runtime.db.now())
    more = encode_cursor(calls[SHOWN - 1].id) if len(calls) > SHOWN else None
    return pages.page(
        request,
        "owner_calls.html",
        resource={"next": more},
        groups=by_status(waiting),
        publishers=[(id, name) for id, name in offered if id],
        may_publish=bool(offered),
        chosen=q.organisation_id,
        errors=errors,
    )


@router.get("/calls/new")
async def show_new_call(request: Request, caller: CurrentCaller) -> Response:
    """Show the form for a new call; those who publish for no organisation read how to begin."""
    offered = await publishers(request)
    if not offered:
        return pages.page(request, "owner_none.html")
    first = request.query_params.get("organisation_id") or offered[0][0]
    view = await form_view(request, "create_call", values={"organisation_id": first})
    return pages.page(request, "owner_new.html", view=view)


@router.get("/calls/{id}/manage")
async def show_manage(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the state of a call, what waits, and everything that its publisher can do."""
    call = await own_call(runtime.db, id, caller)
    now = runtime.db.now()
    [waiting] = await waiting_in(runtime.db, [call], now)
    form = await newest_form(runtime.db, id)
    return pages.page(
        request,
        "owner_call.html",
        resource=CallView.of(call, now),
        waiting=waiting,
        rounds=await rounds_of_call(runtime.db, id, waiting.cut_offs),
        form_fields=len(form.fields) if form else 0,
        may=Allowed.of(call, runtime),
    )


@router.get("/calls/{id}/change")
async def show_change(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form of a call with its present content."""
    call = await own_call(runtime.db, id, caller)
    check_editable(call, runtime.db.now())
    view = CallView.of(call, runtime.db.now())
    form = await form_view(request, "change_call", values=written(view), version=call.version, zone=call.timezone)
    if call.stage is Stage.DRAFT:
        form = form.without("reason")
    if call.opened_at:
        form = form.without("opens_at", "forthcoming")  # the opening stays as it was
    return pages.page(request, "owner_change.html", resource=view, view=form)


@router.get("/calls/{id}/extend")
async def show_extend(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that extends a deadline."""
    call = await own_call(runtime.db, id, caller)
    check_public(call, _("Change the deadline of the draft instead."))
    check_editable(call, runtime.db.now())
    view = await form_view(request, "extend_call", version=call.version, zone=call.timezone)
    return pages.page(
        request, "owner_extend.html", resource=CallView.of(call, runtime.db.now()), view=_short(view, call.cut_offs)
    )


def _short(view: FormView, cut_offs: Sequence[object]) -> FormView:
    return view.without("cut_off") if len(cut_offs) == 1 else view


@router.get("/calls/{id}/withdraw")
async def show_withdraw(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that withdraws a call, with what it ends."""
    call = await own_call(runtime.db, id, caller)
    check_withdrawable(call, runtime.db.now())
    [waiting] = await waiting_in(runtime.db, [call], runtime.db.now())
    view = await form_view(request, "withdraw_call", version=call.version)
    return pages.page(
        request, "owner_withdraw.html", resource=CallView.of(call, runtime.db.now()), view=view, waiting=waiting
    )


@dataclass(frozen=True)
class Allowed:
    """What the state of a call allows its publisher."""

    publish: bool
    change: bool
    extend: bool
    withdraw: bool
    post: bool

    @classmethod
    def of(cls, call: Call, runtime: Runtime) -> "Allowed":
        """Return what a call allows now."""
        now = runtime.db.now()
        change = status(call, now) not in {Status.CLOSED, Status.WITHDRAWN} or call.stage is Stage.DRAFT
        return cls(
            publish=call.stage is Stage.DRAFT,
            change=change,
            extend=change and call.stage is Stage.PUBLISHED,
            withdraw=_withdrawable(call, runtime),
            post=call.stage is Stage.PUBLISHED,
        )


def _withdrawable(call: Call, runtime: Runtime) -> bool:
    try:
        check_withdrawable(call, runtime.db.now())
    except Refusal:
        return False
    return True
