"""The event handler that forms and ends partnerships."""

from services.matchmaking.partnerships.domain import partnership_after
from services.matchmaking.partnerships.store import PARTNERSHIPS
from shared.contracts.calls import ExpressionDecided
from shared.mongo import Transaction


async def on_expression_decided(tx: Transaction, event: ExpressionDecided) -> None:
    """Form a partnership when an expression of interest is selected, and end it when it is withdrawn."""
    if partnership := partnership_after(event, tx.now):
        await PARTNERSHIPS.keep_newest(tx, partnership)
