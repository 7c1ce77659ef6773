"""Who may see and edit a call, the address of its page, and the facts that every event about it carries."""

from datetime import datetime

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import Call, check_editable
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import CALLS
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.contracts.calls import CallFacts, CallPublished
from shared.errors import not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

NOT_EDITABLE = _("Call not found. You can edit the calls of organisations in which you are an editor.")


async def visible_call(reader: Reader, id: str, caller: Caller | None) -> Call:
    """Return a public call, or a draft of the caller's organisation. Raise NotFound for any other."""
    call = await CALLS.get(reader, id)
    if call is None or (call.stage is Stage.DRAFT and not await _is_publisher(reader, call, caller)):
        raise not_found(call, _("Call not found."))
    return call


async def _is_publisher(reader: Reader, call: Call, caller: Caller | None) -> bool:
    return caller is not None and await may_publish(reader, call.organisation_id, caller)


async def own_call(reader: Reader, id: str, caller: Caller) -> Call:
    """Return a call that the caller publishes. Raise NotFound for any other."""
    call = await CALLS.get(reader, id)
    if call is None or not await may_publish(reader, call.organisation_id, caller):
        raise not_found(call, NOT_EDITABLE)
    return call


async def editable_call(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Call:
    """Return the caller's call in the expected version.

    Raise NotFound, Stale, CallAlreadyClosed or CallAlreadyWithdrawn if the caller cannot change it.
    """
    call = await own_call(tx, id, caller)
    version.check(call.version)
    check_editable(call, tx.now)
    return call


def call_facts(call: Call, cut_off: CutOff | None = None) -> CallFacts:
    """Return what every event about a call carries, with a given cut-off instead of the next one."""
    named = cut_off or next(each for each in call.cut_offs if each.deadline == call.deadline)
    return CallFacts(
        version=call.version,
        title=call.title,
        summary=call.summary,
        kind=call.kind,
        organisation_name=call.organisation_name,
        organisation_id=call.organisation_id,
        countries=call.countries,
        about=call.destinations,
        ecosystems=call.ecosystems,
        keywords=call.keywords,
        opens_at=call.opens_at,
        deadline=named.deadline,
        timezone=named.timezone,
        url=call_path(call.id),
        cut_off=named.name,
        history=call.history,
    )


def call_published(call: Call, now: datetime) -> CallPublished:
    """Return the event of a publication, which says whether the call accepts applications yet."""
    is_open = status(call, now) is not Status.FORTHCOMING
    return CallPublished(call_id=call.id, call=call_facts(call), is_open=is_open)


def call_path(id: str) -> str:
    """Return the path of a call."""
    return f"/calls/{id}"
