"""The ledgers of missions: every change is one guarded update, so that nothing is given twice."""

from typing import Any

from services.calls.ledger.domain import BudgetExhausted, Ledger, Limits, NoPlacesLeft
from shared.mongo import Collection, Transaction

LEDGERS = Collection("ledgers", Ledger)
EMPTY = {"taken": 0, "committed": 0, "approved": 0, "paid": 0}


async def set_limits(tx: Transaction, call_id: str, limits: Limits) -> None:
    """Set what can be promised from now on; what was promised before stays promised."""
    change = {"$set": limits._asdict(), "$setOnInsert": EMPTY}
    await LEDGERS.update(tx, {"_id": call_id}, change, upsert=True)


async def commit(tx: Transaction, call_id: str, places: int, cents: int) -> None:
    """Take places and set money aside, all or nothing. Raises NoPlacesLeft, BudgetExhausted."""
    fits = [_fits("places", "taken", places), *([_fits("budget", "committed", cents)] if cents else [])]
    change = {"$inc": {"taken": places, "committed": cents}}
    if await LEDGERS.update(tx, {"_id": call_id, "$and": fits}, change):
        return
    ledger = await LEDGERS.get(tx, call_id) or Ledger(id=call_id, places=0)
    if ledger.places_left is not None and ledger.places_left < places:
        raise NoPlacesLeft(f"{ledger.places_left} of {ledger.places} places are left, {places} asked")
    raise BudgetExhausted(f"{ledger.budget_left} cents of the budget are left, {cents} asked")


async def release(tx: Transaction, call_id: str, places: int, cents: int) -> None:
    """Give places and promised money back."""
    await LEDGERS.update(tx, {"_id": call_id}, {"$inc": {"taken": -places, "committed": -cents}})


async def close(tx: Transaction, call_id: str) -> None:
    """Nothing more is promised of it, also not by who selects at this moment."""
    nothing = {"places": 0, "budget": 0}
    await LEDGERS.update(tx, {"_id": call_id}, {"$set": nothing, "$setOnInsert": EMPTY}, upsert=True)


async def approve(tx: Transaction, call_id: str, commitment: int, cents: int) -> None:
    """What is approved was promised before; what it leaves of the promise is free again. Raises BudgetExhausted."""
    within = {"$expr": {"$lte": [{"$add": ["$approved", cents]}, {"$add": ["$committed", cents - commitment]}]}}
    change = {"$inc": {"approved": cents, "committed": cents - commitment}}
    if not await LEDGERS.update(tx, {"_id": call_id, **within}, change):
        raise BudgetExhausted("more would be approved than was set aside")


async def pay(tx: Transaction, call_id: str, cents: int) -> None:
    """Raises BudgetExhausted."""
    within = {"$expr": {"$lte": [{"$add": ["$paid", cents]}, "$approved"]}}
    if not await LEDGERS.update(tx, {"_id": call_id, **within}, {"$inc": {"paid": cents}}):
        raise BudgetExhausted("more would be paid than was approved")


def _fits(limit: str, used: str, more: int) -> dict[str, Any]:
    """Whether so much more stays within the limit; without a limit it always does."""
    within = {"$lte": [{"$add": [f"${used}", more]}, f"${limit}"]}
    return {"$or": [{limit: None}, {"$expr": within}]}
