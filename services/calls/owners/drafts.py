"""Drafts of calls that their publisher deletes, with the form and the documents that belong to them."""

from fastapi import APIRouter

from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import CallAlreadyPublished
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime
from services.calls.selection.applications.store import FORMS as STORED_FORMS
from shared.auth import Caller
from shared.files.store import drop
from shared.forms.declaration import Form
from shared.http.preconditions import IfMatch
from shared.http.problems import refusals
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from shared.web.i18n import _

router = APIRouter(tags=["Calls"])
FORMS = [
    Form(
        operation="delete_call",
        button=_("Delete the draft"),
        done=_("The draft is deleted."),
        next="/calls/own",
        is_final=True,
    )
]


async def delete_draft(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> None:
    """Delete a call that was never public. Raises NotFound, Stale, CallAlreadyPublished."""
    call = await own_call(tx, id, caller)
    version.check(call.version)
    if call.stage is not Stage.DRAFT:
        raise CallAlreadyPublished(_("Only a draft can be deleted. Withdraw the call instead."), field="status")
    await CALLS.remove(tx, call)
    await STORED_FORMS.delete(tx, {"call_id": id})
    await drop(tx, call.files)


@router.delete(
    "/calls/{id}",
    status_code=204,
    operation_id="delete_call",
    summary="Delete the draft of a call",
    responses=refusals(
        {
            404: "Call not found, or of another organisation",
            409: "The call is public or was withdrawn",
            412: "The call has changed since you read it",
        }
    ),
)
async def delete_call(id: CallId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch) -> None:
    """Delete a call that was never public, with its form and its documents."""
    async with runtime.resources.locks.hold(id):
        await runtime.db.transact(delete_draft, id, caller, version)
