"""Who may see and edit a gathering, and its address."""

from services.calls.gatherings import domain
from services.calls.gatherings.domain import Gathering, Stage
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction


async def visible(reader: Reader, id: str, caller: Caller | None) -> Gathering:
    """A public gathering, or a draft of the caller's organisation. Raises NotFound."""
    gathering = await GATHERINGS.get(reader, id)
    if gathering is None or (gathering.stage is Stage.DRAFT and not await organises(reader, gathering, caller)):
        raise NotFound("there is no such gathering")
    return gathering


async def organises(reader: Reader, gathering: Gathering, caller: Caller | None) -> bool:
    return caller is not None and await may_publish(reader, gathering.organisation_id, caller)


async def own(reader: Reader, id: str, caller: Caller) -> Gathering:
    """A gathering that the caller organises. Raises NotFound."""
    gathering = await GATHERINGS.get(reader, id)
    if gathering is None or not await organises(reader, gathering, caller):
        raise NotFound("there is no such gathering of yours")
    return gathering


async def editable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Gathering:
    """The gathering, if the caller may edit it and read its newest version. Raises NotFound, Stale."""
    gathering = await own(tx, id, caller)
    version.check(gathering.version)
    domain.check_editable(gathering, tx.now)
    return gathering


def path(id: str) -> str:
    return f"/gatherings/{id}"
