"""The page of an organisation: its profile, what it wrote here, and what it publishes in other services."""

from collections.abc import Sequence

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.profiles.achievements.domain import Achievement
from services.profiles.achievements.forms import CAUSES
from services.profiles.achievements.store import public_achievements
from services.profiles.dependencies import CurrentRuntime, OptionalCaller, OrganisationId
from services.profiles.organisations import usecases
from services.profiles.organisations.domain import Organisation, allows
from services.profiles.organisations.linked_data import linked_data
from services.profiles.organisations.pages import changed_parts, details_of, duplicates_of, members_of, state_of
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import role_in
from services.profiles.posts.domain import Post
from services.profiles.posts.forms import KINDS
from services.profiles.posts.store import public_posts
from services.profiles.showcase.usecases import showcase_of
from shared.mongo import Reader
from shared.web import pages
from shared.web.routes import page_router

POSTS_SHOWN = 3
ACHIEVEMENTS_SHOWN = 3
router = page_router()


@router.get("/organisations/{id}")
async def show_organisation(
    id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Show a profile; its editors also see its status, what is missing, and what to do next.

    A public one has its newest posts and achievements. A profile that was merged leads visitors to the one that stays.
    """
    if (stays := await usecases.stays(runtime.db, id, caller)) is not None:
        leads_on = {"Cache-Control": "no-store"}  # members of the merged one see its page
        return RedirectResponse(usecases.organisation_path(stays), 302, leads_on)
    organisation = await usecases.visible_organisation(runtime.db, id, caller)
    role = await role_in(runtime.db, id, caller.id) if caller else None
    edits = role in usecases.EDITORS
    wants_duplicates = edits and caller is not None and allows(organisation, "submit")
    alike = await usecases.public_duplicates(runtime.db, id, caller) if wants_duplicates and caller else []
    return pages.page(
        request,
        "organisation.html",
        resource=organisation,
        edits=edits,
        administers=role == usecases.ADMINISTRATOR,
        belongs=role is not None,
        withdraws=role == usecases.ADMINISTRATOR and allows(organisation, "withdraw"),
        state=state_of(organisation),
        posts=await posts_of(runtime.db, organisation),
        showcase=await showcase_of(runtime.db, organisation.id, runtime.db.now()),
        kinds=KINDS,
        achievements=await achievements_of(runtime.db, organisation),
        causes=CAUSES,
        members=members_of(organisation),
        changed=changed_parts(organisation),
        details=details_of(organisation),
        duplicates=duplicates_of(organisation, alike),
        linked_data=linked_data(organisation, request.app.state.settings.public_url),
    )


async def posts_of(reader: Reader, organisation: Organisation) -> Sequence[Post]:
    """Return the newest posts of a public organisation."""
    if organisation.status is not Status.PUBLISHED:
        return []
    return await public_posts(reader, {"organisation_id": organisation.id}, None, POSTS_SHOWN)


async def achievements_of(reader: Reader, organisation: Organisation) -> Sequence[Achievement]:
    """Return the newest achievements of a public organisation."""
    if organisation.status is not Status.PUBLISHED:
        return []
    return await public_achievements(reader, {"organisation_id": organisation.id}, None, ACHIEVEMENTS_SHOWN)
