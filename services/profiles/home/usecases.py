"""Event handlers that keep the copies of calls."""

from services.profiles.home.domain import CallCopy
from services.profiles.home.store import CALLS
from shared.contracts.calls import CallChanged, CallClosed, CallOpened, CallPublished, CallWithdrawn, CutOffPassed
from shared.mongo import Transaction

OpenCallEvent = CallPublished | CallOpened | CallChanged | CutOffPassed
EndedCallEvent = CallClosed | CallWithdrawn


async def on_call_changed(tx: Transaction, event: OpenCallEvent) -> None:
    """Store the copy of a call that is open, or will be."""
    await _store_copy(tx, event, over=False)


async def on_call_ended(tx: Transaction, event: EndedCallEvent) -> None:
    """Store the copy of a call that is closed or withdrawn."""
    await _store_copy(tx, event, over=True)


async def _store_copy(tx: Transaction, event: OpenCallEvent | EndedCallEvent, *, over: bool) -> None:
    call = event.call
    is_open = isinstance(event, CallPublished) and event.is_open
    copy = CallCopy(
        id=event.call_id,
        version=call.version,
        title=call.title,
        url=call.url,
        organisation_name=call.organisation_name,
        deadline=call.deadline,
        timezone=call.timezone,
        opens_at=call.opens_at,
        forthcoming=call.opens_at is None and not is_open,
        over=over,
    )
    await CALLS.keep_newest(tx, copy)
