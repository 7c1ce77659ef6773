"""Import: real call records in, idempotent by source id; a bad row is reported and the rest goes on."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ValidationError

from services.calls.domain import Call, Stage, Status, status
from services.calls.portal import SOURCE, PortalCall, PortalRecord, to_call
from services.calls.store import CALLS, by_source
from services.calls.usecases import change_published, facts, published
from shared.auth import Caller
from shared.contracts.calls import CallClosed, CallPublished
from shared.errors import Invalid, NotAllowed
from shared.http import caller, here
from shared.ids import stable_id
from shared.mongo import Transaction
from shared.service import Runtime

router = APIRouter()
MOST_ROWS = 200


class Row(BaseModel):
    """What became of one line: created, changed, unchanged, or refused with the reason."""

    line: int
    outcome: str
    id: str | None = None
    status: str | None = None
    ecosystems: list[str] = []
    reason: str | None = None


class Report(BaseModel):
    rows: list[Row]


@router.post(
    "/calls/import",
    openapi_extra={
        "requestBody": {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}, "required": True}
    },
)
async def import_lines(
    request: Request,
    at: Annotated[Runtime, Depends(here("calls"))],
    by: Annotated[Caller, Depends(caller("calls"))],
    first_line: Annotated[int, Query(ge=1, le=10_000_000, description="Number of the first line sent")] = 1,
) -> Report:
    """JSON lines of the EU portal's records, at most 200 a request. For operators."""
    if not by.operator:
        raise NotAllowed("operators import calls")
    lines = (await request.body()).split(b"\n")
    numbered = [(number, line) for number, line in enumerate(lines, first_line) if line.strip()]
    if not 0 < len(numbered) <= MOST_ROWS:
        raise Invalid(f"send between 1 and {MOST_ROWS} lines", field="body")
    read = [read_line(line, number) for number, line in numbered]
    good = [(row, call) for row, call in read if call]
    done = {row.line: row for row in await at.db.transact(import_calls, good)} if good else {}
    return Report(rows=[done.get(row.line, row) for row, _ in read])


def read_line(line: bytes, number: int) -> tuple[Row, PortalCall | None]:
    """The call on a line, or a row that says why there is none."""
    try:
        return Row(line=number, outcome="read"), to_call(PortalRecord.model_validate_json(line))
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}"
        return Row(line=number, outcome="refused", reason=reason), None


async def import_calls(tx: Transaction, read: list[tuple[Row, PortalCall]]) -> list[Row]:
    """New ones are published, changed ones announced with what changed, the rest left alone."""
    known = await by_source(tx, SOURCE, [call.source.id for _, call in read])
    rows: list[Row] = []
    new: dict[str, Call] = {}
    for row, portal in read:
        before = new.get(portal.source.id) or known.get(portal.source.id)
        if before is None:
            new[portal.source.id] = call = new_call(tx, portal)
            outcome = "created"
        elif before.source == portal.source or portal.source.id in new:
            call, outcome = before, "unchanged"
        else:
            call, outcome = await update(tx, before, portal)
            known[portal.source.id] = call
        result = {"id": call.id, "status": status(call, tx.now), "ecosystems": call.ecosystems}
        rows.append(row.model_copy(update={"outcome": outcome, **result}))
    await CALLS.insert(tx, *new.values())
    return rows


def new_call(tx: Transaction, portal: PortalCall) -> Call:
    """Published as it stands; one that is past its deadline is closed, and no news."""
    over = portal.says_closed or portal.body.cut_offs[-1].deadline <= tx.now
    id = stable_id(SOURCE, portal.source.id)
    draft = Call.draft(id, portal.body, tx.now, organisation_name=SOURCE, source=portal.source)
    values = published(draft, tx.now)
    if over:
        values |= {"opens_at": None, "closed_at": tx.now, "milestone_at": None}
    call = draft.model_copy(update=values)
    if not over:
        tx.publish(CallPublished(call_id=call.id, call=facts(call)))
    return call


async def update(tx: Transaction, before: Call, portal: PortalCall) -> tuple[Call, str]:
    """A changed record. What we withdrew stays withdrawn; what is over is closed, and said to be once."""
    if before.stage is Stage.WITHDRAWN:
        return await CALLS.change(tx, before, source=portal.source), "unchanged"
    body = portal.body
    if not portal.says_closed and body.cut_offs[-1].deadline > tx.now:
        more: dict[str, Any] = {"source": portal.source, "closed_at": None}
        return await change_published(tx, before, body.content(), body.cut_offs, SOURCE, **more), "changed"
    if status(before, tx.now) is Status.CLOSED:
        return await CALLS.change(tx, before, source=portal.source), "changed"
    closes = {"closed_at": tx.now, "milestone_at": None}
    after = await CALLS.change(tx, before, source=portal.source, **closes)
    tx.publish(CallClosed(call_id=after.id, call=facts(after)))
    return after, "changed"
