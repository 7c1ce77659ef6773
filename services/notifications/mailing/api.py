"""HTTP for stopping e-mails, and the operators' view of deliveries."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.store import MAILS, count_by_state
from services.notifications.preferences import usecases
from services.notifications.preferences.store import MEMBERS
from shared.auth import Caller
from shared.errors import NotAllowed
from shared.http.caller import verified
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.mongo import behind

router = APIRouter()


class Subscription(BaseModel):
    mail: bool


class Delivery(BaseModel):
    """One line of the ledger: what was to be sent to whom, and what became of it."""

    id: str
    member_id: str
    occasions: list[str]
    state: State
    created_at: datetime
    sent_at: datetime | None
    note: str

    @classmethod
    def of(cls, mail: Mail) -> "Delivery":
        return cls(**mail.model_dump(include=set(cls.model_fields)))


class Summary(BaseModel):
    members: int
    alerts: int
    mails: dict[str, int]


@router.get("/unsubscribe/{token}", response_model=Subscription)
async def unsubscribe_page(token: str, request: Request, runtime: CurrentRuntime) -> Response:
    """A GET changes nothing (RFC 8058): the page has a button that posts."""
    claims = await verified(runtime, token, "unsubscribe", "notifications")
    member = await MEMBERS.get(runtime.db, claims["sub"])
    mail = bool(member and member.mail)
    return page_or_json(request, "unsubscribe.html", Subscription(mail=mail), done=not mail)


@router.post("/unsubscribe/{token}", response_model=Subscription)
async def unsubscribe(token: str, request: Request, runtime: CurrentRuntime) -> Response:
    claims = await verified(runtime, token, "unsubscribe", "notifications")
    await runtime.db.transact(usecases.switch_mail, claims["sub"], False)
    return page_or_json(request, "unsubscribe.html", Subscription(mail=False), done=True)


@router.get("/deliveries/summary")
async def summary(runtime: CurrentRuntime, caller: CurrentCaller) -> Summary:
    """For operators: how many alerts there are, and e-mails by state."""
    only_operators(caller)
    members, alerts = await MEMBERS.count(runtime.db, {}), await ALERTS.count(runtime.db, {})
    return Summary(members=members, alerts=alerts, mails=await count_by_state(runtime.db))


class DeliveryFilter(Paging):
    state: State | None = None


@router.get("/deliveries")
async def deliveries(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[DeliveryFilter, Query()]
) -> Page[Delivery]:
    """For operators: the ledger, the newest first."""
    only_operators(caller)
    last = decode_time_cursor(q.cursor)
    query = {**({"state": q.state} if q.state else {}), **behind("created_at", last, newest_first=True)}
    found = await MAILS.find(runtime.db, query, sort=[("created_at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_of(Delivery, found, q.limit, "created_at", Delivery.of)


def only_operators(caller: Caller) -> None:
    if not caller.operator:
        raise NotAllowed("this is for operators")
