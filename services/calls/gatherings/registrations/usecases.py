"""Use cases of registrations. Each changes the gathering's places and touches the gathering.

So two at once conflict with each other, and each with a change or the cancellation of the gathering.
"""

from services.calls.gatherings.domain import Gathering, GatheringOver, GatheringStage
from services.calls.gatherings.registrations.domain import (
    LIVE,
    CapacityTaken,
    GatheringPlaces,
    Registration,
    RegistrationState,
    check_declinable,
    check_open,
    moves_up,
)
from services.calls.gatherings.registrations.store import (
    PLACES,
    REGISTRATIONS,
    first_waiting,
    list_live_registrations,
    registration_id,
)
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.domain import OrganisationCopy
from shared.contracts.calls import GatheringFacts, ParticipantAffected, ParticipantLeft, ParticipantRegistered
from shared.errors import NotFound
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Transaction
from shared.sentences import _

BATCH = 100


async def register(
    tx: Transaction, gathering_id: str, member_id: str, organisation: OrganisationCopy | None
) -> Registration:
    """Give a member a place or a number on the waiting list; a repetition changes nothing.

    Raises NotFound, RegistrationNotOpen, RegistrationClosed.
    """
    gathering = await _public_gathering(tx, gathering_id)
    before = await REGISTRATIONS.get(tx, registration_id(gathering_id, member_id))
    if before and before.state in LIVE:
        return before
    check_open(gathering, tx.now)
    await GATHERINGS.touch(tx, gathering)
    places = await places_of(tx, gathering_id)
    state, after = places.with_newcomer()
    places = await PLACES.change(tx, places, after)
    registration = Registration(
        id=registration_id(gathering_id, member_id),
        gathering_id=gathering_id,
        member_id=member_id,
        organisation_id=organisation.id if organisation else None,
        organisation_name=organisation.name if organisation else "",
        title=gathering.title,
        state=state,
        number=places.numbers,
        at=tx.now,
    )
    if before:
        registration = await REGISTRATIONS.change(tx, before, registration)
    else:
        await REGISTRATIONS.insert(tx, registration)
    if state is RegistrationState.REGISTERED:
        tx.publish(participant_registered(registration))
    return registration


async def leave(tx: Transaction, gathering_id: str, member_id: str) -> Registration:
    """Give up a place or a number on the waiting list; a repetition changes nothing.

    A place goes to the first who waits, unless the gathering has started. Raises NotFound, GatheringOver.
    """
    return await _give_up(tx, gathering_id, member_id, RegistrationState.LEFT)


async def decline(tx: Transaction, gathering_id: str, member_id: str) -> Registration:
    """Decline a place that came from the waiting list; it goes to the next who waits.

    Raises NotFound, NothingToDecline, GatheringOver.
    """
    return await _give_up(tx, gathering_id, member_id, RegistrationState.DECLINED)


async def _give_up(tx: Transaction, gathering_id: str, member_id: str, state: RegistrationState) -> Registration:
    gathering = await _public_gathering(tx, gathering_id)
    before = await REGISTRATIONS.get(tx, registration_id(gathering_id, member_id))
    if before is None:
        raise NotFound(_("You are not registered for this gathering."))
    if before.state not in LIVE and (state is RegistrationState.LEFT or before.state is state):
        return before
    if state is RegistrationState.DECLINED:
        check_declinable(before)
    if gathering.stage is GatheringStage.CANCELLED or gathering.ends_at <= tx.now:
        detail = _("The gathering is over or was cancelled; registrations can no longer change.")
        raise GatheringOver(detail, field="ends_at")
    await GATHERINGS.touch(tx, gathering)
    places = await places_of(tx, gathering_id)
    places = await PLACES.change(tx, places, places.without(before))
    after = await REGISTRATIONS.change(tx, before, before.ended(state, tx.now))
    if before.state is RegistrationState.REGISTERED:
        tx.publish(ParticipantLeft(gathering_id=gathering_id, member_id=member_id, version=after.version))
    await promote(tx, gathering, places)
    return after


