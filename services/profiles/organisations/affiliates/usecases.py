"""Use cases of member organisations: read, add, change, remove and import them; the profile's numbers follow."""

from collections.abc import Mapping, Sequence

from services.profiles.organisations.affiliates.domain import (
    MOST,
    Affiliate,
    AffiliateBody,
    AffiliateOutcome,
    AffiliateRow,
    AlreadyListed,
    ListFull,
    affiliate_id,
    changed,
    entry_of,
    numbers_of,
)
from services.profiles.organisations.affiliates.reading import Line, Unread
from services.profiles.organisations.affiliates.store import (
    AFFILIATES,
    affiliates_among,
    count_by_kind,
    ids_by_name,
    list_affiliates,
)
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.people.usecases import administered
from services.profiles.organisations.profile import unmet_checklist
from services.profiles.organisations.review import Status, require_checklist_kept
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import is_editor, publish_profile, visible_organisation
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.paging import Page, Paging, decode_cursor, page_of
from shared.ids import new_id
from shared.imports.columns import folded
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

NOT_LISTED = _("The list does not have this member organisation any more. Read the list again.")


async def affiliates(reader: Reader, id: str, caller: Caller | None, paging: Paging) -> Page[Affiliate]:
    """Return a page of the list: all of it to editors and operators, else what is public. Raises NotFound, Invalid."""
    await visible_organisation(reader, id, caller)
    private = caller is not None and (caller.operator or await is_editor(reader, id, caller))
    after = None
    if paging.cursor:
        name, last = decode_cursor(paging.cursor, 2)
        after = (name, last)
    found = await list_affiliates(reader, id, private=private, after=after, limit=paging.limit + 1)
    return page_of(Affiliate, found, paging.limit, "name")


async def own_affiliate(reader: Reader, id: str, affiliate: str, caller: Caller) -> Affiliate:
    """Return a member organisation for an administrator of the organisation. Raises NotFound."""
    await administered(reader, id, caller)
    found = await AFFILIATES.get(reader, affiliate)
    if found is None or found.organisation_id != id:
        raise NotFound(NOT_LISTED)
    return found


async def add_affiliate(tx: Transaction, id: str, body: AffiliateBody, caller: Caller) -> Affiliate:
    """Add a member organisation to the list. Raises NotFound, WrongStatus, AlreadyListed, ListFull, ChecklistUnmet."""
    organisation = await _editable(tx, id, caller)
    await _require_new_name(tx, id, body.name)
    key = affiliate_id(id, body.name)
    if await AFFILIATES.get(tx, key):  # it has another name by now
        key = new_id()
    made = Affiliate(id=key, organisation_id=id, **body.model_dump())
    await AFFILIATES.insert(tx, made)
    await _follow(tx, organisation)
    return made


async def change_affiliate(
    tx: Transaction, id: str, affiliate: str, body: AffiliateBody, caller: Caller, version: ExpectedVersion
) -> Affiliate:
    """Change a member organisation. Raises NotFound, Stale, WrongStatus, AlreadyListed, ChecklistUnmet."""
    organisation = await _editable(tx, id, caller)
    before = await own_affiliate(tx, id, affiliate, caller)
    version.check(before.version)
    if folded(body.name) != folded(before.name):
        await _require_new_name(tx, id, body.name)
    values = {name: getattr(body, name) for name in AffiliateBody.model_fields}
    after = await AFFILIATES.change(tx, before, before.replace(**values))
    await _follow(tx, organisation)
    return after


async def remove_affiliate(tx: Transaction, id: str, affiliate: str, caller: Caller) -> None:
    """Remove a member organisation from the list. Raises NotFound, WrongStatus, ChecklistUnmet."""
    organisation = await _editable(tx, id, caller)
    await AFFILIATES.remove(tx, await own_affiliate(tx, id, affiliate, caller))
    await _follow(tx, organisation)


