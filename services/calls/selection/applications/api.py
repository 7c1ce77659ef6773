"""HTTP for forms, applications and their receipts."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.audit.view import Trail, read_trail
from services.calls.catalogue.access import visible_call
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications import usecases
from services.calls.selection.applications.domain import Application, ApplicationBody, Form, State, Submission
from services.calls.selection.applications.form import FormBody, FormField
from services.calls.selection.applications.reserve import call_of, path
from services.calls.selection.applications.store import APPLICATIONS, FORMS, SUBMISSIONS, newest_form, of_organisation
from services.calls.selection.applications.usecases import Receipt
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_number_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.mongo import Transaction

router = APIRouter()
Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]


class FormView(BaseModel):
    """A call's form; version 0 has no fields: the call takes its applications elsewhere."""

    call_id: str
    version: int
    fields: list[FormField]


class ApplicationView(BaseModel):
    """An application as its applicant sees it; `answers` are those last saved."""

    id: str
    version: int
    call_id: str
    call_title: str
    cut_off: int
    organisation_id: str
    organisation_name: str
    partners: list[str]
    form: int
    answers: dict[str, Any]
    state: State
    submissions: int
    submitted_at: datetime | None
    receipt: str = Field(description="Hash of the newest submission")
    rank: int | None = Field(description="On the reserve list, from 1")
    reason: str
    commitment: int = Field(description="Cents set aside, once it is selected")
    claim_id: str | None

    @classmethod
    def of(cls, application: Application) -> "ApplicationView":
        return cls(**application.model_dump(include=set(cls.model_fields)))


class Mine(Paging):
    organisation_id: Id


class Genuine(BaseModel):
    """What a receipt's hash stands for. `genuine`: what is stored has this hash still."""

    genuine: bool
    counts: bool = Field(description="Whether it is the newest of an application that was not withdrawn")
    application_id: str
    number: int
    call_id: str
    cut_off: int
    deadline: datetime
    at: datetime


@router.get("/calls/{id}/form")
async def form(id: Id, runtime: CurrentRuntime, caller: OptionalCaller, response: Response) -> FormView:
    await visible_call(runtime.db, id, caller)
    return form_view(await newest_form(runtime.db, id), id, response)


@router.put("/calls/{id}/form")
async def change_form(
    id: Id, body: FormBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> FormView:
    """A new version. The first is put with If-Match: "0"."""
    return form_view(await runtime.db.transact(usecases.change_form, id, body, caller, version), id, response)


def form_view(form: Form | None, call_id: str, response: Response) -> FormView:
    view = FormView(call_id=call_id, version=form.version if form else 0, fields=form.fields if form else [])
    etag(response, view.version)
    return view


@router.post("/calls/{id}/applications", status_code=201)
async def start(
    id: Id,
    body: ApplicationBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> ApplicationView:
    organisation = await usecases.applicant(runtime.db, body.organisation_id, caller)
    request = f"application {id} {body.model_dump_json()}"
    made = await idempotent(
        runtime.db, key, caller.id, request, Application, usecases.start, new_id(), id, body, caller, organisation
    )
    created(response, path(made.id), made.version)
    return ApplicationView.of(made)


@router.get("/applications")
async def applications(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Mine, Query()]
) -> Page[ApplicationView]:
    """Those of an organisation of the caller's, the newest first."""
    await usecases.applicant(runtime.db, q.organisation_id, caller)
    found = await of_organisation(runtime.db, q.organisation_id, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(ApplicationView, found, q.limit, "made_at", ApplicationView.of)


@router.get("/applications/{id}", response_model=ApplicationView)
async def read(id: Id, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    application = await usecases.mine(runtime.db, id, caller)
    cut_off = (await call_of(runtime.db, application)).cut_offs[application.cut_off - 1]
    form = await FORMS.get(runtime.db, f"{application.call_id}:{application.form}")
    asked = {"cut_off": cut_off, "fields": form.fields if form else []}
    response = page_or_json(request, "application.html", ApplicationView.of(application), **asked)
    etag(response, application.version)
    return response


@router.put("/applications/{id}")
async def save(
    id: Id, body: ApplicationBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ApplicationView:
    return view(await runtime.db.transact(usecases.save, id, body, caller, version), response)


@router.post("/applications/{id}/submit")
async def submit(
    id: Id,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
    key: IdempotencyKey = None,
) -> Receipt:
    """Until the cut-off, to the millisecond; the last one counts. The same key has the same receipt."""
    async with runtime.resources.locks.hold(await usecases.late_place(runtime.db, id)):
        receipt = await idempotent(
            runtime.db, key, caller.id, f"submit {id}", Receipt, usecases.submit, id, caller, version
        )
    etag(response, receipt.version)
    return receipt


@router.post("/applications/{id}/withdraw")
async def withdraw(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ApplicationView:
    return view(await runtime.db.transact(usecases.withdraw, id, caller, version), response)


@router.get("/applications/{id}/submissions")
async def submissions(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[Submission]:
    """Everything that was submitted, the newest first, each with the hash of its receipt."""
    await usecases.mine(runtime.db, id, caller)
    before = {"number": {"$lt": decode_number_cursor(q.cursor)}} if q.cursor else {}
    query = {"application_id": id, **before}
    found = await SUBMISSIONS.find(runtime.db, query, sort=[("number", -1)], limit=q.limit + 1)
    more = encode_cursor(str(found[q.limit - 1].number)) if len(found) > q.limit else None
    return Page[Submission](items=found[: q.limit], next=more)


@router.get("/applications/{id}/trail")
async def trail(id: Id, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]) -> Trail:
    """Everything that was done with it, for the applicant and, once it is decided on, the publisher."""
    return await runtime.db.transact(trail_of, id, caller, q)


async def trail_of(tx: Transaction, id: str, caller: Caller, q: Paging) -> Trail:
    application = await APPLICATIONS.get(tx, id)
    if application and not await usecases.acts_for(tx, application.organisation_id, caller):
        call = await call_of(tx, application)
        application = (
            None if application.sealed or not await may_publish(tx, call.organisation_id, caller) else application
        )
    if application is None:
        raise NotFound("there is no such application of yours")
    return await read_trail(tx, application, q)


@router.get("/receipts/{hash}", response_model=Genuine)
async def verify(hash: Hash, request: Request, runtime: CurrentRuntime) -> Response:
    """For whoever was shown a receipt."""
    submission = await SUBMISSIONS.first(runtime.db, {"hash": hash})
    application = await APPLICATIONS.get(runtime.db, submission.application_id) if submission else None
    if submission is None or application is None:
        raise NotFound("no such receipt was ever given")
    newest = application.submissions == submission.number and application.state is not State.WITHDRAWN
    shown = submission.model_dump(include=set(Genuine.model_fields))
    answer = Genuine(genuine=submission.hashed() == hash, counts=newest, **shown)
    return page_or_json(request, "receipt.html", answer)


def view(application: Application, response: Response) -> ApplicationView:
    etag(response, application.version)
    return ApplicationView.of(application)
