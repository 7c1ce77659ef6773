"""The reserve list: a place that becomes free goes to the first application on the list."""

from collections.abc import Sequence

from services.calls.audit.domain import PLATFORM_ACTOR
from services.calls.audit.store import change_audited
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.usecases import FILL_PLACES
from services.calls.ledger.domain import BudgetExhausted, NoPlacesLeft
from services.calls.ledger.store import commit, release
from services.calls.selection.applications.cancellation import BATCH, cancel_job
from services.calls.selection.applications.cut_offs import cut_offs_with_places, gives_places
from services.calls.selection.applications.domain import Application, PlaceAlreadyHeld
from services.calls.selection.applications.events import application_facts, expression_decided, is_expression
from services.calls.selection.applications.store import APPLICATIONS, reserve_list, with_place
from services.calls.terms import begun
from shared.contracts.calls import ReservePromoted
from shared.jobs import Job, enqueue
from shared.mongo import Database, Transaction
from shared.sentences import _

PAGE = 50


async def release_place(tx: Transaction, call: Call, before: Application, after: Application) -> None:
    """Free the place and money of a withdrawn application, and promote the first of its reserve list."""
    if not before.state.has_place:
        return
    if is_expression(after):
        tx.publish(expression_decided(after, "withdrawn"))
    if gives_places(call, before.cut_off):
        await release(tx, call.id, 1, before.committed)
    await promote(tx, call, [before.cut_off])


async def fill_places(tx: Transaction, call: Call) -> None:
    """Promote as many applications as places and money allow; a job does what exceeds one batch."""
    for _number in range(BATCH):
        if not await promote(tx, call, cut_offs_with_places(call)):
            return
    await enqueue(tx, FILL_PLACES, {"call_id": call.id})


async def fill_places_job(db: Database, job: Job) -> None:
    """Fill places for one batch; the next batch is a new job."""
    await db.transact(fill_places_of, job.data["call_id"])


async def fill_places_of(tx: Transaction, call_id: str) -> None:
    """Fill the places of a call, if it is still published."""
    call = await CALLS.get(tx, call_id)
    if call and call.stage is Stage.PUBLISHED:
        await CALLS.touch(tx, call)
        await fill_places(tx, call)


async def promote(tx: Transaction, call: Call, cut_offs: Sequence[int]) -> Application | None:
    """Select the first application on the reserve list of a call that this transaction touches, and return it.

    An organisation that has a place already is passed over. Return None if the list is empty, the mission has started,
    the call is not public, or places or money run out.
    """
    first = await first_to_promote(tx, call, cut_offs)
    if first is None or call.stage is not Stage.PUBLISHED or (call.mission and begun(call.mission, tx.now)):
        return None
    try:
        if gives_places(call, first.cut_off):
            await commit(tx, call.id, 1, first.commitment)
    except (NoPlacesLeft, BudgetExhausted):
        return None
    promoted = await change_audited(tx, APPLICATIONS, first, first.promoted(), "promoted", PLATFORM_ACTOR)
    tx.publish(ReservePromoted(application_id=promoted.id, application=application_facts(promoted)))
    if is_expression(promoted):
        tx.publish(expression_decided(promoted, "selected"))
    return promoted


async def first_to_promote(tx: Transaction, call: Call, cut_offs: Sequence[int]) -> Application | None:
    """Return the first application on the reserve lists, cut-off by cut-off, whose organisation has no place."""
    passed_over: set[str] = set()
    for cut_off in cut_offs:
        while page := await reserve_list(tx, call.id, cut_off, passed_over, PAGE):
            organisations = {application.organisation_id for application in page}
            holders = await with_place(tx, call.id, cut_offs_with_places(call), organisations)
            for application in page:
                if application.organisation_id not in holders:
                    return application
            passed_over |= holders
    return None


async def check_no_place(tx: Transaction, call: Call, applications: Sequence[Application]) -> None:
    """Raise PlaceAlreadyHeld if an applicant has a place by another application to a call that is touched here."""
    others = [application for application in applications if not application.state.has_place]
    organisations = {application.organisation_id for application in others}
    holders = await with_place(tx, call.id, cut_offs_with_places(call), organisations)
    for application in others:
        if application.organisation_id in holders:
            raise PlaceAlreadyHeld(
                _(
                    "{organisation_name} has a place on this mission already, by another application. "
                    "An organisation gets one place.",
                    organisation_name=application.organisation_name,
                ),
                field="organisation_id",
            )


JOBS = {"call_off": cancel_job, FILL_PLACES: fill_places_job}
