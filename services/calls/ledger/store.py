"""The collection of ledgers: every change is one guarded update, so that no place and no cent is given twice."""

from typing import Any

from services.calls.ledger.domain import BudgetExhausted, Ledger, Limits, NoPlacesLeft, in_euros
from shared.mongo import Collection, Transaction
from shared.sentences import _

LEDGERS = Collection("ledgers", Ledger)
EMPTY = {"taken": 0, "committed": 0, "approved": 0, "paid": 0}


async def set_limits(tx: Transaction, call_id: str, limits: Limits) -> None:
    """Set the limits for new commitments; earlier commitments stay."""
    change = {"$set": limits._asdict(), "$setOnInsert": EMPTY}
    await LEDGERS.update(tx, {"_id": call_id}, change, upsert=True)


async def commit(tx: Transaction, call_id: str, places: int, cents: int) -> None:
    """Take places and set money aside, all or nothing. Raises NoPlacesLeft, BudgetExhausted."""
    conditions = [_within_limit("places", "taken", places)]
    if cents:
        conditions.append(_within_limit("budget", "committed", cents))
    change = {"$inc": {"taken": places, "committed": cents}}
    if await LEDGERS.update(tx, {"_id": call_id, "$and": conditions}, change):
        return
    ledger = await LEDGERS.get(tx, call_id) or Ledger(id=call_id, places=0)
    if ledger.places_left is not None and ledger.places_left < places:
        raise NoPlacesLeft(
            _(
                "Places left: {left} of {places}; needed: {needed}. "
                "Wait until a place becomes free or the publisher adds places.",
                left=ledger.places_left,
                places=ledger.places,
                needed=places,
            )
        )
    raise BudgetExhausted(
        _(
            "Budget left: {left}; needed: {needed}. Set less money aside, or raise the budget of the mission first.",
            left=in_euros(ledger.budget_left or 0),
            needed=in_euros(cents),
        )
    )


async def release(tx: Transaction, call_id: str, places: int, cents: int) -> None:
    """Free places and money that were committed."""
    await LEDGERS.update(tx, {"_id": call_id}, {"$inc": {"taken": -places, "committed": -cents}})


async def close(tx: Transaction, call_id: str) -> None:
    """Set both limits to zero, so that a decision in another transaction cannot commit anything either."""
    nothing = {"places": 0, "budget": 0}
    await LEDGERS.update(tx, {"_id": call_id}, {"$set": nothing, "$setOnInsert": EMPTY}, upsert=True)


async def approve(tx: Transaction, call_id: str, commitment: int, cents: int) -> None:
    """Approve `cents` of a commitment and free the rest of it. Raises BudgetExhausted."""
    within = {"$expr": {"$lte": [{"$add": ["$approved", cents]}, {"$add": ["$committed", cents - commitment]}]}}
    change = {"$inc": {"approved": cents, "committed": cents - commitment}}
    if not await LEDGERS.update(tx, {"_id": call_id, **within}, change):
        raise BudgetExhausted(
            _("The amount is higher than the money set aside for this mission. Check the accounts of the mission.")
        )


async def pay(tx: Transaction, call_id: str, cents: int) -> None:
    """Record a payment of approved money. Raises BudgetExhausted."""
    within = {"$expr": {"$lte": [{"$add": ["$paid", cents]}, "$approved"]}}
    if not await LEDGERS.update(tx, {"_id": call_id, **within}, {"$inc": {"paid": cents}}):
        raise BudgetExhausted(
            _("The amount is higher than the money approved for this mission. Check the accounts of the mission.")
        )


def _within_limit(limit: str, used: str, more: int) -> dict[str, Any]:
    """Return the condition that the limit allows `more`; a limit of None allows everything."""
    within = {"$lte": [{"$add": [f"${used}", more]}, f"${limit}"]}
    return {"$or": [{limit: None}, {"$expr": within}]}
