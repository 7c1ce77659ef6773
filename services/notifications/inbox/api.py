"""HTTP for a member's inbox."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox import usecases
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import inbox
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.ids import Id

router = APIRouter()


class InboxFilter(Paging):
    unread: bool = False


@router.get("/inbox", response_model=Page[Alert])
async def read_inbox(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[InboxFilter, Query()]
) -> Response:
    found = await inbox(runtime.db, caller.id, q.unread, decode_time_cursor(q.cursor), q.limit + 1)
    return page_or_json(request, "inbox.html", page_of(Alert, found, q.limit, "at"))


@router.post("/inbox/read")
async def mark_all_read(runtime: CurrentRuntime, caller: CurrentCaller) -> usecases.Marked:
    return await runtime.db.transact(usecases.mark_all_read, caller)


@router.post("/inbox/{id}/read")
async def mark_read(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> Alert:
    return await runtime.db.transact(usecases.mark_read, id, caller)
