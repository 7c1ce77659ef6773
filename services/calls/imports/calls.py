"""Calls as an import creates and changes them (pure)."""

from datetime import datetime

from services.calls.catalogue.domain import Call, Source
from services.calls.imports.reconcile import Reconciled, with_past
from services.calls.imports.record import PORTAL


def imported_draft(id: str, source_id: str, reconciled: Reconciled, now: datetime) -> Call:
    """Return a new call, not published yet, from its reconciled records."""
    draft = Call.draft(id, reconciled.content, reconciled.cut_offs, now, PORTAL)
    return draft.replace(
        source=Source(name=PORTAL, id=source_id), provenance=reconciled.provenance, conflicts=reconciled.conflicts
    )


def reimported(before: Call, reconciled: Reconciled, now: datetime) -> Call:
    """Return a call with the content of its changed records.

    What only people say about it (organiser, eligibility, mission, documents) stays, as do its cut-offs.
    """
    content = reconciled.content.replace(
        organisation_id=before.organisation_id,
        eligibility=before.eligibility,
        mission=before.mission,
        documents=before.documents,
    )
    if content.opens_at is None and not content.forthcoming:
        has_opened = before.opens_at is not None and before.opens_at <= now
        content = content.replace(opens_at=before.opens_at if has_opened else now)
    call = before.with_content(content)
    return call.replace(provenance=reconciled.provenance, conflicts=reconciled.conflicts)


def rescheduled(call: Call, reconciled: Reconciled, now: datetime) -> Call:
    """Return a call with the cut-offs of its changed records; those that have passed stay."""
    cut_offs = with_past(call.cut_offs, reconciled.cut_offs, call.model, now)
    return call.with_cut_offs(cut_offs, now)


def is_over(call: Call, reconciled: Reconciled, now: datetime) -> bool:
    """Return whether a source calls it closed or its last cut-off has passed."""
    return reconciled.closed or call.closes_at <= now