async def import_affiliates(tx: Transaction, id: str, lines: Sequence[Line], caller: Caller) -> list[AffiliateOutcome]:
    """Add and change member organisations, and return the outcome of each row; others stay.

    Raises NotFound, WrongStatus, ListFull, ChecklistUnmet: then nothing is stored.
    """
    organisation = await _editable(tx, id, caller)
    by_name = await ids_by_name(tx, id)
    keys = [key for _, row in lines if isinstance(row, AffiliateRow) for key in _possible(id, row, by_name)]
    known = await affiliates_among(tx, keys)
    made: list[AffiliateOutcome] = []
    seen: dict[str, int] = {}
    for line, row in lines:
        if isinstance(row, Unread):
            made.append(AffiliateOutcome(line=line, outcome="refused", name=row.name or None, reason=row.reason))
            continue
        key = entry_of(id, row, known, by_name)
        if (first := seen.setdefault(key, line)) != line:
            reason = f"Line {first} describes the same member organisation. Keep only one of the two lines."
            made.append(AffiliateOutcome(line=line, outcome="refused", name=row.body.name, reason=reason))
            continue
        by_name.setdefault(folded(row.body.name), key)
        made.append(await _store_row(tx, id, key, (line, row), known.get(key)))
    await _follow(tx, organisation)
    return made


def _possible(id: str, row: AffiliateRow, by_name: Mapping[str, str]) -> list[str]:
    """Return the ids that the member organisation of a row may have."""
    named = by_name.get(folded(row.body.name))
    return [affiliate_id(id, row.key or row.body.name), *([named] if named else [])]


async def _require_new_name(reader: Reader, id: str, name: str) -> None:
    """Raise AlreadyListed if the list has a member organisation of this name."""
    if folded(name) in await ids_by_name(reader, id):
        raise AlreadyListed(_("The list has a member organisation of this name. Change that one."), field="name")


async def _store_row(
    tx: Transaction, id: str, key: str, numbered: tuple[int, AffiliateRow], before: Affiliate | None
) -> AffiliateOutcome:
    line, row = numbered
    if before is None:
        made = Affiliate(id=key, organisation_id=id, **row.body.model_dump())
        await AFFILIATES.insert(tx, made)
        return AffiliateOutcome(line=line, outcome="created", id=made.id, name=made.name)
    after, changes = changed(before, row)
    if changes:
        await AFFILIATES.change(tx, before, after)
    outcome = "changed" if changes else "unchanged"
    return AffiliateOutcome.model_validate(
        {"line": line, "outcome": outcome, "id": before.id, "name": after.name, "changes": changes}
    )


async def _editable(tx: Transaction, id: str, caller: Caller) -> Organisation:
    """Return the organisation for one of its administrators. Raises NotFound, WrongStatus."""
    organisation = await administered(tx, id, caller)
    organisation.check_editable()
    return organisation


async def _follow(tx: Transaction, before: Organisation) -> None:
    """Store the numbers of members that the list has now, and publish them. Raises ListFull, ChecklistUnmet.

    Those of a public profile follow its list as soon as the list meets the checklist. The organisation stands for
    its list: each change writes or touches it, so that two at once are counted.
    """
    await tx.flush()
    counted = await count_by_kind(tx, before.id)
    if sum(counted.values()) > MOST:
        raise ListFull(_("A list has at most {most} member organisations. Remove some first.", most=MOST), field="body")
    members = numbers_of(counted) if counted else before.members
    after = before.replace(members=members, members_listed=bool(counted))
    if after.status is Status.PUBLISHED and after.members != before.members:
        if before.members_listed:
            require_checklist_kept(after, after.waived_by)
        elif unmet_checklist(after) and not after.waived_by:
            after = before  # the list has only begun: the numbers stay those that were reviewed
    if after == before:
        await ORGANISATIONS.touch(tx, before)
        return
    organisation = await ORGANISATIONS.change(tx, before, after.confirmed(tx.now))
    if organisation.status is Status.PUBLISHED:
        await publish_profile(tx, organisation)
