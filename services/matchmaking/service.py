"""matchmaking, assembled."""

from fastapi import APIRouter

from services.matchmaking import PREFIXES, TAGS, api, partnerships
from services.matchmaking.handlers import HANDLERS
from services.matchmaking.snapshot import SNAPSHOT
from services.matchmaking.store import MEMBERSHIPS, ORGANISATIONS, PROPOSALS, REQUESTS
from services.matchmaking.usecases import propose_partners
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    router = APIRouter()
    for part in (api, partnerships):
        router.include_router(part.router)
    return Service(
        name="matchmaking",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        snapshot=SNAPSHOT,
        collections=[REQUESTS, PROPOSALS, ORGANISATIONS, MEMBERSHIPS, partnerships.PARTNERSHIPS],
        jobs={"propose_partners": propose_partners},
    )
