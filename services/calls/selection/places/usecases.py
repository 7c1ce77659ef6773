"""Use cases of the places of a mission: its publisher adds places and money."""

from services.calls.catalogue.access import call_facts, own_call
from services.calls.catalogue.changes import changes_in_words
from services.calls.catalogue.domain import Call, check_public
from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import limits
from services.calls.ledger.store import set_limits
from services.calls.selection.applications.reserve import fill_places
from services.calls.selection.places.domain import HigherLimits, with_higher_limits
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from shared.sentences import _


async def add_places(
    tx: Transaction, call_id: str, higher: HigherLimits, caller: Caller, version: ExpectedVersion
) -> Call:
    """Store higher limits, also of a closed call, and promote from the reserve list. Raises LimitsNotRaised."""
    before = await own_call(tx, call_id, caller)
    version.check(before.version)
    check_public(before, _("change its places with the draft itself"))
    changed = with_higher_limits(before, higher, tx.now)
    after = await CALLS.change(tx, before, changed)
    tx.publish(CallChanged(call_id=call_id, call=call_facts(after), changes=changes_in_words(before, changed)))
    if after.mission:
        await set_limits(tx, call_id, limits(after.mission, after.budget))
    await fill_places(tx, after)
    return after
