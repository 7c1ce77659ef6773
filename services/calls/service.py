"""calls, assembled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter

from services.calls import PREFIXES, api, documents, importing, publishers, questions, updates
from services.calls.announce import CURRENT
from services.calls.applications import api as applications
from services.calls.applications import places
from services.calls.applications.store import APPLICATIONS, FORMS, SUBMISSIONS
from services.calls.assessment import api as assessment
from services.calls.assessment.store import ASSESSMENTS, ROUNDS, STANDINGS
from services.calls.claims import api as claims
from services.calls.claims import evidence
from services.calls.claims.store import CLAIMS
from services.calls.deadlines import api as deadlines
from services.calls.deadlines.store import CHANGES
from services.calls.eligibility import api as eligibility
from services.calls.feeds import api as feeds
from services.calls.feeds.tokens import TOKENS
from services.calls.files.domain import MOST_BYTES
from services.calls.files.store import BYTES, LOOSE
from services.calls.gatherings import api as gatherings
from services.calls.gatherings.store import GATHERINGS
from services.calls.handlers import HANDLERS
from services.calls.loops import LOOPS
from services.calls.missions import api as missions
from services.calls.missions.store import LEDGERS
from services.calls.registrations import api as registrations
from services.calls.registrations import usecases as participants
from services.calls.registrations.store import PLACES, REGISTRATIONS
from services.calls.store import CALLS
from services.calls.trail.store import ENTRIES
from services.calls.turns import Turns
from shared.mongo import Database
from shared.service import Service
from shared.settings import Settings

PARTS = (
    importing,
    api,
    deadlines,
    eligibility,
    questions,
    updates,
    documents,
    feeds,
    gatherings,
    registrations,
    applications,
    assessment,
    missions,
    claims,
    evidence,
)

LARGE_BODIES = {
    "/calls/import": importing.MOST_BYTES,
    "/calls/{id}/files": MOST_BYTES,
    "/applications/{id}/files": MOST_BYTES,
}


@dataclass(frozen=True)
class Resources:
    public_url: str
    turns: Turns


def build(settings: Settings) -> Service:
    router = APIRouter()
    for part in PARTS:
        router.include_router(part.router)
    return Service(
        name="calls",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        current=CURRENT,
        collections=[
            CALLS,
            CHANGES,
            importing.RECORDS,
            questions.QUESTIONS,
            updates.UPDATES,
            GATHERINGS,
            PLACES,
            REGISTRATIONS,
            TOKENS,
            publishers.ORGANISATIONS,
            publishers.MEMBERSHIPS,
            FORMS,
            APPLICATIONS,
            SUBMISSIONS,
            LEDGERS,
            ROUNDS,
            ASSESSMENTS,
            STANDINGS,
            CLAIMS,
            ENTRIES,
            LOOSE,
            *BYTES.collections,
        ],
        jobs={**participants.JOBS, **places.JOBS},
        loops=LOOPS,
        large_bodies=LARGE_BODIES,
        resources=partial(resources, settings=settings),
    )


@asynccontextmanager
async def resources(_: Database, *, settings: Settings) -> AsyncIterator[Resources]:
    yield Resources(settings.public_url.rstrip("/"), Turns())
