"""Questions about a call: members ask, its publisher answers, everybody reads what was answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import facts, own, path, visible
from services.calls.catalogue.domain import Call, check_editable, check_public
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.contracts.calls import QuestionAnswered, QuestionAsked
from shared.errors import NotAuthenticated, NotFound, Refusal
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.models import Body, ExpectedVersion, Versioned
from shared.mongo import Collection, Transaction, behind, index
from shared.service import Runtime

router = APIRouter()
MOST_WAITING = 10  # questions of one member to one call


class Question(Versioned):
    call_id: str
    member_id: str
    text: str
    asked_at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    at: datetime  # when it was answered, or else asked


QUESTIONS = Collection(
    "questions",
    Question,
    [index("call_id", "-at", "_id"), index("call_id", "member_id", "answered_at")],
)


class TooManyQuestions(Refusal):
    """Some of one's questions wait for an answer; ask again when it has come."""


class QuestionBody(Body):
    text: str = Field(min_length=10, max_length=1000)


class AnswerBody(Body):
    answer: str = Field(min_length=1, max_length=1000)


class QuestionView(BaseModel):
    """Who asked is not said."""

    id: str
    version: int
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None

    @classmethod
    def of(cls, question: Question) -> "QuestionView":
        return cls(**question.model_dump(include=set(cls.model_fields)))


class QuestionFilter(Paging):
    answered: bool = Field(True, description="false: what waits for an answer; one's own, or all for the publisher")


async def ask(tx: Transaction, id: str, call_id: str, text: str, caller: Caller) -> Question:
    """Raises CallNotPublic, CallClosed, CallWithdrawn, TooManyQuestions."""
    call = await visible(tx, call_id, caller)
    check_public(call, "nobody can read it, nor answers")
    check_editable(call, tx.now)
    waiting = await QUESTIONS.count(tx, {"call_id": call_id, "member_id": caller.id, "answered_at": None})
    if waiting >= MOST_WAITING:
        raise TooManyQuestions(f"{waiting} questions of yours wait for an answer already", field="text")
    question = Question(id=id, call_id=call_id, member_id=caller.id, text=text, asked_at=tx.now, at=tx.now)
    await QUESTIONS.insert(tx, question)
    tx.publish(QuestionAsked(question_id=id, call_id=call_id, call=facts(call), text=text))
    return question


async def answer(
    tx: Transaction, call_id: str, id: str, body: AnswerBody, caller: Caller, version: ExpectedVersion
) -> Question:
    """Public from now on; a better answer replaces it. The member who asked is told."""
    call = await own(tx, call_id, caller)
    question = await QUESTIONS.get(tx, id)
    if question is None or question.call_id != call_id:
        raise NotFound("there is no such question about this call")
    version.check(question.version)
    question = await QUESTIONS.change(tx, question, question.replace(answer=body.answer, answered_at=tx.now, at=tx.now))
    said = {"member_id": question.member_id, "text": question.text, "answer": body.answer}
    tx.publish(QuestionAnswered(question_id=id, call_id=call_id, call=facts(call), **said))
    return question


@router.post("/calls/{id}/questions", status_code=201)
async def ask_question(
    id: Id,
    body: QuestionBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> QuestionView:
    request = f"question {id} {body.model_dump_json()}"
    made = await idempotent(runtime.db, key, caller.id, request, Question, ask, new_id(), id, body.text, caller)
    created(response, f"{path(id)}/questions", made.version)
    return QuestionView.of(made)


@router.post("/calls/{id}/questions/{question_id}/answer")
async def answer_question(
    id: Id,
    question_id: Id,
    body: AnswerBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> QuestionView:
    question = await runtime.db.transact(answer, id, question_id, body, caller, version)
    etag(response, question.version)
    return QuestionView.of(question)


@router.get("/calls/{id}/questions", response_model=Page[QuestionView])
async def questions(
    id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[QuestionFilter, Query()]
) -> Response:
    """The newest first."""
    call = await visible(runtime.db, id, caller)
    seen = {"answered_at": {"$ne": None}} if q.answered else await waiting_for(runtime, call, caller)
    last = behind("at", decode_time_cursor(q.cursor), newest_first=True)
    query = {"$and": [{"call_id": id, **seen}, last]}
    found = await QUESTIONS.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    page = page_of(QuestionView, found, q.limit, "at", QuestionView.of)
    return page_or_json(request, "questions.html", page, call=call)


async def waiting_for(runtime: Runtime, call: Call, caller: Caller | None) -> dict[str, Any]:
    """What of the unanswered the caller may see. Raises NotAuthenticated."""
    if caller is None:
        raise NotAuthenticated("log in to see which questions wait for an answer")
    everybodys = await may_publish(runtime.db, call.organisation_id, caller)
    return {"answered_at": None} if everybodys else {"answered_at": None, "member_id": caller.id}
