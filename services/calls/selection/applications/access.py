"""Who may act for an applicant, and the application or call that a request is about."""

from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.calls.organisations.domain import EDITORS, OrganisationCopy
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS, PUBLIC, public_copy
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.store import APPLICATIONS
from shared.auth import Caller
from shared.copies import wait_for_copy
from shared.errors import NotFound, not_found
from shared.mongo import Database, Reader
from shared.sentences import _


async def acts_for(reader: Reader, organisation_id: str, caller: Caller) -> bool:
    """Return whether the caller may apply for an organisation; operators need a membership, too."""
    membership = await MEMBERSHIPS.get(reader, f"{organisation_id}:{caller.id}")
    return membership is not None and membership.role in EDITORS


async def applicant_organisation(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """Return a published organisation that the caller may act for; wait for its copy. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        return await public_copy(db, organisation_id) if await acts_for(db, organisation_id, caller) else None

    organisation = await wait_for_copy(find)
    if organisation is None:
        raise NotFound(
            _("Organisation not found. Choose a published organisation in which you are an editor or administrator."),
            field="organisation_id",
        )
    return organisation


async def check_acts_for(db: Database, organisation_id: str, caller: Caller) -> None:
    """Raise NotFound unless the caller may act for an organisation, public or not; wait for its copies."""

    async def find() -> OrganisationCopy | None:
        return await ORGANISATIONS.get(db, organisation_id) if await acts_for(db, organisation_id, caller) else None

    if await wait_for_copy(find) is None:
        raise NotFound(
            _("Organisation not found. Choose one in which you are an editor or administrator."),
            field="organisation_id",
        )


async def organisations_named(reader: Reader, ids: list[str]) -> list[OrganisationCopy]:
    """Return the published organisations with these ids. Raises NotFound if one is missing."""
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}, **PUBLIC}, limit=len(ids) or 1)
    if missing := {*ids} - {organisation.id for organisation in organisations}:
        raise NotFound(
            _("Organisation {id} not found. Name published organisations only.", id=min(missing)), field="partners"
        )
    return organisations


async def own_application(reader: Reader, id: str, caller: Caller) -> Application:
    """Return an application of an organisation that the caller may act for. Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    if application is None or not await acts_for(reader, application.organisation_id, caller):
        raise not_found(application, _("Application not found."))
    return application


async def audited_application(reader: Reader, id: str, caller: Caller) -> Application:
    """Return an application whose audit log the caller may read. Raises NotFound.

    These are the applicant and, once the application is no longer sealed, the publisher of the call.
    """
    application = await APPLICATIONS.get(reader, id)
    if application and await acts_for(reader, application.organisation_id, caller):
        return application
    if application and not application.sealed:
        call = await call_of(reader, application)
        if await may_publish(reader, call.organisation_id, caller):
            return application
    raise not_found(application, _("Application not found."))


async def call_id_of(reader: Reader, application_id: str) -> str | None:
    """Return the id of the call of an application, for whose lock its requests queue; None if there is none."""
    rows = await APPLICATIONS.rows(reader, {"_id": application_id}, ["call_id"], limit=1)
    return str(rows[0]["call_id"]) if rows else None


async def call_of(reader: Reader, application: Application) -> Call:
    """Return the call that an application is for. Raises NotFound."""
    call = await CALLS.get(reader, application.call_id)
    if call is None:
        raise NotFound(_("Call not found."))
    return call
