"""Event handlers that keep involvements. Events about one application may arrive in any order: its version decides."""

from services.notifications.involvements.domain import Involvement, Part
from services.notifications.involvements.store import INVOLVEMENTS, end_drafts
from shared.contracts import calls
from shared.mongo import Transaction

ApplicationEvent = (
    calls.ApplicationStarted | calls.ApplicationSubmitted | calls.ApplicationWithdrawn | calls.ApplicationCancelled
)
PARTS = {
    calls.ApplicationStarted: Part.DRAFT,
    calls.ApplicationSubmitted: Part.APPLIED,
    calls.ApplicationWithdrawn: Part.ENDED,
    calls.ApplicationCancelled: Part.ENDED,
}


async def on_application_event(tx: Transaction, event: ApplicationEvent) -> None:
    """Keep the part of the applicant."""
    application = event.application
    involvement = Involvement(
        id=event.application_id,
        version=application.version,
        call_id=application.call_id,
        part=Part.APPLIED if isinstance(event, calls.ApplicationStarted) and event.submitted else PARTS[type(event)],
        cut_off=application.cut_off,
        organisation_id=application.organisation_id,
    )
    await INVOLVEMENTS.keep_newest(tx, involvement)


async def on_question_asked(tx: Transaction, event: calls.QuestionAsked) -> None:
    """Keep the part of the member who asked; events of an earlier version do not name them."""
    if event.member_id:
        id = f"{event.call_id}:{event.member_id}"
        asked = Involvement(id=id, call_id=event.call_id, part=Part.ASKED, member_id=event.member_id)
        await INVOLVEMENTS.keep_newest(tx, asked)


async def on_cut_off_passed(tx: Transaction, event: calls.CutOffPassed) -> None:
    """End the drafts that were not submitted before the cut-off."""
    await end_drafts(tx, event.call_id, event.number)


async def on_call_closed(tx: Transaction, event: calls.CallClosed) -> None:
    """End the drafts of a call that closed."""
    await end_drafts(tx, event.call_id)
