"""The page that explains feeds, calendars and exports."""

from fastapi import Request, Response

from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
LISTS = [("/calls", _("Calls")), ("/gatherings", _("Gatherings"))]


@router.get("/calls/feeds")
async def show_feeds(request: Request) -> Response:
    """Show what feeds, calendars and exports are, their addresses, and how to use them."""
    return pages.page(request, "feeds.html", lists=LISTS)
