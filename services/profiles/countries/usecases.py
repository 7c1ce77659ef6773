"""Use cases of operators who write about countries, and the handler that copies what services announce."""

from typing import Any

from services.profiles.accounts.store import MEMBERS
from services.profiles.countries.domain import AnnouncedThing, CountryPage, CountryText, Edition, edition_id, thing_id
from services.profiles.countries.store import ANNOUNCED, COUNTRIES, EDITIONS, editions_of
from shared.auth import Caller
from shared.contracts import Event
from shared.contracts.announcements import announcement_of
from shared.contracts.profiles import CountryDescribed, OrganisationWithdrawn
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

OWN = "profiles"  # what this service publishes of an organisation ends with it, without events of its own
ONLY_OPERATORS = _("Only operators of the platform write about countries.")


async def write_country(
    tx: Transaction, code: str, text: CountryText, caller: Caller, version: ExpectedVersion
) -> tuple[CountryPage, Edition]:
    """Store a new edition, which only operators see until it is published. Raises NotAllowed, Stale."""
    caller.require_operator(ONLY_OPERATORS)
    before = await COUNTRIES.get(tx, code)
    page, edition = (before or CountryPage.blank(code)).written(text, caller.id, tx.now)
    version.check(before.version if before else 0)
    if before:
        page = await COUNTRIES.change(tx, before, page)
    else:
        page = page.replace(version=1)
        await COUNTRIES.insert(tx, page)
    await EDITIONS.insert(tx, edition)
    return page, edition


async def publish_edition(
    tx: Transaction, code: str, number: int, caller: Caller, version: ExpectedVersion
) -> CountryPage:
    """Let everyone read an edition, and tell those who follow the country.

    Raises NotAllowed, NotFound, Stale, AlreadyPublic.
    """
    edition = await edition_of(tx, code, number, caller)
    before = await COUNTRIES.get(tx, code)
    if before is None:
        raise NotFound(_("Edition not found."))
    version.check(before.version)
    page = await COUNTRIES.change(tx, before, before.shows(edition, tx.now))
    tx.publish(CountryDescribed(country=code, version=page.version, edition=number, url=country_path(code)))
    return page


async def edition_of(reader: Reader, code: str, number: int, caller: Caller) -> Edition:
    """Return an edition for an operator. Raises NotAllowed, NotFound."""
    caller.require_operator(ONLY_OPERATORS)
    edition = await EDITIONS.get(reader, edition_id(code, number))
    if edition is None:
        raise NotFound(_("Edition not found."))
    return edition


async def named_editions(reader: Reader, code: str, caller: Caller) -> list[tuple[Edition, str]]:
    """Return the last editions, the newest first, each with the name of its author. Raises NotAllowed."""
    caller.require_operator(ONLY_OPERATORS)
    editions = await editions_of(reader, code)
    ids = [*{edition.written_by for edition in editions}]
    members = await MEMBERS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    names = {member.id: member.name for member in members}
    return [(edition, names.get(edition.written_by, "")) for edition in editions]


async def author_of(reader: Reader, edition: Edition) -> str:
    """Return the name of the operator who wrote an edition; empty if they have no account any more."""
    member = await MEMBERS.get(reader, edition.written_by)
    return member.name if member else ""


async def on_announced(tx: Transaction, event: Event) -> None:
    """Keep the copy of what an event announces, and whether what belongs to an organisation ends with it."""
    told = announcement_of(event)
    known = await ANNOUNCED.get(tx, thing_id(told.kind, told.id))
    thing = AnnouncedThing.of(told, known.at if known else tx.occurred_at, tx.occurred_at)
    if isinstance(event, OrganisationWithdrawn):
        thing = thing.replace(merged_into=event.merged_into)
    of_organisation = told.service == OWN and thing.organisation_id and told.kind != "organisation"
    if of_organisation and (stays := await _staying(tx, thing.organisation_id)):
        thing = thing.replace(**_in_care_of(stays))
    await ANNOUNCED.keep_newest(tx, thing)
    if told.kind == "organisation" and (stays := await _staying(tx, told.id)):
        others = {"service": OWN, "organisation_id": told.id, "kind": {"$ne": "organisation"}}
        await ANNOUNCED.update(tx, others, {"$set": _in_care_of(stays)})


def _in_care_of(organisation: AnnouncedThing) -> dict[str, Any]:
    """Return what a thing keeps of its organisation."""
    own_id = organisation.id.partition(":")[2]
    return {"organisation_id": own_id, "organisation_name": organisation.title, "orphaned": organisation.over}


async def _staying(tx: Transaction, id: str) -> AnnouncedThing | None:
    """Return the copy of an organisation, or of the one into which it was merged at last.

    Events about these organisations conflict until this commits.
    """
    organisation, seen = await ANNOUNCED.get(tx, thing_id("organisation", id)), {id}
    while organisation:
        await ANNOUNCED.touch(tx, organisation)
        if not organisation.merged_into or organisation.merged_into in seen:
            break
        seen.add(organisation.merged_into)
        stays = await ANNOUNCED.get(tx, thing_id("organisation", organisation.merged_into))
        if stays is None:
            break
        organisation = stays
    return organisation


def edition_path(edition: Edition) -> str:
    """Return the path of an edition."""
    return f"{country_path(edition.code)}/editions/{edition.number}"


def country_path(code: str) -> str:
    """Return the path of the page of a country."""
    return f"/countries/{code}"
