"""HTTP for claims."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.claims import evidence, usecases
from services.calls.claims.domain import Claim, ClaimBody, ClaimLine, ClaimState, Reference
from services.calls.claims.store import of_call
from services.calls.edge import By, Here
from services.calls.missions.domain import Money
from services.calls.trail.view import Trail, read_trail
from services.calls.usecases import own
from shared.auth import Caller
from shared.http import (
    IdempotencyKey,
    IfMatch,
    Page,
    Paging,
    created,
    decode_time_cursor,
    etag,
    page_of,
    page_or_json,
)
from shared.idempotency import once
from shared.ids import Id, new_id
from shared.models import Body
from shared.mongo import Transaction

router = APIRouter()


class ClaimView(BaseModel):
    id: str
    version: int
    application_id: str
    call_id: str
    call_title: str
    organisation_id: str
    organisation_name: str
    made_at: datetime
    state: ClaimState
    lines: list[ClaimLine]
    days: int | None
    total: Money = Field(description="What was paid, by the evidence")
    commitment: Money
    due: Money = Field(description="What is owed by the cost scheme, never above the commitment")
    reason: str = Field(description="Why it was rejected, or returned the last time")
    reference: str

    @classmethod
    def of(cls, claim: Claim) -> "ClaimView":
        money = {"due": Money(cents=claim.due), "commitment": Money(cents=claim.commitment)}
        total = Money(cents=sum(line.cents for line in claim.lines))
        shown = claim.model_dump(include=set(cls.model_fields) - {*money, "total"})
        return cls(**shown, **money, total=total)


class Reason(Body):
    reason: str = Field(min_length=3, max_length=2000)


class Payment(Body):
    reference: Reference = Field(description="Finds the payment in the books")


class ClaimFilter(Paging):
    state: ClaimState | None = None


@router.post("/applications/{id}/claim", status_code=201)
async def make(id: Id, body: ClaimBody, at: Here, by: By, response: Response, key: IdempotencyKey = None) -> ClaimView:
    request = f"claim {id} {body.model_dump_json()}"
    claim = await once(at.db, key, by.id, request, Claim, usecases.make_claim, new_id(), id, body, by)
    created(response, usecases.path(claim.id), claim.version)
    return ClaimView.of(claim)


@router.get("/calls/{id}/claims")
async def claims(id: Id, at: Here, by: By, q: Annotated[ClaimFilter, Query()]) -> Page[ClaimView]:
    """For the call's publisher, the newest first."""
    await own(at.db, id, by)
    found = await of_call(at.db, id, q.state, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(ClaimView, found, q.limit, "made_at", ClaimView.of)


@router.get("/claims/{id}", response_model=ClaimView)
async def read(id: Id, request: Request, at: Here, by: By) -> Response:
    claim = await usecases.readable(at.db, id, by)
    response = page_or_json(request, "claim.html", ClaimView.of(claim))
    etag(response, claim.version)
    return response


@router.put("/claims/{id}")
async def correct(id: Id, body: ClaimBody, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    """What was returned, submitted again."""
    return view(await at.db.transact(usecases.correct, id, body, by, version), response)


@router.post("/claims/{id}/return")
async def return_claim(id: Id, body: Reason, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    return view(await at.db.transact(usecases.return_claim, id, body.reason, by, version), response)


@router.post("/claims/{id}/validate")
async def validate(id: Id, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    return view(await at.db.transact(usecases.validate, id, by, version), response)


@router.post("/claims/{id}/approve")
async def approve(id: Id, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    """By somebody else than who validated it."""
    return view(await at.db.transact(usecases.approve, id, by, version), response)


@router.post("/claims/{id}/pay")
async def pay(id: Id, body: Payment, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    return view(await at.db.transact(usecases.pay, id, body.reference, by, version), response)


@router.post("/claims/{id}/reject")
async def reject(id: Id, body: Reason, at: Here, by: By, version: IfMatch, response: Response) -> ClaimView:
    """For good, before it is approved; what was set aside for it is free again."""
    return view(await at.db.transact(usecases.reject, id, body.reason, by, version), response)


@router.get("/claims/{id}/trail")
async def trail(id: Id, at: Here, by: By, q: Annotated[Paging, Query()]) -> Trail:
    """With the first page every file is read again: one that was swapped or lost is found, too."""
    found = await at.db.transact(trail_of, id, by, q)
    if q.cursor or not found.intact:
        return found
    claim = await usecases.readable(at.db, id, by)
    lost = await evidence.fault(at.db, claim)
    if lost and (await usecases.readable(at.db, id, by)).version == claim.version:  # else it was corrected meanwhile
        return found.model_copy(update={"intact": False, "fault": lost})
    return found


async def trail_of(tx: Transaction, id: str, by: Caller, q: Paging) -> Trail:
    return await read_trail(tx, await usecases.readable(tx, id, by), q)


def view(claim: Claim, response: Response) -> ClaimView:
    etag(response, claim.version)
    return ClaimView.of(claim)
