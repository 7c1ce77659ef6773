"""Import of organisations: an operator's list publishes them; the same list imported again changes nothing."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.profiles.organisations.domain import Organisation, draft
from services.profiles.organisations.imports.domain import (
    ImportedOrganisation,
    OrganisationRow,
    merged,
    own_change_kept,
    record_id,
    with_changes,
)
from services.profiles.organisations.imports.outcomes import ImportedRow, refused
from services.profiles.organisations.imports.store import IMPORTED, imported
from services.profiles.organisations.people.domain import InvitationBody
from services.profiles.organisations.people.usecases import store_invitation
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.review import Review, Status
from services.profiles.organisations.reviewing import keep_decision
from services.profiles.organisations.store import ORGANISATIONS, alike_to
from services.profiles.organisations.usecases import publish_profile
from shared.auth import Caller
from shared.errors import Refusal
from shared.forms.fields import said_of
from shared.imports.reasons import reason_of
from shared.mongo import Transaction
from shared.quota import claim
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform import organisations.")
NEW_ORGANISATIONS = "imports:organisations"  # two lists at once see which organisations the other one makes
LONGEST = 60  # characters of a value in the words of a change
LIKE = (
    "{name} may be the same organisation: its name, its website, or its city and words of its name are the same. "
    "Write its id, {id}, in the column organisation_id, or yes in the column is_new."
)


class Numbered(NamedTuple):
    """A row with its line, and the ids that a new organisation and an invitation get."""

    line: int
    row: OrganisationRow
    id: str
    invitation_id: str


async def import_rows(tx: Transaction, rows: Sequence[Numbered], source: str, caller: Caller) -> list[ImportedRow]:
    """Publish new organisations and what changed in known ones; return the outcome of each row.

    No key has two rows here.
    """
    known = await imported(tx, source, [each.row.key for each in rows])
    made = []
    for each in rows:
        try:
            made.append(await _import(tx, each, source, known.get(record_id(source, each.row.key)), caller))
        except ValidationError as error:
            made.append(refused(each.line, each.row, reason_of(error, {})))
        except Refusal as refusal:
            made.append(refused(each.line, each.row, str(refusal)))
    return made


async def _import(
    tx: Transaction, each: Numbered, source: str, known: ImportedOrganisation | None, caller: Caller
) -> ImportedRow:
    row = each.row
    id = known.organisation_id if known else row.organisation_id
    organisation = await ORGANISATIONS.get(tx, id) if id else None
    if organisation:
        return await _change(tx, each, organisation, known, source, caller)
    if row.organisation_id and not known:
        return refused(each.line, row, "organisation_id: No organisation has this id. Leave it empty for a new one.")
    return await _create(tx, each, source, caller)


async def _create(tx: Transaction, each: Numbered, source: str, caller: Caller) -> ImportedRow:
    """Publish a new organisation, unless it looks like a present one. Raises ChecklistUnmet, WrongProgramme."""
    row = each.row
    review = Review(outcome="publish", waived_by=row.programme)
    organisation = draft(each.id, row.profile, tx.now).submitted().reviewed(review).confirmed(tx.now)
    await claim(tx, NEW_ORGANISATIONS)
    alike = [] if row.is_new else await alike_to(tx, organisation, {})
    if alike:
        return refused(each.line, row, LIKE.format(name=alike[0].name, id=alike[0].id), alike[0].id)
    await ORGANISATIONS.insert(tx, organisation)
    await keep_decision(tx, organisation, "publish", [], caller, row.programme, source=source)
    await publish_profile(tx, organisation)
    told = []
    if row.administrator:
        invited = InvitationBody(email=row.administrator, role="administrator")
        await store_invitation(tx, each.invitation_id, organisation, invited)
        told = ["an administrator is invited"]
    await _keep(tx, row, source, organisation.id, dict(row.values))
    return _outcome(each, "created", organisation).model_copy(update={"changes": told})


async def _change(
    tx: Transaction,
    each: Numbered,
    before: Organisation,
    known: ImportedOrganisation | None,
    source: str,
    caller: Caller,
) -> ImportedRow:
    """Publish what a row changes, if the organisation is public. Raises ValidationError, ChecklistUnmet."""
    if before.status is not Status.PUBLISHED:
        reason = f"The profile has the status “{before.status.label}” and stays as it is."
        return _outcome(each, "unchanged", before).model_copy(update={"reason": reason})
    present = before.model_dump(mode="json", include={*OrganisationProfile.model_fields})
    said = known.values if known else {}
    found = own_change_kept(merged(each.row.values, said, present), before, said)
    organisation = before
    if found.changes:
        after = with_changes(before, found.changes, tx.now)
        organisation = await ORGANISATIONS.change(tx, before, after)
        await keep_decision(tx, organisation, "accepted", [], caller, source=source)
        await publish_profile(tx, organisation)
    if known is None or found.values != known.values:
        await _keep(tx, each.row, source, before.id, found.values)
    row = _outcome(each, "changed" if found.changes else "unchanged", organisation)
    changes = [_in_words(name, present[name], value) for name, value in found.changes.items()]
    return row.model_copy(update={"changes": changes, "kept": [said_of(name) for name in found.kept]})


async def _keep(tx: Transaction, row: OrganisationRow, source: str, id: str, values: dict[str, Any]) -> None:
    """Store what a list says, for the next import of it."""
    said = ImportedOrganisation(
        id=record_id(source, row.key), organisation_id=id, source=source, key=row.key, values=values
    ).to_mongo()
    await IMPORTED.update(tx, {"_id": said.pop("_id")}, {"$set": said}, upsert=True)


def _outcome(each: Numbered, outcome: Any, organisation: Organisation) -> ImportedRow:
    return ImportedRow(line=each.line, outcome=outcome, id=organisation.id, key=each.row.key, name=organisation.name)


def _in_words(name: str, before: object, after: object) -> str:
    """Return a change in words."""
    return f"{said_of(name)}: {_short(before)} → {_short(after)}"


def _short(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{name} {number}" for name, number in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
    return f"{text[: LONGEST - 1]}…" if len(text) > LONGEST else text or "–"
