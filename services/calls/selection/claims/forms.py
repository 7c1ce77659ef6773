"""The forms of claims: receipts and lines of the applicant, steps of those who check."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from pydantic import TypeAdapter

from services.calls.catalogue.store import CALLS
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.forms import db_of
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.claims.domain import ClaimBody
from services.calls.selection.claims.lines import Category
from services.calls.selection.claims.store import CLAIMS
from services.calls.terms import ByDay
from shared.files.domain import FILE_TYPES
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web.i18n import _

CATEGORIES: Mapping[Category, str] = {
    Category.TRAVEL: _("Travel"),
    Category.ACCOMMODATION: _("Accommodation"),
    Category.SUBSISTENCE: _("Meals and daily costs"),
    Category.REGISTRATION: _("Registration fee"),
    Category.OTHER: _("Other costs"),
}
REASON = Words(_("Reason"), _("The applicant reads it. Say what is wrong and what to correct."))
WORDS = {
    "lines": Words(_("Cost")),
    "lines.category": Words(_("What for?"), " ", options=tuple((str(each), said) for each, said in CATEGORIES.items())),
    "lines.cents": Words(_("Amount"), _("In euros. If you paid in another currency, at the rate that you paid.")),
    "lines.on": Words(_("Paid on"), " "),
    "lines.evidence": Words(_("Evidence"), " "),
    "lines.evidence.sha256": Words(
        _("Receipt for the cost"), _("A file that you uploaded, for one cost."), Kind.CHOICE
    ),
    "days": Words(_("Days away"), _("The mission pays a lump sum for each day.")),
}
# The applicant chooses an uploaded file; its name and size come with it.
OF_THE_FILE = frozenset({"lines.evidence.title", "lines.evidence.link", "lines.evidence.size"})


async def application_of(request: Request) -> Application | None:
    """Return the application of the page: of `/applications/{id}`, or that of the claim `/claims/{id}`."""
    db, id = db_of(request), request.path_params["id"]
    if request.url.path.startswith("/claims/"):
        claim = await CLAIMS.get(db, id)
        id = claim.application_id if claim else ""
    return await APPLICATIONS.get(db, id)


async def uploaded_files(request: Request) -> Sequence[tuple[str, str]]:
    """Return the uploaded files of the application as options."""
    application = await application_of(request)
    return [(file.sha256, file.name) for file in application.evidence] if application else []


async def claim_schema(request: Request) -> dict[str, Any]:
    """Return the JSON schema of a claim; without days, unless the mission pays by days."""
    schema = TypeAdapter(ClaimBody).json_schema()
    application = await application_of(request)
    call = await CALLS.get(db_of(request), application.call_id) if application else None
    if not (call and call.mission and isinstance(call.mission.costs, ByDay)):
        del schema["properties"]["days"]
    return schema


FORMS = [
    Form(
        operation="upload_evidence",
        button=_("Upload the file"),
        done=_("The file is uploaded."),
        next="/applications/{id}/files",
        media_types={f".{ending}": each.media_type for ending, each in FILE_TYPES.items()},
    ),
    Form(
        operation="delete_evidence",
        button=_("Delete"),
        done=_("The file is deleted."),
        next="/applications/{id}/files",
    ),
    Form(
        operation="make_claim",
        button=_("Send the claim"),
        done=_("Your claim is sent. You get an alert after each step."),
        words=WORDS,
        leave=OF_THE_FILE,
        schema=claim_schema,
        choices={"lines.evidence.sha256": uploaded_files},
    ),
    Form(
        operation="correct_claim",
        button=_("Send the corrected claim"),
        done=_("Your corrected claim is sent."),
        next="/claims/{id}",
        words=WORDS,
        leave=OF_THE_FILE,
        schema=claim_schema,
        choices={"lines.evidence.sha256": uploaded_files},
    ),
    Form(
        operation="return_claim",
        button=_("Return for correction"),
        done=_("The claim is returned, and the applicant gets an alert."),
        words={"reason": REASON},
    ),
    Form(
        operation="validate_claim",
        button=_("Validate: the evidence shows the costs"),
        done=_("The claim is validated. Another publisher approves it."),
    ),
    Form(
        operation="approve_claim",
        button=_("Approve the amount due"),
        done=_("The claim is approved."),
    ),
    Form(
        operation="pay_claim",
        button=_("Record the payment"),
        done=_("The payment is recorded, and the applicant gets an alert."),
        words={"reference": Words(_("Reference of the payment"), _("It identifies the payment in your accounts."))},
    ),
    Form(
        operation="reject_claim",
        button=_("Reject the claim"),
        done=_("The claim is rejected, and the applicant gets an alert."),
        words={"reason": REASON},
        is_final=True,
    ),
]
