"""HTTP for members' interests and inboxes, and the operators' view of deliveries."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel

from services.notifications import usecases
from services.notifications.domain import Interest, InterestBody
from services.notifications.mailing.ledger import MAILS, Mail, State, count_by_state
from services.notifications.store import ALERTS, MEMBERS, Alert, inbox
from shared.auth import Caller
from shared.errors import NotAllowed
from shared.http.caller import current_caller, runtime_of, verified
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.mongo import behind
from shared.service import Runtime

router = APIRouter()
CurrentRuntime = Annotated[Runtime, Depends(runtime_of("notifications"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("notifications"))]


class InboxFilter(Paging):
    unread: bool = False


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


@router.post("/interests", status_code=201)
async def add_interest(
    body: InterestBody, runtime: CurrentRuntime, caller: CurrentCaller, key: IdempotencyKey = None
) -> Interest:
    request = "interest" + body.model_dump_json()
    return await idempotent(
        runtime.db, key, caller.id, request, Interest, usecases.add_interest, new_id(), body, caller
    )


@router.get("/interests")
async def interests(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Interest]:
    member = await MEMBERS.get(runtime.db, caller.id)
    return list(member.interests) if member else []


@router.delete("/interests/{id}", status_code=204)
async def remove_interest(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    await runtime.db.transact(usecases.remove_interest, id, caller)


@router.get("/inbox", response_model=Page[Alert])
async def read_inbox(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[InboxFilter, Query()]
) -> Response:
    found = await inbox(runtime.db, caller.id, q.unread, decode_time_cursor(q.cursor), q.limit + 1)
    return page_or_json(request, "inbox.html", page_of(Alert, found, q.limit, "at"))


@router.post("/inbox/read")
async def mark_all_read(runtime: CurrentRuntime, caller: CurrentCaller) -> usecases.Marked:
    return await runtime.db.transact(usecases.mark_all_read, caller)


@router.post("/inbox/{id}/read")
async def mark_read(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> Alert:
    return await runtime.db.transact(usecases.mark_read, id, caller)


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
