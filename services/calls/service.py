"""calls, assembled."""

from fastapi import APIRouter

from services.calls import PREFIXES, api, gatherings, importing, publishers
from services.calls.announce import CURRENT
from services.calls.handlers import HANDLERS
from services.calls.loops import LOOPS
from services.calls.store import CALLS
from shared.service import Service
from shared.settings import Settings


def build(settings: Settings) -> Service:
    router = APIRouter()
    for part in (importing.router, api.router, gatherings.router):
        router.include_router(part)
    return Service(
        name="calls",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        current=CURRENT,
        collections=[CALLS, gatherings.GATHERINGS, publishers.ORGANISATIONS, publishers.MEMBERSHIPS],
        loops=LOOPS,
    )
