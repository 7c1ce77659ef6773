"""Forming and ending partnerships."""

from services.matchmaking.partnerships.domain import Partnership
from services.matchmaking.partnerships.store import PARTNERSHIPS
from shared.contracts.calls import ExpressionDecided
from shared.mongo import Transaction


async def on_expression_decided(tx: Transaction, event: ExpressionDecided) -> None:
    """Whoever was selected, at once or from the reserve list, is a partnership until it withdraws."""
    if event.outcome not in {"selected", "withdrawn"}:
        return
    it = event.application
    partnership = Partnership(
        id=event.application_id,
        version=it.version,
        call_id=it.call_id,
        call_title=it.call_title,
        coordinator_id=it.organisation_id,
        coordinator_name=it.organisation_name,
        partner_ids=event.partner_ids,
        formed_at=tx.now,
        ended=event.outcome == "withdrawn",
    )
    await PARTNERSHIPS.keep_newest(tx, partnership)
