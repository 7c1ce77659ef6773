"""What a claim is and may do (pure): its lines, its states, who may take which step."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StrictInt, StringConstraints

from services.calls.audit.domain import Audited
from services.calls.files.domain import StoredFile, find
from services.calls.ledger.domain import Cents, due
from services.calls.terms import ByDay, Day, Mission, Text, days_of, over, today
from shared.clock import moment
from shared.errors import Invalid, Refusal
from shared.models import Body, Link

MOST_LINES = 100
MOST_CORRECTIONS = 100


class Category(StrEnum):
    TRAVEL = "travel"
    ACCOMMODATION = "accommodation"
    SUBSISTENCE = "subsistence"
    REGISTRATION = "registration"
    OTHER = "other"


class ClaimState(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"


C = ClaimState
# What may be done, from which state, and where it leads.
TRANSITIONS: dict[str, dict[ClaimState, ClaimState]] = {
    "return": {C.SUBMITTED: C.RETURNED, C.VALIDATED: C.RETURNED},
    "correct": {C.RETURNED: C.SUBMITTED},
    "validate": {C.SUBMITTED: C.VALIDATED},
    "approve": {C.VALIDATED: C.APPROVED},
    "pay": {C.APPROVED: C.PAID},
    "reject": dict.fromkeys((C.SUBMITTED, C.RETURNED, C.VALIDATED), C.REJECTED),  # what is approved was promised
}


class Evidence(Body):
    """A receipt: a file of the application, or one that lies elsewhere. Its hash and size say which was meant."""

    title: Text
    link: Link = Field("", pattern=r"^(https://|$)", description="Empty: a file that was uploaded to the application")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: StrictInt = Field(ge=1, le=100_000_000, description="Bytes")


class ClaimLine(Body):
    """One cost, in cents of a euro; what was paid in another currency is claimed at the rate that was paid."""

    category: Category
    cents: Annotated[Cents, Field(ge=1)]
    on: Day
    evidence: Evidence


class ClaimBody(Body):
    lines: list[ClaimLine] = Field(min_length=1, max_length=MOST_LINES)
    days: StrictInt | None = Field(None, ge=1, le=60, description="Days away; only where a lump sum is paid by days")


class Claim(Audited):
    """What one selected applicant claims of a mission."""

    application_id: str
    call_id: str
    call_title: str
    organisation_id: str
    organisation_name: str
    claimants: list[str]
    made_at: datetime
    state: ClaimState = ClaimState.SUBMITTED
    lines: list[ClaimLine]
    days: int | None = None
    commitment: int
    due: int
    corrections: int = 0
    reason: str = ""
    validated_by: str = ""
    approved_by: str = ""
    reference: str = ""

    def kept(self) -> dict[str, Any]:
        fields = {"state", "days", "commitment", "due", "reason", "validated_by", "approved_by", "reference"}
        return {**self.model_dump(mode="json", include=fields), "lines": self.digest()}

    def rests_on(self, file: StoredFile) -> bool:
        return any(line.evidence.sha256 == file.sha256 and not line.evidence.link for line in self.lines)

    def digest(self) -> str:
        """SHA-256 over the lines as canonical JSON."""
        lines = [line.model_dump(mode="json") for line in self.lines]
        text = json.dumps(lines, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class ClaimNotNow(Refusal):
    """The claim's state does not allow it."""


class NothingToClaim(Refusal):
    """No money was set aside for this application."""


class MissionNotOver(Refusal):
    """Costs are claimed once the mission is over."""


class ClaimAlreadyMade(Refusal):
    """One claim for each application; it can be returned and corrected."""


class OwnClaim(Refusal):
    """Nobody checks a claim of her own, or of her own organisation."""


class FourEyesNeeded(Refusal):
    """Who validated a claim is not who approves it."""


class LineInvalid(Invalid):
    """A cost that cannot have been paid, or of which the evidence is not there."""


class FileInUse(Refusal):
    """The claim rests on it: correct the claim, and what no line names any more is deleted."""


Reference = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


def next_state(state: ClaimState, step: str) -> ClaimState:
    """Raises ClaimNotNow."""
    ways = TRANSITIONS[step]
    if state not in ways:
        possible = " or ".join(sorted(ways))
        raise ClaimNotNow(f"'{step}' needs the state {possible}; this claim is {state}", field="state")
    return ways[state]


def check_over(mission: Mission, now: datetime) -> None:
    """Raises MissionNotOver."""
    if not over(mission, now):
        raise MissionNotOver(f"the mission ends on {mission.ends_on}; it is {moment(now)}", field="status")


def check_body(mission: Mission, body: ClaimBody, now: datetime) -> None:
    """Raises LineInvalid."""
    for number, line in enumerate(body.lines):
        if not date(2000, 1, 1) <= line.on <= today(now):
            raise LineInvalid("a cost is claimed once it was paid", field=f"lines.{number}.on")
    if not isinstance(mission.costs, ByDay):
        if body.days is not None:
            raise LineInvalid("this mission pays a share of the costs, not days", field="days")
    elif body.days is None or body.days > min(mission.costs.most_days, days_of(mission)):
        most = min(mission.costs.most_days, days_of(mission))
        raise LineInvalid(f"this mission pays by days: say how many, at most {most}", field="days")


def evidence_of(lines: Sequence[ClaimLine], files: Sequence[StoredFile]) -> list[StoredFile]:
    """The files that the lines name. Raises LineInvalid."""
    named: dict[str, StoredFile] = {}
    for number, line in enumerate(lines):
        if line.evidence.link:
            continue
        file = find(files, line.evidence.sha256)
        if file is None or file.size != line.evidence.size:
            raise LineInvalid("upload it to the application first", field=f"lines.{number}.evidence.sha256")
        named[file.sha256] = file
    return [*named.values()]


def owed(mission: Mission, body: ClaimBody, commitment: int) -> int:
    """In cents, never above the commitment."""
    return due(mission, sum(line.cents for line in body.lines), body.days or 0, commitment)


def check_eyes(claim: Claim, step: str, actor: str, belongs: bool) -> None:
    """`belongs`: whether who takes the step is of the claimant's organisation. Raises OwnClaim, FourEyesNeeded."""
    if belongs or actor in claim.claimants:
        raise OwnClaim("somebody else checks a claim of your organisation")
    if step == "approve" and actor == claim.validated_by:
        raise FourEyesNeeded("you validated this claim: somebody else approves it")


def with_claimant(claimants: Sequence[str], actor: str) -> list[str]:
    return sorted({*claimants, actor})
