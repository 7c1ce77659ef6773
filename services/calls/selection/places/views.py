"""The places and the accounts of a mission as they are read."""

from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible_call
from services.calls.ledger.domain import Ledger, Money, limits
from services.calls.ledger.store import LEDGERS
from shared.auth import Caller
from shared.errors import NotFound
from shared.mongo import Reader
from shared.sentences import _


class MissionPlaces(BaseModel):
    """Places of a mission. Null: the number is not limited."""

    places: int | None
    taken: int
    left: int | None

    @classmethod
    def of(cls, ledger: Ledger) -> "MissionPlaces":
        """Return the places of a ledger."""
        return cls(places=ledger.places, taken=ledger.taken, left=ledger.places_left)


class MissionAccounts(BaseModel):
    """Money of a mission. Approved money is part of the committed money, and paid money of the approved money."""

    budget: Money | None = Field(description="Null: the budget is not limited")
    committed: Money = Field(description="Set aside for selected applicants")
    approved: Money
    paid: Money

    @classmethod
    def of(cls, ledger: Ledger) -> "MissionAccounts":
        """Return the accounts of a ledger."""
        return cls(
            budget=None if ledger.budget is None else Money(cents=ledger.budget),
            committed=Money(cents=ledger.committed),
            approved=Money(cents=ledger.approved),
            paid=Money(cents=ledger.paid),
        )


async def ledger_of(reader: Reader, call_id: str, caller: Caller | None) -> Ledger:
    """Return the ledger of a mission; before the first commitment, the limits of its call. Raises NotFound."""
    call = await visible_call(reader, call_id, caller)
    if call.mission is None:
        raise NotFound(_("This call is not a mission, so it has no places and no accounts."))
    stored = await LEDGERS.get(reader, call_id)
    if stored:
        return stored
    places, budget = limits(call.mission, call.budget)
    return Ledger(id=call_id, places=places, budget=budget)
