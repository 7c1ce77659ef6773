"""Pages for operators, the same for every service: what waits, parked messages, the event log."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.operations.events import EventFilter
from shared.operations.parked import ParkedFilter
from shared.web import pages
from shared.web.i18n import _
from shared.web.queries import read_query
from shared.web.routes import page_router
from shared.web.sending import Answer, ask

QUEUE = Words(_("Queue"), _("The name of the queue that receives the events, for example matchmaking.events.v1."))
BRUSSELS_TIME = _("Brussels time. Without a time, the day begins at midnight.")
OF_A_PAGE = {"cursor": Words(_("Page"), kind=Kind.HIDDEN), "limit": Words(_("Events on a page"), kind=Kind.HIDDEN)}


def operation_forms(service: str) -> list[Form]:
    """Return the forms of the pages of one service."""
    parked = f"/operations/{service}/parked"
    return [
        Form(
            operation=f"redrive_{service}_parked",
            button=_("Hand over again"),
            done=_("The messages were handed to their handlers again. Those that fail again come back here."),
            next=parked,
        ),
        Form(
            operation=f"drop_{service}_parked",
            button=_("Drop"),
            done=_("The messages were dropped."),
            next=parked,
            is_final=True,
        ),
        *_sending_forms(service),
    ]


def _sending_forms(service: str) -> list[Form]:
    """Return the forms that send events to a queue."""
    return [
        Form(
            operation=f"replay_{service}_events",
            at=f"/operations/{service}/replay",
            source=f"/operations/{service}/summary",  # only operators can read it
            title=_("Send past events to a queue"),
            intro=_("A service skips the events that it has handled already, so to repeat them does no harm."),
            button=_("Send"),
            answer="sent_events.html",
            words={
                "to": QUEUE,
                "type": Words(_("Type of event, or its beginning and *"), _("For example calls.call.*, or * for all.")),
                "since": Words(_("Published from"), BRUSSELS_TIME, Kind.START),
                "until": Words(_("Published before"), BRUSSELS_TIME, Kind.START),
                **OF_A_PAGE,
            },
        ),
        Form(
            operation=f"send_{service}_snapshot",
            at=f"/operations/{service}/snapshot",
            source=f"/operations/{service}/summary",
            title=_("Send the current state to a queue"),
            intro=_("A new listener builds its copies from it: everything that the service has now, as events."),
            button=_("Send"),
            answer="sent_events.html",
            words={"to": QUEUE, **OF_A_PAGE},
        ),
    ]


def operation_pages(service: str, require_operator: object) -> APIRouter:
    """Return the pages of one service. Each shows what the API answers to the same request."""
    router = page_router()
    router.prefix = f"/operations/{service}"
    router.dependencies = [Depends(require_operator)]  # type: ignore[arg-type]

    @router.get("")
    async def show_operations(request: Request) -> Response:
        summary = await ask(request, "GET", f"/operations/{service}/summary")
        return _shown(request, summary, "operations.html", service=service)

    @router.get("/parked")
    async def show_parked(request: Request) -> Response:
        query, errors = read_query(request, ParkedFilter)
        found = await ask(request, "GET", request.url.path, _asked(query))
        return _shown(request, found, "parked.html", service=service, q=query, errors=errors)

    @router.get("/parked/{id}")
    async def show_parked_message(request: Request, id: str) -> Response:
        return _shown(request, await ask(request, "GET", request.url.path), "parked_message.html", service=service)

    @router.get("/events")
    async def show_events(request: Request) -> Response:
        query, errors = read_query(request, EventFilter)
        found = await ask(request, "GET", request.url.path, _asked(query))
        return _shown(request, found, "events.html", service=service, q=query, errors=errors)

    @router.get("/events/{id}")
    async def show_event(request: Request, id: str) -> Response:
        return _shown(request, await ask(request, "GET", request.url.path), "event.html", service=service)

    return router


def _asked(query: ParkedFilter | EventFilter) -> str:
    return urlencode(query.model_dump(mode="json", exclude_none=True))


def _shown(request: Request, answer: Answer, template: str, **context: Any) -> Response:
    if answer.status != 200:
        return pages.problem_page(request, answer.status, answer.document)
    return pages.page(request, template, resource=answer.document, **context)
