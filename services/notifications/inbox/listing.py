"""The list of a member's alerts, page by page."""

from pydantic import Field

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import list_alerts
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.mongo import Reader


class InboxFilter(Paging):
    """Filters for the inbox."""

    unread: bool = Field(False, description="Only alerts that are unread")


async def own_alerts(reader: Reader, caller: Caller, q: InboxFilter) -> Page[Alert]:
    """Return a page of the alerts of the caller, the newest first."""
    alerts = await list_alerts(reader, caller.id, q.unread, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(Alert, alerts, q.limit, "at")
