"""What can be done with gatherings."""

from typing import Any

from services.calls.gatherings import domain
from services.calls.gatherings.access import editable, path
from services.calls.gatherings.domain import Gathering, GatheringBody, GatheringContent, Stage
from services.calls.gatherings.registrations import usecases as registrations
from services.calls.gatherings.registrations.domain import Places
from services.calls.gatherings.registrations.store import PLACES
from services.calls.gatherings.store import GATHERINGS
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Transaction


async def create_gathering(tx: Transaction, id: str, body: GatheringBody, organisation_name: str) -> Gathering:
    """Into the calendar, and announced; or a draft. Raises AlreadyOver."""
    domain.check_to_come(body.ends_at, tx.now)
    content = body.model_dump(exclude={"draft"})
    stage = Stage.DRAFT if body.draft else Stage.PUBLISHED
    gathering = Gathering(id=id, organisation_name=organisation_name, stage=stage, **content)
    if not body.draft:
        gathering = gathering.replace(**_published(tx))
        tx.publish(gathering_published(gathering))
    await GATHERINGS.insert(tx, gathering)
    capacity = body.admission.capacity if body.admission else None
    await PLACES.insert(tx, Places(id=id, capacity=capacity))
    return gathering


async def publish_gathering(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Gathering:
    gathering = await editable(tx, id, caller, version)
    if gathering.stage is Stage.PUBLISHED:
        raise domain.GatheringAlreadyPublished("this gathering is public already", field="stage")
    domain.check_to_come(gathering.ends_at, tx.now)
    gathering = await GATHERINGS.change(tx, gathering, gathering.replace(**_published(tx)))
    tx.publish(gathering_published(gathering))
    return gathering


def _published(tx: Transaction) -> dict[str, Any]:
    return {"stage": Stage.PUBLISHED, "published_at": tx.now, "updated_at": tx.now}


async def change_gathering(
    tx: Transaction, id: str, content: GatheringContent, caller: Caller, version: ExpectedVersion
) -> Gathering:
    """New content; of a published one, the changes are announced, and told to each participant."""
    before = await editable(tx, id, caller, version)
    if content.organisation_id != before.organisation_id:
        raise NotFound("a gathering stays with its organisation", field="organisation_id")
    domain.check_to_come(content.ends_at, tx.now)
    values = {name: getattr(content, name) for name in GatheringContent.model_fields}
    told = domain.changes_in_words(before, before.replace(**values))
    if told and before.stage is Stage.PUBLISHED:
        values |= {"sequence": before.sequence + 1, "updated_at": tx.now}
        values["gone"] = domain.dropped(before, content.programme)
    after = await GATHERINGS.change(tx, before, before.replace(**values))
    await registrations.resize(tx, after)
    if told and after.stage is Stage.PUBLISHED:
        tx.publish(contract.GatheringChanged(gathering_id=id, gathering=facts(after), changes=told))
        await registrations.tell_participants(tx, id, facts(after), told)
    return after


async def cancel_gathering(
    tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion
) -> Gathering:
    """It stays readable, and in calendars for a while, as cancelled. Raises GatheringNotPublic."""
    gathering = await editable(tx, id, caller, version)
    if gathering.stage is not Stage.PUBLISHED:
        raise domain.GatheringNotPublic("this gathering is not public: there is nothing to cancel", field="stage")
    cancelled = {"stage": Stage.CANCELLED, "cancelled_because": reason, "cancelled_at": tx.now, "updated_at": tx.now}
    gathering = await GATHERINGS.change(tx, gathering, gathering.replace(sequence=gathering.sequence + 1, **cancelled))
    await registrations.close(tx, id)
    tx.publish(gathering_cancelled(gathering))
    await registrations.tell_participants(tx, id, facts(gathering), [reason], cancelled=True)
    return gathering


def facts(gathering: Gathering) -> contract.GatheringFacts:
    """What every event about a gathering carries; never the link to join."""
    fields = set(contract.GatheringFacts.model_fields.keys() & Gathering.model_fields.keys()) - {"place"}
    known = gathering.model_dump(include=fields)
    return contract.GatheringFacts(url=path(gathering.id), place=gathering.where[:300], **known)


def gathering_published(gathering: Gathering) -> contract.GatheringPublished:
    return contract.GatheringPublished(gathering_id=gathering.id, gathering=facts(gathering))


def gathering_cancelled(gathering: Gathering) -> contract.GatheringCancelled:
    because = gathering.cancelled_because
    return contract.GatheringCancelled(gathering_id=gathering.id, gathering=facts(gathering), reason=because)
