"""Remarks for those who check a claim: a receipt that another claim names too, a cost paid before the mission."""

from collections.abc import Sequence
from datetime import date

from services.calls.catalogue.store import CALLS
from services.calls.selection.claims.access import may_check
from services.calls.selection.claims.domain import Claim
from services.calls.selection.claims.store import naming_receipts
from services.calls.selection.claims.views import Remark
from shared.auth import Caller
from shared.mongo import Reader


async def remarks_for(reader: Reader, claim: Claim, caller: Caller) -> list[Remark]:
    """Return the remarks on a claim, in order of its lines; none for those who do not check it."""
    if not await may_check(reader, claim, caller):
        return []
    call = await CALLS.get(reader, claim.call_id)
    others = await naming_receipts(reader, claim)
    early = paid_before(claim, call.mission.starts_on) if call and call.mission else []
    return sorted([*repeated(claim, others), *early], key=lambda remark: remark.line)


def repeated(claim: Claim, others: Sequence[Claim]) -> list[Remark]:
    """Return a remark for each line whose receipt another claim names too."""
    return [
        Remark(
            line=number,
            code="receipt_in_another_claim",
            text=f"The claim of {other.organisation_name} for {other.call_title} names this receipt too.",
            claim_id=other.id,
        )
        for number, line in enumerate(claim.lines, 1)
        for other in others
        if line.evidence.sha256 in other.receipts
    ]


def paid_before(claim: Claim, start: date) -> list[Remark]:
    """Return a remark for each line that was paid before the mission started, as a ticket may be."""
    return [
        Remark(
            line=number,
            code="paid_before_mission",
            text=f"Paid on {line.on}; the mission started on {start}.",
            claim_id=None,
        )
        for number, line in enumerate(claim.lines, 1)
        if line.on < start
    ]
