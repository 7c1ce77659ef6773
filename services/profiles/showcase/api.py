"""HTTP for what an organisation shows beside its profile."""

from fastapi import APIRouter

from services.profiles.dependencies import CurrentRuntime, OptionalCaller, OrganisationId
from services.profiles.organisations.usecases import visible_organisation
from services.profiles.showcase.domain import Showcase
from services.profiles.showcase.usecases import showcase_of
from shared.http.problems import refusals

router = APIRouter(tags=["Organisations"])


@router.get(
    "/organisations/{id}/showcase",
    operation_id="read_showcase",
    summary="Read what an organisation publishes",
    responses=refusals({404: "Organisation not found, or not published and the caller does not belong to it"}),
)
async def read_showcase(id: OrganisationId, runtime: CurrentRuntime, caller: OptionalCaller) -> Showcase:
    """Return the calls, gatherings, partner requests and partnerships of an organisation: a few of each kind.

    The services that publish them list all, by `organisation_id`. Those of organisations that were merged into this one
    are included.
    """
    await visible_organisation(runtime.db, id, caller)
    return await showcase_of(runtime.db, id, runtime.db.now())
