"""Questions about a call: members ask, the publisher answers, and every reader sees the answered ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, model_validator

from services.calls.catalogue.access import call_facts, call_path, own_call, visible_call
from services.calls.catalogue.domain import Call, check_editable, check_public
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import (
    NOTIFIES,
    NOTIFIES_ONCE,
    CallId,
    CurrentCaller,
    CurrentRuntime,
    OptionalCaller,
    QuestionId,
)
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.contracts.calls import QuestionAnswered, QuestionAsked
from shared.errors import NotAuthenticated, NotFound, Refusal
from shared.fields import Paragraphs
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.models import Body, ExpectedVersion, Versioned
from shared.mongo import Collection, Reader, Transaction, behind, index
from shared.mongo import Query as Filter
from shared.sentences import _

router = APIRouter(tags=["Questions"])
MOST_UNANSWERED = 10  # questions of one member about one call


class Question(Versioned):
    """A question as it is stored."""

    call_id: str
    member_id: str
    text: str
    asked_at: datetime
    answer: str = ""
    answered_at: datetime | None = None
    at: datetime  # when it was answered, or else asked; lists are sorted by it

    def answered(self, answer: str, now: datetime) -> "Question":
        """Return the question with an answer, which replaces an earlier one."""
        return self.replace(answer=answer, answered_at=now, at=now)


QUESTIONS = Collection(
    "questions",
    Question,
    [index("call_id", "-at", "_id"), index("call_id", "member_id", "answered_at"), index("member_id", "answered_at")],
)


class TooManyQuestions(Refusal):
    """A member asks while too many of their questions are unanswered."""


class QuestionBody(Body):
    """A question that a member sends."""

    question: Annotated[str, Paragraphs(1000, fewest=10)]

    @model_validator(mode="before")
    @classmethod
    def _former_name(cls, sent: Any) -> Any:
        """Read a body with the former name of the field, `text`; to be removed with the next version."""
        if isinstance(sent, dict) and "text" in sent and "question" not in sent:
            return {"question" if name == "text" else name: value for name, value in sent.items()}
        return sent


class AnswerBody(Body):
    """An answer that the publisher sends."""

    answer: Annotated[str, Paragraphs(1000, fewest=1)]


class QuestionView(BaseModel):
    """A question and its answer, without the member who asked."""

    id: str
    version: int
    question: str
    asked_at: datetime
    answer: str = Field(description="Empty until the publisher answers")
    answered_at: datetime | None

    @classmethod
    def of(cls, question: Question) -> "QuestionView":
        """Return the view of a question."""
        return cls(question=question.text, **question.model_dump(include=set(cls.model_fields)))


class QuestionFilter(Paging):
    """Which questions to list."""

    answered: bool = Field(True, description="false: unanswered ones; your own, or all if you publish the call")


async def unanswered_by_call(reader: Reader, call_ids: Sequence[str]) -> dict[str, int]:
    """Return the number of unanswered questions by call."""
    pipeline: list[Filter] = [
        {"$match": {"call_id": {"$in": [*call_ids]}, "answered_at": None}},
        {"$group": {"_id": "$call_id", "number": {"$sum": 1}}},
    ]
    rows = await QUESTIONS.aggregate(reader, pipeline, max(1, len(call_ids)))
    return {row["_id"]: row["number"] for row in rows}


async def ask_question(tx: Transaction, id: str, call_id: str, text: str, caller: Caller) -> Question:
    """Store a question and publish it to the call's publishers.

    Questions touch their call, so that the number of unanswered ones is exact, also if many are asked at once.
    Raise CallNotPublic, CallAlreadyClosed, CallAlreadyWithdrawn or TooManyQuestions if it cannot be asked.
    """
    call = await visible_call(tx, call_id, caller)
    check_public(call, _("Questions can be asked once it is published."))
    check_editable(call, tx.now)
    await CALLS.touch(tx, call)
    unanswered = await QUESTIONS.count(tx, {"call_id": call_id, "member_id": caller.id, "answered_at": None})
    if unanswered >= MOST_UNANSWERED:
        detail = _(
            "{unanswered} of your questions about this call are unanswered. Wait for an answer.", unanswered=unanswered
        )
        raise TooManyQuestions(detail, field="question")
    question = Question(id=id, call_id=call_id, member_id=caller.id, text=text, asked_at=tx.now, at=tx.now)
    await QUESTIONS.insert(tx, question)
    facts = call_facts(call)
    tx.publish(QuestionAsked(question_id=id, call_id=call_id, call=facts, text=text, member_id=caller.id))
    return question


async def answer_question(
    tx: Transaction, call_id: str, id: str, body: AnswerBody, caller: Caller, version: ExpectedVersion
) -> Question:
    """Store an answer, which makes the question public; the member who asked is notified."""
    call = await own_call(tx, call_id, caller)
    question = await QUESTIONS.get(tx, id)
    if question is None or question.call_id != call_id:
        raise NotFound(_("Question not found."))
    version.check(question.version)
    question = await QUESTIONS.change(tx, question, question.answered(body.answer, tx.now))
    answered = QuestionAnswered(
        question_id=id,
        call_id=call_id,
        call=call_facts(call),
        member_id=question.member_id,
        text=question.text,
        answer=question.answer,
    )
    tx.publish(answered)
    return question


@router.post(
    "/calls/{id}/questions",
    status_code=201,
    operation_id="ask_question",
    dependencies=NOTIFIES_ONCE,
    summary="Ask a question about a call",
    responses=refusals(
        {
            404: "Call not found, or a draft of another organisation",
            409: "The call is not public or has closed, or too many of your questions are unanswered",
        }
    ),
)
async def ask(
    id: CallId,
    body: QuestionBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> QuestionView:
    """Ask a question; it becomes public, without your name, when the publisher answers."""
    async with runtime.resources.locks.hold(id):
        question = await idempotent(
            runtime.db, key, caller.id, Question, ask_question, new_id(), id, body.question, caller
        )
    created(response, f"{call_path(id)}/questions", question.version)
    return QuestionView.of(question)


@router.post(
    "/calls/{id}/questions/{question_id}/answer",
    operation_id="answer_question",
    dependencies=NOTIFIES,
    summary="Answer a question",
    responses=refusals(
        {
            404: "Call or question not found, or the call is of another organisation",
            412: "The question has changed since you read it",
            428: "If-Match is missing",
        }
    ),
)
async def answer(
    id: CallId,
    question_id: QuestionId,
    body: AnswerBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> QuestionView:
    """Answer a question in public; a second answer replaces the first."""
    question = await runtime.db.transact(answer_question, id, question_id, body, caller, version)
    etag(response, question.version)
    return QuestionView.of(question)


@router.get(
    "/calls/{id}/questions",
    operation_id="list_questions",
    summary="List the questions about a call",
    responses=refusals(
        {401: "Unanswered questions need a token", 404: "Call not found, or a draft of another organisation"}
    ),
)
async def list_questions(
    id: CallId, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[QuestionFilter, Query()]
) -> Page[QuestionView]:
    """Return the questions, the newest first."""
    return await questions_about(runtime.db, await visible_call(runtime.db, id, caller), caller, q)


async def questions_about(reader: Reader, call: Call, caller: Caller | None, q: QuestionFilter) -> Page[QuestionView]:
    """Return a page of the questions about a call. Raise NotAuthenticated if a visitor asks for unanswered ones."""
    wanted = {"answered_at": {"$ne": None}} if q.answered else await unanswered_for(reader, call, caller)
    last = behind("at", decode_time_cursor(q.cursor), newest_first=True)
    query = {"$and": [{"call_id": call.id}, wanted, last]}
    questions = await QUESTIONS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_of(QuestionView, questions, q.limit, "at", QuestionView.of)


async def unanswered_for(reader: Reader, call: Call, caller: Caller | None) -> Filter:
    """Return the query for unanswered questions that the caller may see. Raise NotAuthenticated without a caller."""
    if caller is None:
        raise NotAuthenticated(_("Log in to see unanswered questions."))
    sees_all = await may_publish(reader, call.organisation_id, caller)
    return {"answered_at": None} if sees_all else {"answered_at": None, "member_id": caller.id}
