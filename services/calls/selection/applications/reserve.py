"""Being selected: the place and the money that go with it, and who has them next when they are free again."""

from collections.abc import Sequence
from typing import Literal

from services.calls.audit.store import change_audited
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS, touch
from services.calls.catalogue.usecases import FILL_PLACES
from services.calls.files.store import drop
from services.calls.ledger.domain import BudgetExhausted, NoPlacesLeft
from services.calls.ledger.store import commit, release
from services.calls.selection.applications.domain import HAS_A_PLACE, WAITS, Application, next_state, promises
from services.calls.selection.applications.store import APPLICATIONS, first_of_the_reserve, to_call_off
from services.calls.terms import begun
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Reader, Transaction
from shared.vocabulary import CallKind

BATCH = 50  # applications in one transaction
THE_CLOCK = "platform"  # who did what nobody in person did
Outcome = Literal["selected", "reserve", "rejected"]


async def call_of(reader: Reader, application: Application) -> Call:
    call = await CALLS.get(reader, application.call_id)
    if call is None:
        raise NotFound("there is no such call")
    return call


async def give_back(tx: Transaction, application: Application, after: Application) -> None:
    """What it had before it was withdrawn is free; the first of its reserve list has it, if there is one."""
    call = await call_of(tx, application)
    if application.state not in HAS_A_PLACE:
        return
    if after.call_kind is CallKind.EXPRESSION_OF_INTEREST:
        tx.publish(expression_decided(after, "withdrawn"))
    if promises(call, application.cut_off):
        await release(tx, call.id, 1, application.held)
    await promote(tx, call, [application.cut_off])


async def fill(tx: Transaction, call: Call) -> None:
    """As many of the reserve as fit, the first first; what is more than a batch is a job."""
    giving = [number for number in range(1, len(call.cut_offs) + 1) if promises(call, number)]
    for _ in range(BATCH):
        if not await promote(tx, call, giving):
            return
    await enqueue(tx, FILL_PLACES, {"call_id": call.id})


async def fill_job(db: Database, job: Job) -> None:
    """A batch; the next one is the next job."""
    await db.transact(fill_more, job.data["call_id"])


async def fill_more(tx: Transaction, call_id: str) -> None:
    call = await CALLS.get(tx, call_id)
    if call and call.stage is Stage.PUBLISHED:
        await fill(tx, call)


async def promote(tx: Transaction, call: Call, cut_offs: Sequence[int]) -> Application | None:
    """The first of the reserve list is selected; nobody, where it is over or her costs do not fit."""
    first = await first_of_the_reserve(tx, call.id, cut_offs)
    if first is None or call.stage is not Stage.PUBLISHED or (call.mission and begun(call.mission, tx.now)):
        return None
    await touch(tx, call.id)
    try:
        if promises(call, first.cut_off):
            await commit(tx, call.id, 1, first.commitment)
    except (NoPlacesLeft, BudgetExhausted):
        return None
    state = next_state(first.state, "promote")
    promoted = await change_audited(tx, APPLICATIONS, first, first.replace(state=state), "promoted", THE_CLOCK)
    tx.publish(contract.ReservePromoted(application_id=promoted.id, application=facts(promoted)))
    if promoted.call_kind is CallKind.EXPRESSION_OF_INTEREST:
        tx.publish(expression_decided(promoted, "selected"))
    return promoted


async def call_off_job(db: Database, job: Job) -> None:
    """A page in each transaction. Again: who was called off has nothing any more."""
    cursor = job.cursor
    while cursor := await db.transact(call_off_page, job.data["call_id"], cursor):
        await advance(db, job, cursor)


async def call_off_page(tx: Transaction, call_id: str, after: str) -> str:
    """Places and money are free, evidence is deleted, each is told. The last id of the page; empty: there is none."""
    call = await CALLS.get(tx, call_id)
    if call is None:
        return ""
    page = await to_call_off(tx, call_id, WAITS | HAS_A_PLACE if call.mission else WAITS, after, BATCH)
    for one in page:
        await drop(tx, one.evidence)
        values = {"state": next_state(one.state, "call off"), "commitment": 0, "evidence": []}
        off = await change_audited(tx, APPLICATIONS, one, one.replace(**values), "called off", THE_CLOCK)
        tx.publish(contract.ApplicationCancelled(application_id=off.id, application=facts(off)))
    if placed := [one for one in page if one.state in HAS_A_PLACE and promises(call, one.cut_off)]:
        await release(tx, call_id, len(placed), sum(one.held for one in placed))
    return page[-1].id if page else ""


def decided(application: Application, outcome: Outcome) -> contract.ApplicationDecided:
    return contract.ApplicationDecided(
        application_id=application.id, application=facts(application), outcome=outcome, rank=application.rank
    )


def expression_decided(application: Application, outcome: Literal[Outcome, "withdrawn"]) -> contract.ExpressionDecided:
    partners = list(application.partners)
    return contract.ExpressionDecided(
        application_id=application.id, application=facts(application), outcome=outcome, partner_ids=partners
    )


def facts(application: Application) -> contract.ApplicationFacts:
    shared = set(contract.ApplicationFacts.model_fields.keys() & Application.model_fields.keys())
    told = application.model_dump(include=shared)
    return contract.ApplicationFacts(url=path(application.id), trail=application.head, **told)


def path(id: str) -> str:
    return f"/applications/{id}"


JOBS = {"call_off": call_off_job, FILL_PLACES: fill_job}
