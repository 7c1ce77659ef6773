"""Event handlers that keep the copies of calls."""

from services.profiles.home.domain import CallCopy
from services.profiles.home.store import CALLS
from shared.contracts.calls import CallChanged, CallClosed, CallPublished, CallWithdrawn, CutOffPassed
from shared.mongo import Transaction

OpenCallEvent = CallPublished | CallChanged | CutOffPassed
EndedCallEvent = CallClosed | CallWithdrawn


async def on_call_changed(tx: Transaction, event: OpenCallEvent) -> None:
    """Store the copy of a call that is open."""
    await _store_copy(tx, event, over=False)


async def on_call_ended(tx: Transaction, event: EndedCallEvent) -> None:
    """Store the copy of a call that is closed or withdrawn."""
    await _store_copy(tx, event, over=True)


async def _store_copy(tx: Transaction, event: OpenCallEvent | EndedCallEvent, *, over: bool) -> None:
    call = event.call
    copy = CallCopy(
        id=event.call_id,
        version=call.version,
        title=call.title,
        url=call.url,
        organisation_name=call.organisation_name,
        deadline=call.deadline,
        timezone=call.timezone,
        over=over,
    )
    await CALLS.keep_newest(tx, copy)
