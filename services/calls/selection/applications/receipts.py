"""The check of a receipt: the submission that it proves, and whether that submission counts."""

from typing import Annotated

from fastapi import Path

from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import APPLICATIONS, SUBMISSIONS
from services.calls.selection.applications.views import ReceiptCheck
from shared.errors import NotFound
from shared.mongo import Reader
from shared.sentences import _

ReceiptHash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="Hash of the receipt")]


async def check_of(reader: Reader, hash: str) -> ReceiptCheck:
    """Return the result of verifying a receipt. Raises NotFound."""
    submission = await SUBMISSIONS.first(reader, {"hash": hash})
    application = await APPLICATIONS.get(reader, submission.application_id) if submission else None
    if submission is None or application is None:
        raise NotFound(_("Receipt not found. Check the hash."))
    counts = application.submissions == submission.number and application.state is not State.WITHDRAWN
    return ReceiptCheck.of(submission, counts=counts)
