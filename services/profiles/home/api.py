"""HTTP for the front page."""

from fastapi import APIRouter

from services.profiles.dependencies import CurrentRuntime
from services.profiles.home.domain import FrontPage
from services.profiles.home.usecases import front_page

router = APIRouter(tags=["Home"])


@router.get("/", operation_id="read_front_page", summary="Read the front page")
async def read_front_page(runtime: CurrentRuntime) -> FrontPage:
    """Return what is open and what comes next: calls, gatherings, the newest posts and organisations."""
    return await front_page(runtime.db)
