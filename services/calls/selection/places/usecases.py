"""What can be done with a mission's places once applicants were decided on: there may be more of them."""

from services.calls.catalogue.access import call_facts, own_call
from services.calls.catalogue.changes import changes_in_words
from services.calls.catalogue.domain import Call, check_public
from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import limits
from services.calls.ledger.store import set_limits
from services.calls.selection.applications.reserve import fill
from services.calls.selection.places.domain import More, with_more
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.models import ExpectedVersion
from shared.mongo import Transaction


async def add_places(tx: Transaction, call_id: str, more: More, caller: Caller, version: ExpectedVersion) -> Call:
    """More places, more money or both, also of a closed call; the reserve has what is free now. Raises NotMore."""
    before = await own_call(tx, call_id, caller)
    version.check(before.version)
    check_public(before, "a draft's places are simply changed")
    values = with_more(before.mission, before.budget, more, tx.now)
    told = changes_in_words(before, before.replace(**values))
    after = await CALLS.change(tx, before, before.replace(**values, updated_at=tx.now))
    tx.publish(CallChanged(call_id=call_id, call=call_facts(after), changes=told))
    if after.mission:
        await set_limits(tx, call_id, limits(after.mission, after.budget))
    await fill(tx, after)
    return after
