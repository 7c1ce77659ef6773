"""HTTP for a member's inbox."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox import usecases
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import list_alerts
from services.notifications.preferences.usecases import subscription_of
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Inbox"])
AlertId = Annotated[Id, Path(description="Id of the alert")]


class InboxFilter(Paging):
    """Filters for the inbox."""

    unread: bool = Field(False, description="Only alerts that are unread")


@router.get(
    "/inbox",
    response_model=Page[Alert],
    operation_id="list_alerts",
    summary="List your alerts",
    responses=refusals({401: "The token is missing or not valid", 422: "The cursor is not valid"}),
)
async def list_own_alerts(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[InboxFilter, Query()]
) -> Response:
    """Return the alerts of the caller, the newest first."""
    alerts = await list_alerts(runtime.db, caller.id, q.unread, decode_time_cursor(q.cursor), q.limit + 1)
    page = page_of(Alert, alerts, q.limit, "at")
    return page_or_json(request, "inbox.html", page, subscription=await subscription_of(runtime.db, caller.id))


@router.post(
    "/inbox/read",
    operation_id="mark_all_alerts_read",
    summary="Mark all alerts as read",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def mark_all_read(runtime: CurrentRuntime, caller: CurrentCaller) -> usecases.MarkedRead:
    """Mark every unread alert of the caller as read, and return their number."""
    return await runtime.db.transact(usecases.mark_all_read, caller)


@router.post(
    "/inbox/{id}/read",
    operation_id="mark_alert_read",
    summary="Mark an alert as read",
    responses=refusals({401: "The token is missing or not valid", 404: "Alert not found"}),
)
async def mark_read(id: AlertId, runtime: CurrentRuntime, caller: CurrentCaller) -> Alert:
    """Mark an alert of the caller as read. The time of the first reading is kept."""
    return await runtime.db.transact(usecases.mark_read, id, caller)
