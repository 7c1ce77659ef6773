"""HTTP for rounds: assessors and criteria, scores, the ranking, decisions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import own_call
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.domain import Application, State, Submission
from services.calls.selection.applications.store import APPLICATIONS, SUBMISSIONS, unsealed
from services.calls.selection.assessment import decisions, usecases
from services.calls.selection.assessment.domain import (
    Assessment,
    AssessmentBody,
    Criterion,
    Decisions,
    Judged,
    Reason,
    Round,
    RoundBody,
    Score,
    judged,
)
from services.calls.selection.assessment.store import (
    ASSESSMENTS,
    assessments_of,
    derived_conflicts,
    ranked,
    round_of,
    rounds_of_assessor,
)
from shared.auth import Caller
from shared.errors import NotAllowed, NotFound
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IfMatch, etag
from shared.ids import Id
from shared.models import Body, Moment
from shared.mongo import Reader
from shared.service import Runtime

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=50, description="Which cut-off, from 1")]


class RoundView(BaseModel):
    version: int
    call_id: str
    cut_off: int
    assessors: list[str]
    criteria: list[Criterion]
    assess_by: Moment | None
    opened_at: Moment | None

    @classmethod
    def of(cls, round: Round) -> "RoundView":
        return cls(**round.model_dump(include=set(cls.model_fields)))


class Listed(BaseModel):
    """An application in a list of those who assess or decide."""

    id: str
    version: int
    organisation_id: str
    organisation_name: str
    state: State
    submissions: int

    @classmethod
    def of(cls, application: Application) -> "Listed":
        return cls(**application.model_dump(include=set(cls.model_fields)))


class Ranked(Listed):
    """Ties: the better mean in the heaviest criterion, then in the next; then whoever submitted first."""

    judged: Judged


class AssessmentView(BaseModel):
    """Version 0: nothing is scored yet."""

    version: int
    application_id: str
    assessor_id: str
    scores: list[Score]
    conflict: str

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentView":
        return cls(**assessment.model_dump(include=set(cls.model_fields)))


class Conflict(Body):
    reason: Reason = Field(min_length=3)


@router.get("/rounds")
async def mine(runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]) -> Page[RoundView]:
    """Those in which the caller assesses."""
    after = decode_cursor(q.cursor, 1)[0] if q.cursor else ""
    found = await rounds_of_assessor(runtime.db, caller.id, after, q.limit + 1)
    more = encode_cursor(found[q.limit - 1].id) if len(found) > q.limit else None
    return Page[RoundView](items=[RoundView.of(round) for round in found[: q.limit]], next=more)


@router.get("/calls/{id}/rounds/{number}", response_model=RoundView)
async def read(id: Id, number: Number, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """For its publisher and its assessors."""
    round = await readable(runtime.db, id, number, caller)
    response = page_or_json(request, "round.html", RoundView.of(round), call=await CALLS.get(runtime.db, id))
    etag(response, round.version)
    return response


async def readable(reader: Reader, call_id: str, number: int, caller: Caller) -> Round:
    """Raises NotFound."""
    round = await round_of(reader, call_id, number)
    if round is None or not (caller.id in round.assessors or await publishes(reader, call_id, caller)):
        raise NotFound("there is no such round")
    return round


async def publishes(reader: Reader, call_id: str, caller: Caller) -> bool:
    call = await CALLS.get(reader, call_id)
    return call is not None and await may_publish(reader, call.organisation_id, caller)


@router.put("/calls/{id}/rounds/{number}")
async def name_assessors(
    id: Id,
    number: Number,
    body: RoundBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> RoundView:
    """The first time with If-Match: "0"."""
    return view(await runtime.db.transact(usecases.name_assessors, id, number, body, caller, version), response)


@router.post("/calls/{id}/rounds/{number}/open")
async def open_round(
    id: Id, number: Number, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> RoundView:
    """Once the cut-off has passed: what was submitted can be read, drafts lapse."""
    return view(await runtime.db.transact(usecases.open_round, id, number, caller, version), response)


def view(round: Round, response: Response) -> RoundView:
    etag(response, round.version)
    return RoundView.of(round)


@router.get("/calls/{id}/rounds/{number}/applications")
async def applications(
    id: Id, number: Number, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[Listed]:
    """For its publisher and its assessors, the newest first; sealed until the round is open."""
    await readable(runtime.db, id, number, caller)
    found = await unsealed(runtime.db, id, number, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(Listed, found, q.limit, "made_at", Listed.of)


@router.get("/calls/{id}/rounds/{number}/ranking")
async def ranking(
    id: Id, number: Number, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[Ranked]:
    """For its publisher: the best weighted mean first. Whoever assesses does not read what others scored."""
    await own_call(runtime.db, id, caller)
    round = await readable(runtime.db, id, number, caller)
    if caller.id in round.assessors:
        raise NotAllowed("you assess in this round: its ranking is read by those who do not")
    order, last = decode_cursor(q.cursor, 2) if q.cursor else ("", "")
    found = await ranked(runtime.db, id, number, (order, last) if q.cursor else None, q.limit + 1)
    shown = [standing.id for standing in found[: q.limit]]
    rows = {one.id: one for one in await APPLICATIONS.find(runtime.db, {"_id": {"$in": shown}}, limit=len(shown) or 1)}
    assessments = await assessments_of(runtime.db, shown)
    items = [await ranked_row(runtime, round, rows[one], assessments[one]) for one in shown]
    more = encode_cursor(found[q.limit - 1].order, found[q.limit - 1].id) if len(found) > q.limit else None
    return Page[Ranked](items=items, next=more)


async def ranked_row(runtime: Runtime, round: Round, application: Application, assessments: list[Assessment]) -> Ranked:
    derived = await derived_conflicts(runtime.db, application, round.assessors)
    listed: dict[str, Any] = Listed.of(application).model_dump()
    return Ranked(**listed, judged=judged(round, assessments, derived))


@router.post("/calls/{id}/rounds/{number}/decisions")
async def decide(
    id: Id, number: Number, body: Decisions, runtime: CurrentRuntime, caller: CurrentCaller
) -> list[Listed]:
    """All of them or none; each names the version of its application that was read."""
    async with runtime.resources.locks.hold(id):
        return [Listed.of(one) for one in await runtime.db.transact(decisions.decide, id, number, body, caller)]


@router.get("/applications/{id}/submitted")
async def submitted(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> Submission:
    """What counts, for those who assess it and for the call's publisher."""
    application = await to_read(runtime.db, id, caller)
    found = await SUBMISSIONS.get(runtime.db, f"{id}:{application.submissions:04}")
    if found is None:
        raise NotFound("nothing was submitted")
    return found


