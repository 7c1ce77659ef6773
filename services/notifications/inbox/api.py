"""HTTP for a member's inbox."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox import usecases
from services.notifications.inbox.domain import Alert
from services.notifications.inbox.listing import InboxFilter, own_alerts
from shared.http.paging import Page
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Inbox"])
AlertId = Annotated[Id, Path(description="Id of the alert")]


@router.get(
    "/inbox",
    operation_id="list_alerts",
    summary="List your alerts",
    responses=refusals({401: "The token is missing or not valid", 422: "The cursor is not valid"}),
)
async def list_own_alerts(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[InboxFilter, Query()]
) -> Page[Alert]:
    """Return the alerts of the caller, the newest first."""
    return await own_alerts(runtime.db, caller, q)


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


@router.post(
    "/inbox/unread",
    operation_id="mark_all_alerts_unread",
    summary="Undo that all alerts were marked as read",
    responses=refusals({401: "The token is missing or not valid", 422: "The time is not valid"}),
)
async def mark_all_unread(
    body: usecases.ReadAt, runtime: CurrentRuntime, caller: CurrentCaller
) -> usecases.MarkedUnread:
    """Mark the alerts as unread again that were marked as read at this time, and return their number."""
    return await runtime.db.transact(usecases.mark_all_unread, body, caller)


@router.post(
    "/inbox/{id}/unread",
    operation_id="mark_alert_unread",
    summary="Mark an alert as unread",
    responses=refusals({401: "The token is missing or not valid", 404: "Alert not found"}),
)
async def mark_unread(id: AlertId, runtime: CurrentRuntime, caller: CurrentCaller) -> Alert:
    """Mark an alert of the caller as unread again."""
    return await runtime.db.transact(usecases.mark_unread, id, caller)
