"""What can be done with a mission's places once applicants were decided on: there may be more of them."""

from services.calls.applications.places import offer
from services.calls.domain import Call, changes_in_words, check_public
from services.calls.missions.domain import More, with_more
from services.calls.store import CALLS
from services.calls.usecases import facts, own
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.models import ExpectedVersion
from shared.mongo import Transaction


async def add_places(tx: Transaction, call_id: str, more: More, by: Caller, version: ExpectedVersion) -> Call:
    """More places, more money or both, also of a closed call; the reserve has what is free now. Raises NotMore."""
    before = await own(tx, call_id, by)
    version.check(before.version)
    check_public(before, "a draft's places are simply changed")
    values = with_more(before.mission, before.budget, more, tx.now)
    told = changes_in_words(before, before.model_copy(update=values))
    after = await CALLS.change(tx, before, **values, updated_at=tx.now)
    tx.publish(CallChanged(call_id=call_id, call=facts(after), changes=told))
    await offer(tx, before, after)
    return after
