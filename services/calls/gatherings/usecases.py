"""Use cases of organisers: create, change, publish and cancel a gathering."""

from services.calls.gatherings import domain
from services.calls.gatherings.access import editable_gathering, gathering_path, own_gathering
from services.calls.gatherings.domain import Gathering, GatheringBody, GatheringContent, GatheringStage
from services.calls.gatherings.registrations.domain import GatheringPlaces
from services.calls.gatherings.registrations.store import PLACES
from services.calls.gatherings.registrations.usecases import close_places, notify_participants, resize_places
from services.calls.gatherings.report import GatheringReport
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.usecases import check_still_public
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from shared.sentences import _


async def create_gathering(tx: Transaction, id: str, body: GatheringBody, organisation_name: str) -> Gathering:
    """Store a new gathering and its places; publish it unless it is a draft. Raises AlreadyOver."""
    domain.check_to_come(body.ends_at, tx.now)
    gathering = Gathering.draft(id, body, organisation_name)
    if not body.draft:
        gathering = gathering.published(tx.now)
        tx.publish(gathering_published(gathering))
    await GATHERINGS.insert(tx, gathering)
    capacity = body.admission.capacity if body.admission else None
    await PLACES.insert(tx, GatheringPlaces(id=id, capacity=capacity))
    return gathering


async def publish_gathering(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Gathering:
    """Publish a draft. Raises GatheringAlreadyPublished, AlreadyOver."""
    draft = await editable_gathering(tx, id, caller, version)
    if draft.stage is GatheringStage.PUBLISHED:
        raise domain.GatheringAlreadyPublished(_("The gathering is already published."), field="stage")
    domain.check_to_come(draft.ends_at, tx.now)
    await check_still_public(tx, draft.organisation_id)
    gathering = await GATHERINGS.change(tx, draft, draft.published(tx.now))
    tx.publish(gathering_published(gathering))
    return gathering


async def change_gathering(
    tx: Transaction, id: str, content: GatheringContent, caller: Caller, version: ExpectedVersion
) -> Gathering:
    """Store new content; if the gathering is published, publish the changes and notify its participants.

    Raises NotFound, AlreadyOver, CapacityTaken.
    """
    before = await editable_gathering(tx, id, caller, version)
    if content.organisation_id != before.organisation_id:
        detail = _("A gathering cannot move to another organisation. Create a new gathering there.")
        raise NotFound(detail, field="organisation_id")
    domain.check_to_come(content.ends_at, tx.now)
    after = await GATHERINGS.change(tx, before, before.changed(content, tx.now))
    await resize_places(tx, after)
    changes = domain.changes_in_words(before, after)
    if changes and after.stage is GatheringStage.PUBLISHED:
        facts = gathering_facts(after)
        tx.publish(contract.GatheringChanged(gathering_id=id, gathering=facts, changes=changes))
        await notify_participants(tx, id, facts, changes)
    return after


async def cancel_gathering(
    tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion
) -> Gathering:
    """Cancel a gathering and notify its participants; it can still be read. Raises GatheringNotPublic."""
    before = await editable_gathering(tx, id, caller, version)
    if before.stage is not GatheringStage.PUBLISHED:
        detail = _("The gathering is a draft. Only a published gathering can be cancelled.")
        raise domain.GatheringNotPublic(detail, field="stage")
    gathering = await GATHERINGS.change(tx, before, before.cancelled(reason, tx.now))
    await close_places(tx, id)
    tx.publish(gathering_cancelled(gathering))
    await notify_participants(tx, id, gathering_facts(gathering), [reason], cancelled=True)
    return gathering


async def report_on_gathering(
    tx: Transaction, id: str, report: GatheringReport, caller: Caller, version: ExpectedVersion
) -> Gathering:
    """Store the report on a gathering that is over; a new one replaces it. Raises NotFound, Stale, GatheringNotOver."""
    before = await own_gathering(tx, id, caller)
    version.check(before.version)
    return await GATHERINGS.change(tx, before, before.reported(report, tx.now))


def gathering_facts(gathering: Gathering) -> contract.GatheringFacts:
    """Return the facts that every event about a gathering carries; the link to join is never one of them."""
    fields = set(contract.GatheringFacts.model_fields.keys() & Gathering.model_fields.keys()) - {"place"}
    shared = gathering.model_dump(include=fields)
    return contract.GatheringFacts(url=gathering_path(gathering.id), place=gathering.where[:300], **shared)


def gathering_published(gathering: Gathering) -> contract.GatheringPublished:
    """Return the event of a publication."""
    return contract.GatheringPublished(gathering_id=gathering.id, gathering=gathering_facts(gathering))


def gathering_cancelled(gathering: Gathering) -> contract.GatheringCancelled:
    """Return the event of a cancellation."""
    return contract.GatheringCancelled(
        gathering_id=gathering.id, gathering=gathering_facts(gathering), reason=gathering.cancelled_because
    )
