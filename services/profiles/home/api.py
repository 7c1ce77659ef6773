"""HTTP for the front page."""

from fastapi import APIRouter, Request, Response

from services.profiles.dependencies import CurrentRuntime
from services.profiles.home.domain import FrontPage
from services.profiles.home.store import next_deadlines
from services.profiles.organisations.store import count_published
from shared.http.negotiation import page_or_json

router = APIRouter(tags=["Home"])


@router.get("/", response_model=FrontPage, operation_id="read_front_page", summary="Read the front page")
async def read_front_page(request: Request, runtime: CurrentRuntime) -> Response:
    """Return the number of published organisations and the open calls with the next deadlines."""
    calls = await next_deadlines(runtime.db, runtime.db.now())
    front_page = FrontPage(organisations=await count_published(runtime.db), calls=calls)
    return page_or_json(request, "home.html", front_page)