async def promote(tx: Transaction, gathering: Gathering, places: GatheringPlaces) -> None:
    """Give free places to a batch of waiting members, in their order, as long as they can come; a job does the rest."""
    if not moves_up(gathering, tx.now) or not places.promotable:
        return
    waiting = await first_waiting(tx, gathering.id, min(places.promotable, BATCH))
    promoted, after = places.with_promoted(waiting)
    places = await PLACES.change(tx, places, after)
    for registration in promoted:
        stored = await REGISTRATIONS.change(tx, registration, registration.promoted(gathering.title, tx.now))
        tx.publish(participant_registered(stored))
    if places.promotable:
        await enqueue(tx, "promote", {"gathering_id": gathering.id})


async def promote_next(tx: Transaction, gathering_id: str) -> None:
    """Give free places to the next batch of waiting members."""
    gathering = await _public_gathering(tx, gathering_id)
    await GATHERINGS.touch(tx, gathering)
    await promote(tx, gathering, await places_of(tx, gathering_id))


async def promote_job(db: Database, job: Job) -> None:
    """Run one batch of promotions; the batch enqueues the next job."""
    await db.transact(promote_next, job.data["gathering_id"])


async def resize_places(tx: Transaction, gathering: Gathering) -> None:
    """Store the gathering's capacity with its places, and promote if there are more. Raises CapacityTaken."""
    capacity = gathering.admission.capacity if gathering.admission else None
    places = await places_of(tx, gathering.id)
    registered = places.taken + places.waiting
    if gathering.admission is None and registered:
        detail = _(
            "The gathering has {registered:,} registration(s) already. Keep registration, or cancel the gathering.",
            registered=registered,
        )
        raise CapacityTaken(detail, field="admission")
    if places.capacity != capacity:
        places = await PLACES.change(tx, places, places.resized(capacity))
        await promote(tx, gathering, places)


async def close_places(tx: Transaction, gathering_id: str) -> None:
    """Empty the places of a cancelled gathering, which forces a conflict with a registration at the same moment."""
    places = await places_of(tx, gathering_id)
    await PLACES.change(tx, places, places.closed())


async def notify_participants(
    tx: Transaction, gathering_id: str, facts: GatheringFacts, changes: list[str], *, cancelled: bool = False
) -> None:
    """Enqueue a job that publishes an event for each registered or waiting member."""
    event = ParticipantAffected(
        gathering_id=gathering_id, gathering=facts, member_id="", cancelled=cancelled, changes=changes
    )
    await enqueue(tx, "tell_participants", event.model_dump(mode="json"))


async def notify_participants_job(db: Database, job: Job) -> None:
    """Publish the events page by page, each page in a transaction.

    A page may run twice: listeners recognise a repetition by the gathering's version and the member.
    """
    event, cursor = ParticipantAffected.read(job.data), job.cursor
    while cursor := await db.transact(_notify_page, event, cursor):
        await advance(db, job, cursor)


async def _notify_page(tx: Transaction, event: ParticipantAffected, after: str) -> str:
    """Return the last id of the page; empty if there is no page left."""
    page = await list_live_registrations(tx, event.gathering_id, after, BATCH)
    for registration in page:
        tx.publish(event.model_copy(update={"member_id": registration.member_id}))
        if event.cancelled:
            cancelled = registration.ended(RegistrationState.CANCELLED, tx.now)
            await REGISTRATIONS.change(tx, registration, cancelled)
    return page[-1].id if page else ""


async def places_of(tx: Transaction, gathering_id: str) -> GatheringPlaces:
    """Return the places of a gathering; store empty ones for a gathering from before there were any."""
    places = await PLACES.get(tx, gathering_id)
    if places is None:
        places = GatheringPlaces(id=gathering_id)
        await PLACES.insert(tx, places)
    return places


async def _public_gathering(tx: Transaction, id: str) -> Gathering:
    gathering = await GATHERINGS.get(tx, id)
    if gathering is None or gathering.stage is GatheringStage.DRAFT:
        raise NotFound(_("Gathering not found."))
    return gathering


def participant_registered(registration: Registration) -> ParticipantRegistered:
    """Return the event of a registration that has a place."""
    return ParticipantRegistered(
        gathering_id=registration.gathering_id,
        member_id=registration.member_id,
        organisation_id=registration.organisation_id,
        version=registration.version,
        promoted=registration.promoted_at is not None,
        title=registration.title,
        url=f"/gatherings/{registration.gathering_id}",
    )


JOBS = {"promote": promote_job, "tell_participants": notify_participants_job}  # names of stored jobs
