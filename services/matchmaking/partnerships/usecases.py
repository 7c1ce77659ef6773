"""The event handler that forms and ends partnerships."""

from datetime import datetime

from services.matchmaking.calls.store import CALLS
from services.matchmaking.partnerships.domain import Partnership, partnership_after
from services.matchmaking.partnerships.store import PARTNERSHIPS
from shared.contracts.calls import ExpressionDecided
from shared.contracts.matchmaking import PartnershipEnded, PartnershipFacts, PartnershipFormed
from shared.errors import NotFound
from shared.mongo import Reader, Transaction
from shared.sentences import _


async def on_expression_decided(tx: Transaction, event: ExpressionDecided) -> None:
    """Form a partnership when an expression of interest is selected, and end it when it is withdrawn."""
    call = await CALLS.get(tx, event.application.call_id)
    partnership = partnership_after(event, call.about if call else (), _decided_at(tx))
    if partnership is None:
        return
    before = await PARTNERSHIPS.get(tx, partnership.id)
    if before and before.version >= partnership.version:
        return
    await PARTNERSHIPS.keep_newest(tx, partnership)
    tx.publish(ended_event(partnership) if partnership.ended else formed_event(partnership))


def formed_event(partnership: Partnership) -> PartnershipFormed:
    """Return the event that a partnership formed."""
    return PartnershipFormed(partnership_id=partnership.id, partnership=_facts(partnership))


def ended_event(partnership: Partnership) -> PartnershipEnded:
    """Return the event that a partnership ended."""
    return PartnershipEnded(partnership_id=partnership.id, partnership=_facts(partnership))


def _facts(partnership: Partnership) -> PartnershipFacts:
    return PartnershipFacts(
        version=partnership.version,
        title=partnership.call_title,
        call_id=partnership.call_id,
        organisation_id=partnership.coordinator_id,
        organisation_name=partnership.coordinator_name,
        countries=[*partnership.countries],
        url=f"/partnerships/{partnership.id}",
    )


async def current_partnership(reader: Reader, id: str) -> Partnership:
    """Return a partnership that has not ended. Raises NotFound."""
    partnership = await PARTNERSHIPS.get(reader, id)
    if partnership is None or partnership.ended:
        raise NotFound(_("Partnership not found."))
    return partnership


def _decided_at(tx: Transaction) -> datetime:
    """Return when the decision that is handled was made: a replay is later, and the clock of a demo is earlier."""
    return min(tx.occurred_at, tx.now)
