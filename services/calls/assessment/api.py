"""HTTP for rounds: assessors and criteria, scores, the ranking, decisions."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.applications.domain import Application, State, Submission
from services.calls.applications.store import APPLICATIONS, SUBMISSIONS, unsealed
from services.calls.assessment import deciding, usecases
from services.calls.assessment.domain import (
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
from services.calls.assessment.store import (
    ASSESSMENTS,
    assessments_of,
    derived_conflicts,
    ranked,
    round_of,
    rounds_of_assessor,
)
from services.calls.edge import By, Here
from services.calls.publishers import may_publish
from services.calls.store import CALLS
from services.calls.usecases import own
from shared.auth import Caller
from shared.errors import NotAllowed, NotFound
from shared.http import (
    IfMatch,
    Page,
    Paging,
    decode_cursor,
    decode_time_cursor,
    encode_cursor,
    etag,
    page_of,
    page_or_json,
)
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
async def mine(at: Here, by: By, q: Annotated[Paging, Query()]) -> Page[RoundView]:
    """Those in which the caller assesses."""
    after = decode_cursor(q.cursor, 1)[0] if q.cursor else ""
    found = await rounds_of_assessor(at.db, by.id, after, q.limit + 1)
    more = encode_cursor(found[q.limit - 1].id) if len(found) > q.limit else None
    return Page[RoundView](items=[RoundView.of(round) for round in found[: q.limit]], next=more)


@router.get("/calls/{id}/rounds/{number}", response_model=RoundView)
async def read(id: Id, number: Number, request: Request, at: Here, by: By) -> Response:
    """For its publisher and its assessors."""
    round = await readable(at.db, id, number, by)
    response = page_or_json(request, "round.html", RoundView.of(round), call=await CALLS.get(at.db, id))
    etag(response, round.version)
    return response


async def readable(at: Reader, call_id: str, number: int, by: Caller) -> Round:
    """Raises NotFound."""
    round = await round_of(at, call_id, number)
    if round is None or not (by.id in round.assessors or await publishes(at, call_id, by)):
        raise NotFound("there is no such round")
    return round


async def publishes(at: Reader, call_id: str, by: Caller) -> bool:
    call = await CALLS.get(at, call_id)
    return call is not None and await may_publish(at, call.organisation_id, by)


@router.put("/calls/{id}/rounds/{number}")
async def name_assessors(
    id: Id, number: Number, body: RoundBody, at: Here, by: By, version: IfMatch, response: Response
) -> RoundView:
    """The first time with If-Match: "0"."""
    return view(await at.db.transact(usecases.name_assessors, id, number, body, by, version), response)


@router.post("/calls/{id}/rounds/{number}/open")
async def open_round(id: Id, number: Number, at: Here, by: By, version: IfMatch, response: Response) -> RoundView:
    """Once the cut-off has passed: what was submitted can be read, drafts lapse."""
    return view(await at.db.transact(usecases.open_round, id, number, by, version), response)


def view(round: Round, response: Response) -> RoundView:
    etag(response, round.version)
    return RoundView.of(round)


@router.get("/calls/{id}/rounds/{number}/applications")
async def applications(id: Id, number: Number, at: Here, by: By, q: Annotated[Paging, Query()]) -> Page[Listed]:
    """For its publisher and its assessors, the newest first; sealed until the round is open."""
    await readable(at.db, id, number, by)
    found = await unsealed(at.db, id, number, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(Listed, found, q.limit, "made_at", Listed.of)


@router.get("/calls/{id}/rounds/{number}/ranking")
async def ranking(id: Id, number: Number, at: Here, by: By, q: Annotated[Paging, Query()]) -> Page[Ranked]:
    """For its publisher: the best weighted mean first. Whoever assesses does not read what others scored."""
    await own(at.db, id, by)
    round = await readable(at.db, id, number, by)
    if by.id in round.assessors:
        raise NotAllowed("you assess in this round: its ranking is read by those who do not")
    order, last = decode_cursor(q.cursor, 2) if q.cursor else ("", "")
    found = await ranked(at.db, id, number, (order, last) if q.cursor else None, q.limit + 1)
    shown = [standing.id for standing in found[: q.limit]]
    rows = {one.id: one for one in await APPLICATIONS.find(at.db, {"_id": {"$in": shown}}, limit=len(shown) or 1)}
    assessments = await assessments_of(at.db, shown)
    items = [await ranked_row(at, round, rows[one], assessments[one]) for one in shown]
    more = encode_cursor(found[q.limit - 1].order, found[q.limit - 1].id) if len(found) > q.limit else None
    return Page[Ranked](items=items, next=more)


async def ranked_row(at: Runtime, round: Round, application: Application, assessments: list[Assessment]) -> Ranked:
    derived = await derived_conflicts(at.db, application, round.assessors)
    listed: dict[str, Any] = Listed.of(application).model_dump()
    return Ranked(**listed, judged=judged(round, assessments, derived))


@router.post("/calls/{id}/rounds/{number}/decisions")
async def decide(id: Id, number: Number, body: Decisions, at: Here, by: By) -> list[Listed]:
    """All of them or none; each names the version of its application that was read."""
    async with at.resources.turns.take(id):
        return [Listed.of(one) for one in await at.db.transact(deciding.decide, id, number, body, by)]


@router.get("/applications/{id}/submitted")
async def submitted(id: Id, at: Here, by: By) -> Submission:
    """What counts, for those who assess it and for the call's publisher."""
    application = await to_read(at.db, id, by)
    found = await SUBMISSIONS.get(at.db, f"{id}:{application.submissions:04}")
    if found is None:
        raise NotFound("nothing was submitted")
    return found


async def to_read(at: Reader, id: str, by: Caller) -> Application:
    """Raises NotFound."""
    application = await APPLICATIONS.get(at, id)
    if application and not application.sealed and await publishes(at, application.call_id, by):
        return application
    return (await usecases.to_assess(at, id, by))[0]


@router.get("/applications/{id}/assessments")
async def assessments(id: Id, at: Here, by: By) -> list[AssessmentView]:
    """All of them for the publisher; an assessor, whoever else she is, sees her own until everybody's are in."""
    application = await to_read(at.db, id, by)
    found = (await assessments_of(at.db, [id]))[id]
    round = await readable(at.db, application.call_id, application.cut_off, by)
    if by.id in round.assessors:
        derived = await derived_conflicts(at.db, application, round.assessors)
        complete = judged(round, found, derived).is_complete
        found = [one for one in found if complete or one.assessor_id == by.id]
    return [AssessmentView.of(one) for one in found]


@router.get("/applications/{id}/assessment")
async def my_assessment(id: Id, at: Here, by: By, response: Response) -> AssessmentView:
    await usecases.to_assess(at.db, id, by)
    found = await ASSESSMENTS.get(at.db, f"{id}:{by.id}")
    nothing = AssessmentView(version=0, application_id=id, assessor_id=by.id, scores=[], conflict="")
    shown = AssessmentView.of(found) if found else nothing
    etag(response, shown.version)
    return shown


@router.put("/applications/{id}/assessment")
async def assess(
    id: Id, body: AssessmentBody, at: Here, by: By, version: IfMatch, response: Response
) -> AssessmentView:
    """The first time with If-Match: "0"."""
    made = await at.db.transact(usecases.assess, id, body, by, version)
    etag(response, made.version)
    return AssessmentView.of(made)


@router.post("/applications/{id}/conflict")
async def declare_conflict(id: Id, body: Conflict, at: Here, by: By) -> AssessmentView:
    return AssessmentView.of(await at.db.transact(usecases.declare_conflict, id, body.reason, by))
