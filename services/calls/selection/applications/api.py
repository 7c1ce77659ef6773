"""HTTP for forms, applications and their receipts."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Response

from services.calls.audit.view import AuditLog, read_audit_log
from services.calls.catalogue.access import visible_call
from services.calls.dependencies import (
    NOTIFIES_ONCE,
    ApplicationId,
    CallId,
    CurrentCaller,
    CurrentRuntime,
    OptionalCaller,
)
from services.calls.selection.applications import submissions, usecases
from services.calls.selection.applications.access import (
    applicant_organisation,
    audited_application,
    call_id_of,
    check_acts_for,
    own_application,
)
from services.calls.selection.applications.domain import Application, ApplicationBody, Submission
from services.calls.selection.applications.events import application_path
from services.calls.selection.applications.form import FormBody
from services.calls.selection.applications.receipts import ReceiptHash, check_of
from services.calls.selection.applications.store import SUBMISSIONS, newest_form, of_organisation
from services.calls.selection.applications.submissions import Receipt
from services.calls.selection.applications.views import ApplicationFilter, ApplicationView, FormView, ReceiptCheck
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_number_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.mongo import Transaction

router = APIRouter(tags=["Applications"])
V = TypeVar("V", FormView, ApplicationView, Receipt)
NOT_FOUND = "Application not found, or of an organisation that you cannot act for"
STALE = "The application has changed since you read it"


@router.get(
    "/calls/{id}/form",
    operation_id="read_form",
    summary="Read the form of a call",
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def read_form(id: CallId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response) -> FormView:
    """Return the newest version of the form. Version 0 has no fields: the call accepts applications elsewhere."""
    await visible_call(runtime.db, id, caller)
    return with_etag(FormView.of(await newest_form(runtime.db, id), id), response)


@router.put(
    "/calls/{id}/form",
    operation_id="change_form",
    summary="Change the form of a call",
    responses=refusals(
        {
            404: "Call not found, or you do not publish it",
            409: "The call is closed or withdrawn",
            412: "The form has changed since you read it",
            422: "A field of the form is not valid",
        }
    ),
)
async def change_form(
    id: CallId, body: FormBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> FormView:
    """Add a new version of the form. Send If-Match: "0" for the first version."""
    async with runtime.resources.locks.hold(id):
        form = await runtime.db.transact(usecases.change_form, id, body, caller, version)
    return with_etag(FormView.of(form, id), response)


@router.post(
    "/calls/{id}/applications",
    status_code=201,
    operation_id="start_application",
    summary="Start an application to a call",
    responses=refusals(
        {
            404: "Call or organisation not found",
            409: "The call is not open, has no form here, or the organisation has applied already",
            422: "An answer does not fit the form",
        }
    ),
)
async def start_application(
    id: CallId,
    body: ApplicationBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> ApplicationView:
    """Save a draft for the next cut-off. It counts once it is submitted."""
    organisation = await applicant_organisation(runtime.db, body.organisation_id, caller)
    async with runtime.resources.locks.hold(id):
        application = await idempotent(
            runtime.db, key, caller.id, Application, usecases.start, new_id(), id, body, caller, organisation
        )
    created(response, application_path(application.id), application.version)
    return ApplicationView.of(application)


@router.get(
    "/applications",
    operation_id="list_applications",
    summary="List an organisation's applications",
    responses=refusals({404: "Organisation not found, or you cannot act for it"}),
)
async def list_applications(
    runtime: CurrentRuntime, caller: CurrentCaller, paging: Annotated[ApplicationFilter, Query()]
) -> Page[ApplicationView]:
    """Return the applications of an organisation that you act for, newest first."""
    await check_acts_for(runtime.db, paging.organisation_id, caller)
    after = decode_time_cursor(paging.cursor)
    applications = await of_organisation(runtime.db, paging.organisation_id, after, paging.limit + 1)
    return page_of(ApplicationView, applications, paging.limit, "made_at", ApplicationView.of)


@router.get(
    "/applications/{id}",
    operation_id="read_application",
    summary="Read an application",
    responses=refusals({404: NOT_FOUND}),
)
async def read_application(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> ApplicationView:
    """Return an application with the answers that were saved last."""
    return with_etag(ApplicationView.of(await own_application(runtime.db, id, caller)), response)


@router.put(
    "/applications/{id}",
    operation_id="save_application",
    summary="Save the answers of an application",
    responses=refusals(
        {
            404: NOT_FOUND,
            409: "The cut-off has passed, or the state of the application does not allow changes",
            412: STALE,
            422: "An answer does not fit the form",
        }
    ),
)
async def save_application(
    id: ApplicationId,
    body: ApplicationBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> ApplicationView:
    """Save new answers and partners. What was submitted before counts until you submit again."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        application = await runtime.db.transact(usecases.save, id, body, caller, version)
    return with_etag(ApplicationView.of(application), response)


