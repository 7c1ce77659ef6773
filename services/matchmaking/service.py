"""matchmaking, assembled."""

from services.matchmaking import PREFIXES, api
from services.matchmaking.announce import CURRENT
from services.matchmaking.handlers import HANDLERS
from services.matchmaking.store import MEMBERSHIPS, ORGANISATIONS, PROPOSALS, REQUESTS
from services.matchmaking.usecases import propose_partners
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    return Service(
        name="matchmaking",
        router=api.router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        current=CURRENT,
        collections=[REQUESTS, PROPOSALS, ORGANISATIONS, MEMBERSHIPS],
        jobs={"propose_partners": propose_partners},
    )
