"""Event handlers that keep the copies of calls, and the check of the call that a partner request names."""

from services.matchmaking.calls.domain import CallCopy, folded_words
from services.matchmaking.calls.store import CALLS
from shared.contracts.calls import CallChanged, CallClosed, CallOpened, CallPublished, CallWithdrawn, CutOffPassed
from shared.copies import wait_for_copy
from shared.errors import NotFound
from shared.mongo import Database, Transaction
from shared.sentences import _

CallEvent = CallPublished | CallOpened | CallChanged | CutOffPassed | CallClosed | CallWithdrawn


async def on_call_event(tx: Transaction, event: CallEvent) -> None:
    """Keep the copy of a call."""
    copy = CallCopy(
        id=event.call_id,
        version=event.call.version,
        title=event.call.title,
        url=event.call.url,
        deadline=event.call.deadline,
        over=isinstance(event, CallClosed | CallWithdrawn),
        words=tuple(folded_words(event.call.title)),
        about=tuple(event.call.about),
    )
    await CALLS.keep_newest(tx, copy)


async def check_call(db: Database, call_id: str | None) -> None:
    """Raise NotFound if a partner request names a call that is not published, or is over."""
    if call_id is None:
        return
    call = await wait_for_copy(lambda: CALLS.get(db, call_id))
    if call is None or call.over:
        raise NotFound(_("Call not found among those that are published. Choose another call."), field="call_id")
