"""Pages of moderation: report a thing, the queue of operators, a case, the record."""

from functools import partial

from fastapi import Request, Response

from services.profiles.accounts.store import names_of
from services.profiles.dependencies import CaseId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.moderation import usecases, words
from services.profiles.moderation.domain import thing_at
from services.profiles.moderation.store import entries_of
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.paging import Paging
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _
from shared.web.queries import page_at, read_query
from shared.web.routes import page_router

router = page_router()
CAUSES = tuple((cause.value, said) for cause, said in words.CAUSES.items())
FORMS = [
    Form(
        operation="report_thing",
        button=_("Send the report"),
        next="/reports/sent",
        words={
            "about": Words(_("Address"), kind=Kind.HIDDEN),
            "cause": Words(_("What is wrong?"), " ", options=CAUSES),
            "text": Words(
                _("What exactly?"),
                _("Only the operators of the platform read this."),
                Kind.TEXT,
            ),
            "email": Words(
                _("Your e-mail address"),
                _("Only if the operators may ask you about it."),
                Kind.EMAIL,
            ),
        },
        is_open=True,
    ),
    Form(
        operation="decide_case",
        button=_("Decide"),
        next="/moderation",
        done=_("Your decision is stored. The organisation is told, and so are the members who reported it."),
        words={
            "outcome": Words(_("Your decision"), " ", options=tuple(words.OUTCOMES.items())),
            "reason": Words(_("Reason"), _("The people of the organisation read it."), Kind.TEXT),
        },
        is_final=True,
    ),
    Form(
        operation="object_to_decision",
        button=_("Object"),
        next="/moderation/{id}",
        done=_("Your objection is stored. The operators decide again."),
        words={"text": Words(_("Why is the decision wrong?"), _("You can object once."), Kind.TEXT)},
    ),
]


@router.get("/reports/new")
async def show_new_report(request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the form that reports the thing at the path `about`. Raises Invalid, NotFound."""
    about = request.query_params.get("about", "")[:100]
    thing = await usecases.find_thing(runtime.db, *thing_at(about))
    view = await form_view(request, "report_thing", values={"about": thing.url}, hide=["email"] if caller else [])
    return pages.page(request, "report.html", view=view, thing=thing, kind=words.KINDS[thing.kind])


@router.get("/reports/sent")
async def show_sent_report(request: Request, caller: OptionalCaller) -> Response:
    """Show that a report was received."""
    return pages.page(request, "report_sent.html", is_member=caller is not None)


@router.get("/moderation")
async def show_queue(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators what was reported and waits for a decision."""
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(usecases.queue, runtime.db, caller), q)
    return pages.page(request, "moderation.html", resource=found, kinds=words.KINDS, statuses=words.STATUSES)


@router.get("/moderation/record")
async def show_record(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators who did what, when."""
    q, _errors = read_query(request, Paging)
    found = await page_at(partial(usecases.record, runtime.db, caller), q)
    deciders = {entry.by for entry in found.items if entry.by and entry.action != "reported"}
    return pages.page(
        request,
        "moderation_record.html",
        resource=found,
        names=await names_of(runtime.db, sorted(deciders)),
        actions=words.ACTIONS,
        outcomes=words.OUTCOMES,
    )


@router.get("/moderation/{id}")
async def show_case(id: CaseId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show a case: to operators with its reports and the decision to take, to editors with what was decided."""
    case = await usecases.visible_case(runtime.db, id, caller)
    operation = "decide_case" if caller.operator and case.waits else ""
    if not caller.operator and case.can_object:
        operation = "object_to_decision"
    return pages.page(
        request,
        "moderation_case.html",
        resource=case,
        view=await form_view(request, operation, version=case.version) if operation else None,
        operator=caller.operator,
        entries=await entries_of(runtime.db, id) if caller.operator else [],
        kinds=words.KINDS,
        causes=words.CAUSES,
        outcomes=words.OUTCOMES,
        statuses=words.STATUSES,
        actions=words.ACTIONS,
    )
