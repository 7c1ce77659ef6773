"""Use cases of logos: replace the logo of an organisation, and remove it."""

from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import change_profile
from services.profiles.organisations.usecases import (
    editable,
    organisation_path,
    publish_profile,
    review_requested,
    visible_organisation,
)
from services.profiles.pictures.domain import Picture
from services.profiles.pictures.store import keep_picture
from shared.auth import Caller
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

NO_LOGO = _("Logo not found.")


async def replace_logo(
    tx: Transaction, logo: Picture, id: str, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store a new logo; that of a public profile awaits a review. Raises NotFound, Stale, WrongStatus."""
    before = await editable(tx, id, caller, version)
    await keep_picture(tx, logo)
    organisation = await change_profile(tx, before, before.with_logo(logo, tx.now))
    if organisation.status is Status.PUBLISHED:
        tx.publish(review_requested(organisation, "change"))
    return organisation


async def remove_logo(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Remove the logo of an organisation at once. Raises NotFound, Stale, WrongStatus."""
    before = await editable(tx, id, caller, version)
    if not before.logos:
        raise NotFound(NO_LOGO)
    organisation = await change_profile(tx, before, before.without_logo(tx.now))
    if organisation.status is Status.PUBLISHED:
        await publish_profile(tx, organisation)
    return organisation


async def visible_logo(reader: Reader, id: str, sha256: str, caller: Caller | None) -> tuple[Picture, bool]:
    """Return the logo that has this file, and whether everyone may see it. Raises NotFound."""
    organisation = await visible_organisation(reader, id, caller)
    picture = next((each for each in organisation.logos if each.rendition(sha256)), None)
    if picture is None:
        raise NotFound(NO_LOGO)
    is_public = organisation.status is Status.PUBLISHED and organisation.logo is not None
    return picture, is_public and organisation.logo == picture


def logo_path(id: str) -> str:
    """Return the path of the logo of an organisation."""
    return f"{organisation_path(id)}/logo"
