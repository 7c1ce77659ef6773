"""Imports that were run or rehearsed: their reports, and the files of rehearsals, kept for a week."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from pydantic import Field

from shared.clock import real_now
from shared.errors import Invalid, NotFound
from shared.ids import new_id
from shared.imports.outcomes import Outcome
from shared.models import Document
from shared.mongo import Collection, Database, index
from shared.sentences import _

KEPT = timedelta(days=7)
PIECE = 8 * 1024 * 1024  # bytes of one document, which MongoDB bounds
MOST_PIECES = 16
MOST_KEPT = 10  # imports of one member into organisations: each may hold a file of 16 MiB
AT_ONCE = 100  # older imports that are deleted together
GONE = _("Import not found. Reports and files are kept for a week, the last ten of each person; choose the file again.")
What = Literal["file", "report"]
WHATS: tuple[What, ...] = ("file", "report")


class Sent(NamedTuple):
    """A file as an operator or an administrator sent it."""

    body: bytes
    content_type: str
    columns: str | None
    name: str
    options: Mapping[str, str] = {}


class ImportReport(Protocol):
    """The report of an import."""

    dry_run: bool
    counts: dict[Outcome, int]

    def model_dump_json(self) -> str: ...


class ImportRun(Document):
    """An import of a file, or a rehearsal of it."""

    by: str
    name: str
    content_type: str
    columns: str | None
    dry_run: bool
    counts: dict[Outcome, int]
    at: datetime
    subject: str = ""  # what it is imported into, such as an organisation; empty: the platform
    options: dict[str, str] = Field(default={})
    expires_at: datetime


class ImportPiece(Document):
    """A part of a file or a report; MongoDB deletes it when it expires."""

    content: bytes
    expires_at: datetime


RUNS = Collection("import_runs", ImportRun, [index("expires_at", ttl=0), index("subject", "-at", "_id"), index("by")])
CONTENTS = Collection("import_contents", ImportPiece, [index("expires_at", ttl=0)])


async def keep_run(db: Database, report: ImportReport, sent: Sent, by: str, subject: str = "") -> ImportRun:
    """Store the report of an import, and the file of a rehearsal, so that it can be imported.

    Of imports into organisations, which everyone can have, only the last ten of a member are kept.
    """
    expires_at = real_now() + KEPT
    run = ImportRun(
        id=new_id(),
        by=by,
        name=sent.name,
        content_type=sent.content_type,
        columns=sent.columns,
        dry_run=report.dry_run,
        counts=report.counts,
        at=db.now(),
        subject=subject,
        options=dict(sent.options),
        expires_at=expires_at,
    )
    report_bytes = await asyncio.to_thread(lambda: report.model_dump_json().encode())
    await _keep(db, run, "report", report_bytes)
    if report.dry_run:
        await _keep(db, run, "file", sent.body)
    await RUNS.insert_new(db, [run])
    if subject:
        await _forget_older(db, by)
    return run


async def _forget_older(db: Database, by: str) -> None:
    """Delete all imports of a member into organisations but the last ones."""
    query = {"by": by, "subject": {"$ne": ""}}
    runs = await RUNS.find(db, query, sort=[("_id", -1)], limit=MOST_KEPT + AT_ONCE)
    older = runs[MOST_KEPT:]
    pieces = [id for run in older for what in WHATS for id in _piece_ids(run, what)]
    if older:
        await CONTENTS.delete(db, {"_id": {"$in": pieces}})
        await RUNS.delete(db, {"_id": {"$in": [run.id for run in older]}})


async def run_of(db: Database, id: str, subject: str = "") -> ImportRun:
    """Return an import. Raise NotFound if there is none, or a week has passed."""
    run = await RUNS.get(db, id)
    if run is None or run.expires_at <= real_now() or run.subject != subject:
        raise NotFound(GONE)
    return run


async def report_of(db: Database, run: ImportRun) -> bytes:
    """Return the report of an import, in JSON. Raises NotFound."""
    return await _kept(db, run, "report")


async def sent_again(db: Database, run: ImportRun) -> Sent:
    """Return the file of a rehearsal as it was sent. Raises Invalid, NotFound."""
    if not run.dry_run:
        raise Invalid(_("This import was stored already. Send the file again to import it once more."))
    return Sent(await _kept(db, run, "file"), run.content_type, run.columns, run.name, run.options)


async def newest_runs(db: Database, limit: int, subject: str = "") -> list[ImportRun]:
    """Return the newest imports and rehearsals."""
    query = {"subject": subject, "expires_at": {"$gt": real_now()}}
    return await RUNS.find(db, query, sort=[("at", -1), ("_id", 1)], limit=limit)


async def _keep(db: Database, run: ImportRun, what: What, content: bytes) -> None:
    for number, start in enumerate(range(0, max(len(content), 1), PIECE)):
        piece = content[start : start + PIECE]
        row = ImportPiece(id=_piece_id(run, what, number), content=piece, expires_at=run.expires_at)
        await CONTENTS.insert_new(db, [row])


async def _kept(db: Database, run: ImportRun, what: What) -> bytes:
    ids = _piece_ids(run, what)
    pieces = await CONTENTS.find(db, {"_id": {"$in": ids}}, limit=MOST_PIECES)
    if not pieces:
        raise NotFound(GONE)
    by_id = {piece.id: piece.content for piece in pieces}
    return b"".join(by_id[id] for id in ids if id in by_id)


def _piece_ids(run: ImportRun, what: What) -> list[str]:
    return [_piece_id(run, what, number) for number in range(MOST_PIECES)]


def _piece_id(run: ImportRun, what: What, number: int) -> str:
    return f"{run.id}:{what}:{number}"