async def to_read(reader: Reader, id: str, caller: Caller) -> Application:
    """Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    if application and not application.sealed and await publishes(reader, application.call_id, caller):
        return application
    return (await usecases.to_assess(reader, id, caller))[0]


@router.get("/applications/{id}/assessments")
async def assessments(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> list[AssessmentView]:
    """All of them for the publisher; an assessor, whoever else she is, sees her own until everybody's are in."""
    application = await to_read(runtime.db, id, caller)
    found = (await assessments_of(runtime.db, [id]))[id]
    round = await readable(runtime.db, application.call_id, application.cut_off, caller)
    if caller.id in round.assessors:
        derived = await derived_conflicts(runtime.db, application, round.assessors)
        complete = judged(round, found, derived).is_complete
        found = [one for one in found if complete or one.assessor_id == caller.id]
    return [AssessmentView.of(one) for one in found]


@router.get("/applications/{id}/assessment")
async def my_assessment(id: Id, runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> AssessmentView:
    await usecases.to_assess(runtime.db, id, caller)
    found = await ASSESSMENTS.get(runtime.db, f"{id}:{caller.id}")
    nothing = AssessmentView(version=0, application_id=id, assessor_id=caller.id, scores=[], conflict="")
    shown = AssessmentView.of(found) if found else nothing
    etag(response, shown.version)
    return shown


@router.put("/applications/{id}/assessment")
async def assess(
    id: Id, body: AssessmentBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> AssessmentView:
    """The first time with If-Match: "0"."""
    made = await runtime.db.transact(usecases.assess, id, body, caller, version)
    etag(response, made.version)
    return AssessmentView.of(made)


@router.post("/applications/{id}/conflict")
async def declare_conflict(id: Id, body: Conflict, runtime: CurrentRuntime, caller: CurrentCaller) -> AssessmentView:
    return AssessmentView.of(await runtime.db.transact(usecases.declare_conflict, id, body.reason, caller))
