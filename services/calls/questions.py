"""Questions about a call: members ask, its publisher answers, everybody reads what was answered."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.domain import Call, check_editable, check_public
from services.calls.edge import By, Here, Perhaps
from services.calls.publishers import may_publish
from services.calls.usecases import facts, own, path, visible
from shared.auth import Caller
from shared.contracts.calls import QuestionAnswered, QuestionAsked
from shared.errors import NotAuthenticated, NotFound, Refusal
from shared.http import IdempotencyKey, IfMatch, Page, Paging, created, decode_time_cursor, etag, page_of, page_or_json
from shared.idempotency import once
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


async def ask(tx: Transaction, id: str, call_id: str, text: str, by: Caller) -> Question:
    """Raises CallNotPublic, CallClosed, CallWithdrawn, TooManyQuestions."""
    call = await visible(tx, call_id, by)
    check_public(call, "nobody can read it, nor answers")
    check_editable(call, tx.now)
    waiting = await QUESTIONS.count(tx, {"call_id": call_id, "member_id": by.id, "answered_at": None})
    if waiting >= MOST_WAITING:
        raise TooManyQuestions(f"{waiting} questions of yours wait for an answer already", field="text")
    question = Question(id=id, call_id=call_id, member_id=by.id, text=text, asked_at=tx.now, at=tx.now)
    await QUESTIONS.insert(tx, question)
    tx.publish(QuestionAsked(question_id=id, call_id=call_id, call=facts(call), text=text))
    return question


async def answer(
    tx: Transaction, call_id: str, id: str, body: AnswerBody, by: Caller, version: ExpectedVersion
) -> Question:
    """Public from now on; a better answer replaces it. The member who asked is told."""
    call = await own(tx, call_id, by)
    question = await QUESTIONS.get(tx, id)
    if question is None or question.call_id != call_id:
        raise NotFound("there is no such question about this call")
    version.check(question.version)
    question = await QUESTIONS.change(tx, question, answer=body.answer, answered_at=tx.now, at=tx.now)
    said = {"member_id": question.member_id, "text": question.text, "answer": body.answer}
    tx.publish(QuestionAnswered(question_id=id, call_id=call_id, call=facts(call), **said))
    return question


@router.post("/calls/{id}/questions", status_code=201)
async def ask_question(
    id: Id, body: QuestionBody, at: Here, by: By, response: Response, key: IdempotencyKey = None
) -> QuestionView:
    request = f"question {id} {body.model_dump_json()}"
    made = await once(at.db, key, by.id, request, Question, ask, new_id(), id, body.text, by)
    created(response, f"{path(id)}/questions", made.version)
    return QuestionView.of(made)


@router.post("/calls/{id}/questions/{question_id}/answer")
async def answer_question(
    id: Id, question_id: Id, body: AnswerBody, at: Here, by: By, version: IfMatch, response: Response
) -> QuestionView:
    question = await at.db.transact(answer, id, question_id, body, by, version)
    etag(response, question.version)
    return QuestionView.of(question)


@router.get("/calls/{id}/questions", response_model=Page[QuestionView])
async def questions(id: Id, request: Request, at: Here, by: Perhaps, q: Annotated[QuestionFilter, Query()]) -> Response:
    """The newest first."""
    call = await visible(at.db, id, by)
    seen = {"answered_at": {"$ne": None}} if q.answered else await waiting_for(at, call, by)
    last = behind("at", decode_time_cursor(q.cursor), newest_first=True)
    query = {"$and": [{"call_id": id, **seen}, last]}
    found = await QUESTIONS.find(at.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    page = page_of(QuestionView, found, q.limit, "at", QuestionView.of)
    return page_or_json(request, "questions.html", page, call=call)


async def waiting_for(at: Runtime, call: Call, by: Caller | None) -> dict[str, Any]:
    """What of the unanswered the caller may see. Raises NotAuthenticated."""
    if by is None:
        raise NotAuthenticated("log in to see which questions wait for an answer")
    everybodys = await may_publish(at.db, call.organisation_id, by)
    return {"answered_at": None} if everybodys else {"answered_at": None, "member_id": by.id}
