"""Assembly of the service matchmaking."""

from fastapi import APIRouter

from services.matchmaking import PREFIXES, TAGS
from services.matchmaking.handlers import HANDLERS
from services.matchmaking.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.matchmaking.partnerships import api as partnerships
from services.matchmaking.partnerships.store import PARTNERSHIPS
from services.matchmaking.requests import api as requests
from services.matchmaking.requests.store import REQUESTS
from services.matchmaking.snapshot import SNAPSHOT
from services.matchmaking.suggestions import api as suggestions
from services.matchmaking.suggestions.store import PROPOSALS
from services.matchmaking.suggestions.usecases import propose_partners
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    """Return the service."""
    router = APIRouter()
    for part in (requests, suggestions, partnerships):
        router.include_router(part.router)
    return Service(
        name="matchmaking",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        snapshot=SNAPSHOT,
        collections=[REQUESTS, PROPOSALS, ORGANISATIONS, MEMBERSHIPS, PARTNERSHIPS],
        jobs={"propose_partners": propose_partners},
    )