@router.delete(
    "/applications/{id}",
    status_code=204,
    operation_id="delete_application",
    summary="Delete the draft of an application",
    responses=refusals({404: NOT_FOUND, 409: "The application was submitted", 412: STALE}),
)
async def delete_application(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch
) -> None:
    """Delete a draft that was never submitted. The organisation can start another application."""
    await runtime.db.transact(usecases.delete_draft, id, caller, version)


@router.post(
    "/applications/{id}/submit",
    operation_id="submit_application",
    summary="Submit an application",
    responses=refusals(
        {
            404: NOT_FOUND,
            409: "The cut-off has passed, the form changed, the applicant is not eligible, or no place is left",
            412: STALE,
            422: "A required answer is missing or does not fit the form",
        }
    ),
    dependencies=NOTIFIES_ONCE,
)
async def submit_application(
    id: ApplicationId,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
    key: IdempotencyKey = None,
) -> Receipt:
    """Submit the saved answers before the cut-off, to the millisecond. The last submission counts."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        receipt = await idempotent(runtime.db, key, caller.id, Receipt, submissions.submit, id, caller, version)
    return with_etag(receipt, response)


@router.post(
    "/applications/{id}/withdraw",
    operation_id="withdraw_application",
    summary="Withdraw an application",
    responses=refusals({404: NOT_FOUND, 409: "The mission has started, or the state does not allow it", 412: STALE}),
)
async def withdraw_application(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ApplicationView:
    """Withdraw an application. Its place, if it has one, goes to the first of the reserve list."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        application = await runtime.db.transact(usecases.withdraw, id, caller, version)
    return with_etag(ApplicationView.of(application), response)


@router.get(
    "/applications/{id}/submissions",
    operation_id="list_submissions",
    summary="List the submissions of an application",
    responses=refusals({404: NOT_FOUND}),
)
async def list_submissions(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, paging: Annotated[Paging, Query()]
) -> Page[Submission]:
    """Return all submissions, newest first, each with the hash of its receipt."""
    await own_application(runtime.db, id, caller)
    query: dict[str, Any] = {"application_id": id}
    if paging.cursor:
        query["number"] = {"$lt": decode_number_cursor(paging.cursor)}
    rows = await SUBMISSIONS.find(runtime.db, query, sort=[("number", -1)], limit=paging.limit + 1)
    more = encode_cursor(str(rows[paging.limit - 1].number)) if len(rows) > paging.limit else None
    return Page[Submission](items=rows[: paging.limit], next=more)


@router.get(
    "/applications/{id}/trail",
    operation_id="read_application_audit_log",
    summary="Read the audit log of an application",
    responses=refusals({404: "Application not found, or not yours and not opened for assessment"}),
)
async def read_application_audit_log(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, paging: Annotated[Paging, Query()]
) -> AuditLog:
    """Return each step of an application, oldest first, and whether the log is intact.

    The applicant reads it at any time, the publisher of the call once the application is opened.
    """
    return await runtime.db.transact(audit_log_of, id, caller, paging)


async def audit_log_of(tx: Transaction, id: str, caller: Caller, paging: Paging) -> AuditLog:
    """Return a page of the audit log of an application. Raises NotFound."""
    return await read_audit_log(tx, await audited_application(tx, id, caller), paging)


@router.get(
    "/receipts/{hash}",
    operation_id="verify_receipt",
    summary="Verify a receipt",
    responses=refusals({404: "No receipt has this hash"}),
)
async def verify_receipt(hash: ReceiptHash, runtime: CurrentRuntime) -> ReceiptCheck:
    """Return the submission that a receipt proves, and whether it counts. Anyone with the hash may ask."""
    return await check_of(runtime.db, hash)


def with_etag(view: V, response: Response) -> V:
    """Set the ETag of a response and return the view."""
    etag(response, view.version)
    return view
