"""The front page: newest organisations, and the latest calls from a copy that events keep."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel

from services.profiles.domain import Status
from services.profiles.store import ORGANISATIONS
from shared.http.caller import runtime_of
from shared.http.negotiation import page_or_json
from shared.models import Versioned
from shared.mongo import Collection, Transaction, index
from shared.service import Runtime

router = APIRouter()
SHOWN = 10


class CallCopy(Versioned):
    title: str
    url: str
    organisation_name: str
    deadline: AwareDatetime
    timezone: str
    over: bool = False


CALLS = Collection("call_copies", CallCopy, [index("over", "deadline")])


class Front(BaseModel):
    organisations: int
    calls: list[CallCopy]


@router.get("/", response_model=Front)
async def front(request: Request, runtime: Annotated[Runtime, Depends(runtime_of("profiles"))]) -> Response:
    number = await ORGANISATIONS.count(runtime.db, {"status": Status.PUBLISHED})
    open_now = {"over": False, "deadline": {"$gt": runtime.db.now()}}
    calls = await CALLS.find(runtime.db, open_now, sort=[("deadline", 1)], limit=SHOWN)
    return page_or_json(request, "home.html", Front(organisations=number, calls=calls))


async def on_call_announced(tx: Transaction, event: Any) -> None:
    await _keep(tx, event, over=False)


async def on_call_over(tx: Transaction, event: Any) -> None:
    await _keep(tx, event, over=True)


async def _keep(tx: Transaction, event: Any, *, over: bool) -> None:
    facts = event.call.model_dump(include={"version", "title", "url", "organisation_name", "deadline", "timezone"})
    await CALLS.keep_newest(tx, CallCopy(id=event.call_id, over=over, **facts))
