"""HTTP for logos of organisations: upload, download and removal."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.dependencies import UPLOADS, CurrentCaller, CurrentRuntime, OptionalCaller, OrganisationId
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.logos import usecases
from services.profiles.organisations.usecases import own_profile
from services.profiles.pictures.domain import PictureFile
from services.profiles.pictures.serving import DELIVERED, RECEIVED, REFUSED, deliver, receive_picture
from services.profiles.pictures.store import attach_picture, store_picture
from shared.files.serving import Hash
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Organisations"])
NOT_EDITABLE = "Organisation not found, or the caller is not one of its editors"
WRONG_STATUS = "The profile is in review, rejected or merged"
OF_A_CHANGE = {412: "The profile has changed since you read it", 428: "If-Match is missing"}


@router.put(
    "/organisations/{id}/logo",
    operation_id="upload_logo",
    dependencies=UPLOADS,
    summary="Upload the logo of an organisation",
    responses=refusals({404: NOT_EDITABLE, 409: WRONG_STATUS, **REFUSED, **OF_A_CHANGE}),
    **RECEIVED,
)
async def upload_logo(
    id: OrganisationId,
    q: Annotated[PictureFile, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Organisation:
    """Send the picture itself as the body: JPEG, PNG or WebP, at most 5 MiB and 24 million pixels.

    It is stored in a few sizes, without what cameras add. The logo of a published profile is public after a review;
    until then `change` has it.
    """
    organisation = await own_profile(runtime.db, id, caller)
    version.check(organisation.version)
    organisation.check_editable()
    logo = await store_picture(runtime.db, usecases.logo_path(id), await receive_picture(request), "")
    changed = await attach_picture(runtime.db, logo, usecases.replace_logo, id, caller, version)
    etag(response, changed.version)
    return changed


@router.get(
    "/organisations/{id}/logo/{sha256}",
    operation_id="download_logo",
    summary="Download the logo of an organisation",
    **DELIVERED,
)
async def download_logo(
    id: OrganisationId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return a file of the logo; one that is not public only to the organisation's members and to operators."""
    picture, is_public = await usecases.visible_logo(runtime.db, id, sha256, caller)
    return deliver(request, runtime.db, picture, sha256, public=is_public)


@router.delete(
    "/organisations/{id}/logo",
    operation_id="delete_logo",
    summary="Remove the logo of an organisation",
    responses=refusals({404: f"{NOT_EDITABLE}, or there is no logo", 409: WRONG_STATUS, **OF_A_CHANGE}),
)
async def delete_logo(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> Organisation:
    """Remove the logo at once, and the one that awaits a review."""
    changed = await runtime.db.transact(usecases.remove_logo, id, caller, version)
    etag(response, changed.version)
    return changed
