"""Cancellation: when a call is withdrawn, its open applications end, and their places and money become free."""

from services.calls.audit.domain import PLATFORM_ACTOR
from services.calls.audit.store import change_audited
from services.calls.catalogue.store import CALLS
from services.calls.ledger.store import release
from services.calls.selection.applications.cut_offs import gives_places
from services.calls.selection.applications.events import application_facts
from services.calls.selection.applications.states import AWAITS_DECISION, HAS_PLACE
from services.calls.selection.applications.store import APPLICATIONS, to_cancel
from shared.contracts.calls import ApplicationCancelled
from shared.files.store import drop
from shared.jobs import Job, advance
from shared.mongo import Database, Transaction

BATCH = 50  # applications in one transaction


async def cancel_job(db: Database, job: Job) -> None:
    """Cancel applications page by page, one transaction each. Repeating a page changes nothing."""
    cursor = job.cursor
    while cursor := await db.transact(cancel_page, job.data["call_id"], cursor):
        await advance(db, job, cursor)


async def cancel_page(tx: Transaction, call_id: str, after: str) -> str:
    """Cancel a page of applications and return the last id of the page; empty if there was none."""
    call = await CALLS.get(tx, call_id)
    if call is None:
        return ""
    states = AWAITS_DECISION | HAS_PLACE if call.mission else AWAITS_DECISION
    page = await to_cancel(tx, call_id, states, after, BATCH)
    for application in page:
        await drop(tx, application.evidence)
        cancelled = await change_audited(
            tx, APPLICATIONS, application, application.cancelled(), "called off", PLATFORM_ACTOR
        )
        tx.publish(ApplicationCancelled(application_id=cancelled.id, application=application_facts(cancelled)))
    placed = [item for item in page if item.state.has_place and gives_places(call, item.cut_off)]
    if placed:
        await release(tx, call_id, len(placed), sum(application.committed for application in placed))
    return page[-1].id if page else ""
