"""Event handlers that keep involvements, and use cases of members who follow a call.

Events about one application may arrive in any order: its version decides.
"""

from services.notifications.involvements.domain import Involvement, Part
from services.notifications.involvements.store import FOLLOWED, INVOLVEMENTS, end_drafts
from shared.auth import Caller
from shared.contracts import calls
from shared.mongo import Reader, Transaction

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


async def follow_call(tx: Transaction, call_id: str, caller: Caller) -> None:
    """Follow a call; a repetition changes nothing. Raises QuotaReached."""
    if call_id in await followed_calls(tx, caller):
        return
    await FOLLOWED.check(tx, caller.id, {"member_id": caller.id, "part": Part.FOLLOWS})
    id = f"{call_id}:{caller.id}:{Part.FOLLOWS}"
    follows = Involvement(id=id, call_id=call_id, part=Part.FOLLOWS, member_id=caller.id)
    await INVOLVEMENTS.keep_newest(tx, follows)


async def stop_following_call(tx: Transaction, call_id: str, caller: Caller) -> None:
    """Stop following a call; a repetition changes nothing."""
    await INVOLVEMENTS.delete(tx, {"_id": f"{call_id}:{caller.id}:{Part.FOLLOWS}"})


async def followed_calls(reader: Reader, caller: Caller) -> list[str]:
    """Return the ids of the calls that the caller follows."""
    followed = {"member_id": caller.id, "part": Part.FOLLOWS}
    return [row["call_id"] for row in await INVOLVEMENTS.rows(reader, followed, ["call_id"], limit=FOLLOWED.most)]
