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
from shared.http import (
    IdempotencyKey,
    Page,
    Paging,
    caller,
    decode_time_cursor,
    here,
    page_of,
    page_or_json,
    verified,
)
from shared.idempotency import once
from shared.ids import Id, new_id
from shared.mongo import behind
from shared.service import Runtime

router = APIRouter()
Here = Annotated[Runtime, Depends(here("notifications"))]
By = Annotated[Caller, Depends(caller("notifications"))]


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
async def add_interest(body: InterestBody, at: Here, by: By, key: IdempotencyKey = None) -> Interest:
    request = "interest" + body.model_dump_json()
    return await once(at.db, key, by.id, request, Interest, usecases.add_interest, new_id(), body, by)


@router.get("/interests")
async def interests(at: Here, by: By) -> list[Interest]:
    member = await MEMBERS.get(at.db, by.id)
    return list(member.interests) if member else []


@router.delete("/interests/{id}", status_code=204)
async def remove_interest(id: Id, at: Here, by: By) -> None:
    await at.db.transact(usecases.remove_interest, id, by)


@router.get("/inbox", response_model=Page[Alert])
async def read_inbox(request: Request, at: Here, by: By, q: Annotated[InboxFilter, Query()]) -> Response:
    found = await inbox(at.db, by.id, q.unread, decode_time_cursor(q.cursor), q.limit + 1)
    return page_or_json(request, "inbox.html", page_of(Alert, found, q.limit, "at"))


@router.post("/inbox/read")
async def mark_all_read(at: Here, by: By) -> usecases.Marked:
    return await at.db.transact(usecases.mark_all_read, by)


@router.post("/inbox/{id}/read")
async def mark_read(id: Id, at: Here, by: By) -> Alert:
    return await at.db.transact(usecases.mark_read, id, by)


@router.get("/unsubscribe/{token}", response_model=Subscription)
async def unsubscribe_page(token: str, request: Request, at: Here) -> Response:
    """A GET changes nothing (RFC 8058): the page has a button that posts."""
    claims = await verified(at, token, "unsubscribe", "notifications")
    member = await MEMBERS.get(at.db, claims["sub"])
    mail = bool(member and member.mail)
    return page_or_json(request, "unsubscribe.html", Subscription(mail=mail), done=not mail)


@router.post("/unsubscribe/{token}", response_model=Subscription)
async def unsubscribe(token: str, request: Request, at: Here) -> Response:
    claims = await verified(at, token, "unsubscribe", "notifications")
    await at.db.transact(usecases.switch_mail, claims["sub"], False)
    return page_or_json(request, "unsubscribe.html", Subscription(mail=False), done=True)


@router.get("/deliveries/summary")
async def summary(at: Here, by: By) -> Summary:
    """For operators: how many alerts there are, and e-mails by state."""
    only_operators(by)
    members, alerts = await MEMBERS.count(at.db, {}), await ALERTS.count(at.db, {})
    return Summary(members=members, alerts=alerts, mails=await count_by_state(at.db))


class DeliveryFilter(Paging):
    state: State | None = None


@router.get("/deliveries")
async def deliveries(at: Here, by: By, q: Annotated[DeliveryFilter, Query()]) -> Page[Delivery]:
    """For operators: the ledger, the newest first."""
    only_operators(by)
    last = decode_time_cursor(q.cursor)
    query = {**({"state": q.state} if q.state else {}), **behind("created_at", last, newest_first=True)}
    found = await MAILS.find(at.db, query, sort=[("created_at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_of(Delivery, found, q.limit, "created_at", Delivery.of)


def only_operators(by: Caller) -> None:
    if not by.operator:
        raise NotAllowed("this is for operators")
