"""The front page: newest organisations, and the latest calls from a copy that events keep."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.profiles.home.domain import Front
from services.profiles.home.store import CALLS
from services.profiles.organisations.domain import Status
from services.profiles.organisations.store import ORGANISATIONS
from shared.http.caller import runtime_of
from shared.http.negotiation import page_or_json
from shared.service import Runtime

router = APIRouter()
SHOWN = 10


@router.get("/", response_model=Front)
async def front(request: Request, runtime: Annotated[Runtime, Depends(runtime_of("profiles"))]) -> Response:
    number = await ORGANISATIONS.count(runtime.db, {"status": Status.PUBLISHED})
    open_now = {"over": False, "deadline": {"$gt": runtime.db.now()}}
    calls = await CALLS.find(runtime.db, open_now, sort=[("deadline", 1)], limit=SHOWN)
    return page_or_json(request, "home.html", Front(organisations=number, calls=calls))
