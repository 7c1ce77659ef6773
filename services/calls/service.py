"""The service of calls: its routes, collections, handlers, jobs and loops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter

from services.calls import PREFIXES, TAGS
from services.calls.audit.store import ENTRIES
from services.calls.catalogue import api as calls
from services.calls.catalogue import documents, history, questions, updates, verdicts
from services.calls.catalogue.deadlines.store import CHANGES
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.vocabulary import Vocabulary
from services.calls.examples import EXAMPLES
from services.calls.feeds import api as feeds
from services.calls.feeds.calendars.tokens import TOKENS
from services.calls.gatherings import api as gatherings
from services.calls.gatherings import own as own_gatherings
from services.calls.gatherings.registrations import api as registrations
from services.calls.gatherings.registrations import usecases as participants
from services.calls.gatherings.registrations.store import PLACES, REGISTRATIONS
from services.calls.gatherings.store import GATHERINGS
from services.calls.handlers import HANDLERS
from services.calls.imports import api as imports
from services.calls.imports.store import RECORDS
from services.calls.ledger.store import LEDGERS
from services.calls.loops import LOOPS
from services.calls.members.store import MEMBERS
from services.calls.organisations.store import MEMBERSHIP_VERSIONS, MEMBERSHIPS, ORGANISATIONS
from services.calls.owners import drafts
from services.calls.pages import FORMS_OF_PAGES, PAGES
from services.calls.personal import PERSONAL
from services.calls.selection.applications import api as applications
from services.calls.selection.applications import own as own_calls
from services.calls.selection.applications import reserve
from services.calls.selection.applications.form import LONGEST_ANSWERS
from services.calls.selection.applications.store import APPLICATIONS, FORMS, SUBMISSIONS
from services.calls.selection.assessment import api as assessment
from services.calls.selection.assessment import assessors, scoring
from services.calls.selection.assessment.store import ASSESSMENTS, ROUNDS, STANDINGS
from services.calls.selection.claims import api as claims
from services.calls.selection.claims import evidence
from services.calls.selection.claims.store import CLAIMS
from services.calls.selection.places import api as places
from services.calls.snapshot import SNAPSHOT
from shared.fields import BYTES_PER_CHARACTER
from shared.files.domain import MOST_BYTES
from shared.files.store import BYTES, ORPHANED
from shared.imports.reading import MOST_BYTES as MOST_IMPORTED
from shared.imports.runs import CONTENTS as IMPORTED
from shared.imports.runs import RUNS
from shared.keyed_lock import KeyedLock
from shared.mongo import Collection, Database
from shared.service import Service
from shared.settings import Settings

PARTS = (
    feeds,  # /calls/{id}.ics before /calls/{id}
    *PAGES,
    imports,
    own_calls,  # /calls/own before /calls/{id}
    calls,
    drafts,
    history,
    verdicts,
    questions,
    updates,
    documents,
    own_gatherings,  # /gatherings/own before /gatherings/{id}
    gatherings,
    registrations,
    applications,
    assessment,
    assessors,
    scoring,
    places,
    claims,
    evidence,
)

# Limits of texts count characters, so that every script has the same room; these bodies have the bytes for it.
LARGE_JSON = BYTES_PER_CHARACTER * LONGEST_ANSWERS + 64 * 1024
BODY_LIMITS = {
    "/calls/import": MOST_IMPORTED,
    "/calls/{id}/files": MOST_BYTES,
    "/applications/{id}/files": MOST_BYTES,
    **dict.fromkeys(
        [
            "/calls",
            "/calls/{id}",
            "/calls/{id}/form",
            "/calls/{id}/applications",
            "/calls/{id}/rounds/{number}/decisions",
            "/applications/{id}",
            "/applications/{id}/assessment",
            "/gatherings",
            "/gatherings/{id}",
            "/gatherings/{id}/report",
        ],
        LARGE_JSON,
    ),
}


COLLECTIONS: list[Collection[Any]] = [
    CALLS,
    CHANGES,
    RECORDS,
    RUNS,
    IMPORTED,
    questions.QUESTIONS,
    updates.UPDATES,
    GATHERINGS,
    PLACES,
    REGISTRATIONS,
    TOKENS,
    ORGANISATIONS,
    MEMBERSHIPS,
    MEMBERSHIP_VERSIONS,
    MEMBERS,
    FORMS,
    APPLICATIONS,
    SUBMISSIONS,
    LEDGERS,
    ROUNDS,
    ASSESSMENTS,
    STANDINGS,
    CLAIMS,
    ENTRIES,
    ORPHANED,
    *BYTES.collections,
]


@dataclass(frozen=True)
class Resources:
    """Resources of a running service: the public address of the platform, locks by key, the words of all calls."""

    public_url: str
    locks: KeyedLock
    vocabulary: Vocabulary


def build(settings: Settings) -> Service:
    """Return the service."""
    router = APIRouter()
    for part in PARTS:
        router.include_router(part.router)
    return Service(
        name="calls",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        examples=EXAMPLES,
        snapshot=SNAPSHOT,
        forms=FORMS_OF_PAGES,
        collections=COLLECTIONS,
        jobs={**participants.JOBS, **reserve.JOBS},
        personal=PERSONAL,
        loops=LOOPS,
        body_limits=BODY_LIMITS,
        resources=partial(resources, settings=settings),
    )


@asynccontextmanager
async def resources(_: Database, *, settings: Settings) -> AsyncIterator[Resources]:
    """Provide the resources while the service runs."""
    yield Resources(settings.public_url, KeyedLock(), Vocabulary())
