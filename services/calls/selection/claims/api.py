"""HTTP for claims."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.audit.view import Trail, read_trail
from services.calls.catalogue.access import own_call
from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.ledger.domain import Money
from services.calls.selection.claims import evidence, usecases
from services.calls.selection.claims.domain import Claim, ClaimBody, ClaimLine, ClaimState, Reference
from services.calls.selection.claims.store import of_call
from shared.auth import Caller
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
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
async def make(
    id: Id,
    body: ClaimBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> ClaimView:
    request = f"claim {id} {body.model_dump_json()}"
    claim = await idempotent(
        runtime.db, key, caller.id, request, Claim, usecases.make_claim, new_id(), id, body, caller
    )
    created(response, usecases.path(claim.id), claim.version)
    return ClaimView.of(claim)


@router.get("/calls/{id}/claims")
async def claims(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[ClaimFilter, Query()]
) -> Page[ClaimView]:
    """For the call's publisher, the newest first."""
    await own_call(runtime.db, id, caller)
    found = await of_call(runtime.db, id, q.state, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(ClaimView, found, q.limit, "made_at", ClaimView.of)


@router.get("/claims/{id}", response_model=ClaimView)
async def read(id: Id, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    claim = await usecases.readable(runtime.db, id, caller)
    response = page_or_json(request, "claim.html", ClaimView.of(claim))
    etag(response, claim.version)
    return response


@router.put("/claims/{id}")
async def correct(
    id: Id, body: ClaimBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """What was returned, submitted again."""
    return view(await runtime.db.transact(usecases.correct, id, body, caller, version), response)


@router.post("/claims/{id}/return")
async def return_claim(
    id: Id, body: Reason, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    return view(await runtime.db.transact(usecases.return_claim, id, body.reason, caller, version), response)


@router.post("/claims/{id}/validate")
async def validate(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    return view(await runtime.db.transact(usecases.validate, id, caller, version), response)


@router.post("/claims/{id}/approve")
async def approve(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """By somebody else than who validated it."""
    return view(await runtime.db.transact(usecases.approve, id, caller, version), response)


@router.post("/claims/{id}/pay")
async def pay(
    id: Id, body: Payment, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    return view(await runtime.db.transact(usecases.pay, id, body.reference, caller, version), response)


@router.post("/claims/{id}/reject")
async def reject(
    id: Id, body: Reason, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """For good, before it is approved; what was set aside for it is free again."""
    return view(await runtime.db.transact(usecases.reject, id, body.reason, caller, version), response)


@router.get("/claims/{id}/trail")
async def trail(id: Id, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]) -> Trail:
    """With the first page every file is read again: one that was swapped or lost is found, too."""
    found = await runtime.db.transact(trail_of, id, caller, q)
    if q.cursor or not found.intact:
        return found
    claim = await usecases.readable(runtime.db, id, caller)
    lost = await evidence.fault(runtime.db, claim)
    if (
        lost and (await usecases.readable(runtime.db, id, caller)).version == claim.version
    ):  # else it was corrected meanwhile
        return found.model_copy(update={"intact": False, "fault": lost})
    return found


async def trail_of(tx: Transaction, id: str, caller: Caller, q: Paging) -> Trail:
    return await read_trail(tx, await usecases.readable(tx, id, caller), q)


def view(claim: Claim, response: Response) -> ClaimView:
    etag(response, claim.version)
    return ClaimView.of(claim)
