"""What can be done with registrations. Whoever changes one reads its gathering's places first."""

from typing import Any

from services.calls.gatherings.domain import Gathering, GatheringOver, Stage
from services.calls.gatherings.registrations import domain
from services.calls.gatherings.registrations.domain import LIVE, Places, Registration, State
from services.calls.gatherings.registrations.store import (
    PLACES,
    REGISTRATIONS,
    first_waiting,
    live_page,
    registration_id,
)
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.domain import OrganisationCopy
from shared.contracts.calls import GatheringFacts, ParticipantAffected, ParticipantLeft, ParticipantRegistered
from shared.errors import NotFound
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Transaction

BATCH = 100


async def register(
    tx: Transaction, gathering_id: str, member_id: str, organisation_id: str | None, of: OrganisationCopy | None
) -> Registration:
    """A place, or a number on the waiting list. Again: nothing changes. Raises what `domain.check_open` raises."""
    gathering = await _gathering(tx, gathering_id)
    before = await REGISTRATIONS.get(tx, registration_id(gathering_id, member_id))
    if before and before.state in LIVE:
        return before
    domain.check_open(gathering, tx.now)
    state, after = domain.entered(places := await places_of(tx, gathering_id))
    places = await PLACES.change(tx, places, places.replace(**after))
    values = {
        "organisation_id": organisation_id,
        "organisation_name": of.name if of else "",
        "title": gathering.title,
        "state": state,
        "number": places.numbers,
        "at": tx.now,
        "promoted_at": None,
    }
    if before:
        registration = await REGISTRATIONS.change(tx, before, before.replace(**values))
    else:
        ids = {"id": registration_id(gathering_id, member_id), "gathering_id": gathering_id, "member_id": member_id}
        registration = Registration.model_validate({**ids, **values})
        await REGISTRATIONS.insert(tx, registration)
    if state is State.REGISTERED:
        tx.publish(registered(registration))
    return registration


async def leave(tx: Transaction, gathering_id: str, member_id: str) -> Registration:
    """The place, or the number, goes to the next. Again: nothing changes. Raises NotFound, GatheringOver."""
    return await _give_up(tx, gathering_id, member_id, State.LEFT)


async def decline(tx: Transaction, gathering_id: str, member_id: str) -> Registration:
    """A place that came from the waiting list goes to the next. Raises NotFound, NothingToDecline, GatheringOver."""
    return await _give_up(tx, gathering_id, member_id, State.DECLINED)


async def _give_up(tx: Transaction, gathering_id: str, member_id: str, state: State) -> Registration:
    gathering = await _gathering(tx, gathering_id)
    before = await REGISTRATIONS.get(tx, registration_id(gathering_id, member_id))
    if before is None:
        raise NotFound("you did not register for this gathering")
    if before.state not in LIVE and (state is State.LEFT or before.state is state):
        return before
    if state is State.DECLINED:
        domain.check_declinable(before)
    if gathering.stage is Stage.CANCELLED or gathering.ends_at <= tx.now:
        raise GatheringOver("this gathering is over, or was cancelled", field="ends_at")
    places = await places_of(tx, gathering_id)
    places = await PLACES.change(tx, places, places.replace(**domain.without(places, before)))
    after = await REGISTRATIONS.change(tx, before, before.replace(state=state, at=tx.now))
    if before.state is State.REGISTERED:
        tx.publish(ParticipantLeft(gathering_id=gathering_id, member_id=member_id, version=after.version))
    await promote(tx, gathering, places)
    return after


async def promote(tx: Transaction, gathering: Gathering, places: Places) -> int:
    """Free places to those who wait, the first first; what is more than a batch is a job. Returns how many got one."""
    if gathering.stage is not Stage.PUBLISHED or gathering.ends_at <= tx.now or not places.promotable:
        return 0
    lucky, after = domain.promoted(places, await first_waiting(tx, gathering.id, min(places.promotable, BATCH)))
    places = await PLACES.change(tx, places, places.replace(**after))
    for one in lucky:
        seated = await REGISTRATIONS.change(
            tx, one, one.replace(state=State.REGISTERED, promoted_at=tx.now, title=gathering.title)
        )
        tx.publish(registered(seated))
    if places.promotable:
        await enqueue(tx, "promote", {"gathering_id": gathering.id})
    return len(lucky)


async def promote_more(tx: Transaction, gathering_id: str) -> int:
    gathering = await _gathering(tx, gathering_id)
    return await promote(tx, gathering, await places_of(tx, gathering_id))


async def promote_job(db: Database, job: Job) -> None:
    """A batch; the next one is the next job."""
    await db.transact(promote_more, job.data["gathering_id"])


async def resize(tx: Transaction, gathering: Gathering) -> None:
    """The gathering's capacity as it is now; more places go to those who wait. Raises CapacityTaken."""
    capacity = gathering.admission.capacity if gathering.admission else None
    places = await places_of(tx, gathering.id)
    if gathering.admission is None and (came := places.taken + places.waiting):
        raise domain.CapacityTaken(f"{came} members registered here already", field="admission")
    if places.capacity != capacity:
        places = await PLACES.change(tx, places, places.replace(**domain.resized(places, capacity)))
        await promote(tx, gathering, places)


async def close(tx: Transaction, gathering_id: str) -> None:
    """Nobody who registers at this moment slips in behind the cancellation."""
    places = await places_of(tx, gathering_id)
    await PLACES.change(tx, places, places.replace(taken=0, waiting=0))


async def tell_participants(
    tx: Transaction, gathering_id: str, facts: GatheringFacts, changes: list[str], *, cancelled: bool = False
) -> None:
    """Each who has a place or waits, however many: a job goes over them."""
    told = ParticipantAffected(
        gathering_id=gathering_id, gathering=facts, member_id="", cancelled=cancelled, changes=changes
    )
    await enqueue(tx, "tell_participants", told.model_dump(mode="json"))


async def tell_participants_job(db: Database, job: Job) -> None:
    """Page by page, each in a transaction. A page told twice is told once: who is told by version of the gathering."""
    told, cursor = ParticipantAffected.read(job.data), job.cursor
    while cursor := await db.transact(_tell_page, told, cursor):
        await advance(db, job, cursor)


async def _tell_page(tx: Transaction, told: ParticipantAffected, after: str) -> str:
    """The last id of the page; empty: there is none."""
    page = await live_page(tx, told.gathering_id, after, BATCH)
    for one in page:
        tx.publish(told.model_copy(update={"member_id": one.member_id}))
        if told.cancelled:
            await REGISTRATIONS.change(tx, one, one.replace(state=State.CANCELLED, at=tx.now))
    return page[-1].id if page else ""


async def places_of(tx: Transaction, gathering_id: str) -> Places:
    """Those of a gathering; of one from before there were any, they are made now."""
    places = await PLACES.get(tx, gathering_id)
    if places is None:
        places = Places(id=gathering_id)
        await PLACES.insert(tx, places)
    return places


async def _gathering(tx: Transaction, id: str) -> Gathering:
    gathering = await GATHERINGS.get(tx, id)
    if gathering is None or gathering.stage is Stage.DRAFT:
        raise NotFound("there is no such gathering")
    return gathering


def registered(registration: Registration) -> ParticipantRegistered:
    values: dict[str, Any] = registration.model_dump(
        include={"gathering_id", "member_id", "organisation_id", "version", "title"}
    )
    url = f"/gatherings/{registration.gathering_id}"
    return ParticipantRegistered(**values, promoted=registration.promoted_at is not None, url=url)


JOBS = {"promote": promote_job, "tell_participants": tell_participants_job}
