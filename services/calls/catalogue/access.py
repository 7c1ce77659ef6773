"""Who may see and edit a call, its address, and what every event about it carries."""

from services.calls.catalogue import domain
from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import Call, Stage
from services.calls.catalogue.store import CALLS
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction


async def visible(reader: Reader, id: str, caller: Caller | None) -> Call:
    """A public call, or a draft of the caller's organisation. Raises NotFound."""
    call = await CALLS.get(reader, id)
    if call is None or (
        call.stage is Stage.DRAFT and not (caller and await may_publish(reader, call.organisation_id, caller))
    ):
        raise NotFound("there is no such call")
    return call


async def own(tx: Reader, id: str, caller: Caller) -> Call:
    """A call that the caller publishes. Raises NotFound."""
    call = await CALLS.get(tx, id)
    if call is None or not await may_publish(tx, call.organisation_id, caller):
        raise NotFound("there is no such call of yours")
    return call


async def editable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Call:
    """The call, if the caller may edit it and read its newest version. Raises NotFound, Stale."""
    call = await own(tx, id, caller)
    version.check(call.version)
    domain.check_editable(call, tx.now)
    return call


def facts(call: Call, cut_off: CutOff | None = None) -> contract.CallFacts:
    """What every event about a call carries; its deadline is that of the cut-off ahead, unless told another."""
    shared = contract.CallFacts.model_fields.keys() & Call.model_fields.keys()
    told = cut_off or next(c for c in call.cut_offs if c.deadline == call.deadline)
    when = {"deadline": told.deadline, "timezone": told.timezone, "cut_off": told.name}
    return contract.CallFacts(url=path(call.id), **{**call.model_dump(include=set(shared)), **when})


def path(id: str) -> str:
    return f"/calls/{id}"
