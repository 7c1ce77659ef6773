"""Who may see and edit a gathering, and its address."""

from services.calls.gatherings.domain import Gathering, GatheringStage, check_editable
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.errors import not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction


async def visible_gathering(reader: Reader, id: str, caller: Caller | None) -> Gathering:
    """Return a public gathering, or a draft of the caller's organisation. Raises NotFound."""
    gathering = await GATHERINGS.get(reader, id)
    is_draft = gathering is not None and gathering.stage is GatheringStage.DRAFT
    if gathering is None or (is_draft and not await organises(reader, gathering, caller)):
        raise not_found(gathering, "Gathering not found.")
    return gathering


async def organises(reader: Reader, gathering: Gathering, caller: Caller | None) -> bool:
    """Return whether the caller may act for the organiser of the gathering."""
    return caller is not None and await may_publish(reader, gathering.organisation_id, caller)


async def own_gathering(reader: Reader, id: str, caller: Caller) -> Gathering:
    """Return a gathering that the caller organises. Raises NotFound."""
    gathering = await GATHERINGS.get(reader, id)
    if gathering is None or not await organises(reader, gathering, caller):
        raise not_found(gathering, "Gathering not found among those that you organise.")
    return gathering


async def editable_gathering(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Gathering:
    """Return a gathering that the caller may change and whose newest version they have read.

    Raises NotFound, Stale, GatheringAlreadyCancelled, GatheringOver.
    """
    gathering = await own_gathering(tx, id, caller)
    version.check(gathering.version)
    check_editable(gathering, tx.now)
    return gathering


def gathering_path(id: str) -> str:
    """Return the path of a gathering on the platform."""
    return f"/gatherings/{id}"
