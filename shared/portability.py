"""The copy of a member's data: each service answers with what its table names, in sealed pieces."""

import asyncio
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from shared.consumer import Handlers
from shared.contracts.base import SealedPiece
from shared.contracts.profiles import ExportRequested
from shared.ids import new_id
from shared.jobs import Job, JobHandler, enqueue
from shared.mongo import Database, Transaction
from shared.personal import Holding, PersonalData
from shared.sealing import seal

EXPORT = "export_member"  # kind of the job
MOST_OF_A_KIND = 5000  # documents of one kind in a copy
PIECE = 40_000  # bytes of a piece; sealed and in base64 it fits into an event
MOST_PIECES = 250  # of one service: 10 MB, compressed

Content = Mapping[str, Sequence[Mapping[str, Any]]]


def export_handlers(personal: PersonalData) -> Handlers:
    """Return the handler of requests for a copy, for the table of a service."""
    return {ExportRequested: partial(on_export_requested, personal)}


def export_jobs(personal: PersonalData) -> Mapping[str, JobHandler]:
    """Return the job that makes the part of a service."""
    return {EXPORT: partial(export_job, personal)}


async def on_export_requested(_: PersonalData, tx: Transaction, event: ExportRequested) -> None:
    """Store the job that makes the part of this service."""
    await enqueue(tx, EXPORT, event.model_dump(mode="json"))


async def export_job(personal: PersonalData, db: Database, job: Job) -> None:
    """Publish what the service holds of a member, sealed. A repetition is another attempt."""
    request = ExportRequested.read(job.data)
    content = await content_of(personal, db, request.member_id)
    pieces = await asyncio.to_thread(sealed_pieces, content, b64decode(request.public_key))
    await db.transact(_publish, personal.exported, request.export_id, pieces)


async def content_of(personal: PersonalData, db: Database, member_id: str) -> Content:
    """Return what a service holds of a member, by kind: the newest 5,000, without secrets and what is of others."""
    person = await personal.person(db, member_id)
    content: dict[str, list[Mapping[str, Any]]] = {}
    for holding in personal.holdings:
        if holding.shown == ():
            continue
        newest = await holding.collection.find(db, holding.of(person), sort=[("_id", -1)], limit=MOST_OF_A_KIND)
        rows = [each.model_dump(mode="json", include=_shown(holding), exclude=set(holding.secret)) for each in newest]
        if rows:
            content[holding.what] = rows
    return content


def _shown(holding: Holding) -> set[str] | None:
    return None if holding.shown is None else set(holding.shown)


def sealed_pieces(content: Content, public_key: bytes) -> list[str]:
    """Return the content in sealed pieces. The kinds with the most documents are cut if it is too large."""
    packed = pack(content)
    while len(packed) > PIECE * MOST_PIECES:
        longest = max(content, key=lambda what: len(content[what]))
        content = {**content, longest: content[longest][: len(content[longest]) // 2]}
        packed = pack(content)
    parts = [packed[start : start + PIECE] for start in range(0, len(packed), PIECE)]
    return [b64encode(seal(public_key, part)).decode() for part in parts]


def pack(content: Content) -> bytes:
    """Return the content as compressed JSON."""
    return zlib.compress(json.dumps(content, ensure_ascii=False).encode(), 9)


def unpack(packed: bytes) -> Content:
    """Return the content that was packed."""
    content: Content = json.loads(zlib.decompress(packed))
    return content


async def _publish(tx: Transaction, exported: type[SealedPiece], export_id: str, pieces: Sequence[str]) -> None:
    attempt = new_id()
    for number, piece in enumerate(pieces, 1):
        tx.publish(exported(export_id=export_id, attempt=attempt, number=number, pieces=len(pieces), sealed=piece))
