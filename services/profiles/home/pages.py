"""The front page."""

from fastapi import Request, Response

from services.profiles.dependencies import CurrentRuntime
from services.profiles.home.usecases import front_page
from shared.web import pages
from shared.web.routes import page_router

router = page_router()


@router.get("/")
async def show_front_page(request: Request, runtime: CurrentRuntime) -> Response:
    """Show what is open and what comes next; a visitor also reads what the platform is and what to do first."""
    return pages.page(request, "home.html", resource=await front_page(runtime.db))
