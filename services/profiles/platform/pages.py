"""Pages about the platform: what it is, who operates it, what it keeps of people, how accessible it is."""

from fastapi import Request, Response

from services.profiles.achievements.reviewing import reviews as achievement_reviews
from services.profiles.dependencies import CurrentCaller, CurrentRuntime
from services.profiles.moderation.usecases import queue
from services.profiles.organisations.reviewing import reviews
from services.profiles.settings import ProfilesSettings
from shared.http.paging import Paging
from shared.web import pages
from shared.web.routes import page_router

router = page_router()


@router.get("/about")
async def show_about(request: Request) -> Response:
    """Show what the platform is for, and how to begin."""
    return pages.page(request, "about.html")


@router.get("/imprint")
async def show_imprint(request: Request, runtime: CurrentRuntime) -> Response:
    """Show who operates the platform."""
    return pages.page(request, "imprint.html", operator=settings_of(runtime))


@router.get("/privacy")
async def show_privacy(request: Request, runtime: CurrentRuntime) -> Response:
    """Show what the platform keeps of people, why, and for how long."""
    return pages.page(request, "privacy.html", operator=settings_of(runtime))


@router.get("/accessibility")
async def show_accessibility(request: Request, runtime: CurrentRuntime) -> Response:
    """Show the accessibility statement."""
    return pages.page(request, "accessibility.html", operator=settings_of(runtime))


@router.get("/desk")
async def show_desk(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators what waits for them. Raise NotAllowed for others.

    The numbers of other services are filled in by the script of the page, so that it needs none of them.
    """
    waiting = await reviews(runtime.db, caller, Paging(limit=5))
    first = Paging(limit=5)
    return pages.page(
        request,
        "desk.html",
        waiting=waiting,
        achievements=await achievement_reviews(runtime.db, caller, first),
        reported=await queue(runtime.db, caller, first),
    )


def settings_of(runtime: CurrentRuntime) -> ProfilesSettings:
    """Return the settings that name the operator."""
    own: ProfilesSettings = runtime.resources.settings
    return own
