"""Assembly of the service matchmaking."""

from fastapi import APIRouter

from services.matchmaking import PREFIXES, TAGS
from services.matchmaking.calls.store import CALLS
from services.matchmaking.examples import EXAMPLES
from services.matchmaking.handlers import HANDLERS
from services.matchmaking.loops import LOOPS
from services.matchmaking.organisations.store import MEMBERSHIP_VERSIONS, MEMBERSHIPS, ORGANISATIONS
from services.matchmaking.partnerships import api as partnerships
from services.matchmaking.partnerships import pages as partnership_pages
from services.matchmaking.partnerships.store import PARTNERSHIPS
from services.matchmaking.personal import PERSONAL
from services.matchmaking.requests import api as requests
from services.matchmaking.requests import pages as request_pages
from services.matchmaking.requests.matching import tell_matches
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.snapshot import SNAPSHOT
from services.matchmaking.suggestions import api as suggestions
from services.matchmaking.suggestions import pages as suggestion_pages
from services.matchmaking.suggestions.store import PROPOSALS
from services.matchmaking.suggestions.usecases import propose_partners
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    """Return the service."""
    router = APIRouter()
    for part in (request_pages, suggestion_pages, partnership_pages, requests, suggestions, partnerships):
        router.include_router(part.router)
    return Service(
        name="matchmaking",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        examples=EXAMPLES,
        snapshot=SNAPSHOT,
        forms=request_pages.FORMS,
        collections=[CALLS, REQUESTS, PROPOSALS, ORGANISATIONS, MEMBERSHIPS, MEMBERSHIP_VERSIONS, PARTNERSHIPS],
        personal=PERSONAL,
        loops=LOOPS,
        jobs={"propose_partners": propose_partners, "tell_matches": tell_matches},
    )
