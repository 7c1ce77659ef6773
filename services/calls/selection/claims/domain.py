"""Claims: their lines and states, and who may take which step (pure)."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, StrictInt

from services.calls.audit.domain import Audited, canonical_hash
from services.calls.ledger.domain import amount_due
from services.calls.selection.claims.lines import ClaimLine, LineInvalid, check_receipts
from services.calls.terms import ByDay, Mission, days_of, over, today
from shared.clock import moment
from shared.errors import Refusal
from shared.fields import Distinct, OneLine
from shared.files.domain import StoredFile
from shared.models import Body
from shared.sentences import Sentence, _, any_of

MOST_LINES = 100
MOST_CORRECTIONS = 100


class ClaimState(StrEnum):
    """State of a claim."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    VALIDATED = "validated"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"


class ClaimStep(StrEnum):
    """Step that changes the state of a claim."""

    RETURN = "return"
    CORRECT = "correct"
    VALIDATE = "validate"
    APPROVE = "approve"
    PAY = "pay"
    REJECT = "reject"


C = ClaimState
TRANSITIONS: Mapping[ClaimStep, Mapping[ClaimState, ClaimState]] = {
    ClaimStep.RETURN: {C.SUBMITTED: C.RETURNED, C.VALIDATED: C.RETURNED},
    ClaimStep.CORRECT: {C.RETURNED: C.SUBMITTED},
    ClaimStep.VALIDATE: {C.SUBMITTED: C.VALIDATED},
    ClaimStep.APPROVE: {C.VALIDATED: C.APPROVED},
    ClaimStep.PAY: {C.APPROVED: C.PAID},
    ClaimStep.REJECT: dict.fromkeys((C.SUBMITTED, C.RETURNED, C.VALIDATED), C.REJECTED),  # approved claims are paid
}
DONE: Mapping[ClaimStep, str] = {
    ClaimStep.RETURN: _("returned for correction"),
    ClaimStep.CORRECT: _("corrected"),
    ClaimStep.VALIDATE: _("validated"),
    ClaimStep.APPROVE: _("approved"),
    ClaimStep.PAY: _("paid"),
    ClaimStep.REJECT: _("rejected"),
}


class ClaimBody(Body):
    """A claim as the applicant sends it."""

    lines: Annotated[list[ClaimLine], Distinct(MOST_LINES, fewest=1)]
    days: StrictInt | None = Field(
        None, ge=1, le=60, description="Days away; only if the mission pays a lump sum by days"
    )


class Claim(Audited):
    """One selected applicant's claim for the costs of a mission."""

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

    def audited_state(self) -> dict[str, Any]:
        """Return the fields that the audit log repeats, and the hash of the lines."""
        fields = {"state", "days", "commitment", "due", "reason", "validated_by", "approved_by", "reference"}
        return {**self.model_dump(mode="json", include=fields), "lines": self.lines_hash()}

    def lines_hash(self) -> str:
        """Return SHA-256 over the lines as canonical JSON."""
        return canonical_hash([line.model_dump(mode="json") for line in self.lines])

    @property
    def receipts(self) -> set[str]:
        """The hashes of the evidence of all lines."""
        return {line.evidence.sha256 for line in self.lines}

    def names(self, file: StoredFile) -> bool:
        """Return whether a line names an uploaded file as its evidence."""
        return any(line.evidence.sha256 == file.sha256 and not line.evidence.link for line in self.lines)

    def corrected(self, body: ClaimBody, due: int, claimant: str) -> Self:
        """Return the claim with corrected lines. Raises ClaimStepNotAllowed."""
        state = next_state(self.state, ClaimStep.CORRECT)
        if self.corrections >= MOST_CORRECTIONS:
            raise ClaimStepNotAllowed(
                _(
                    "The claim was corrected {corrections} times, the most allowed. Contact the publisher.",
                    corrections=self.corrections,
                ),
                field="state",
            )
        return self.replace(
            state=state,
            lines=body.lines,
            days=body.days,
            due=due,
            corrections=self.corrections + 1,
            claimants=sorted({*self.claimants, claimant}),
        )

    def returned(self, reason: str) -> Self:
        """Return the claim as returned for correction; an earlier validation is void."""
        return self.replace(state=next_state(self.state, ClaimStep.RETURN), reason=reason, validated_by="")

    def validated(self, member_id: str) -> Self:
        """Return the claim as validated."""
        return self.replace(state=next_state(self.state, ClaimStep.VALIDATE), validated_by=member_id)

    def approved(self, member_id: str) -> Self:
        """Return the claim as approved."""
        return self.replace(state=next_state(self.state, ClaimStep.APPROVE), approved_by=member_id)

    def paid(self, reference: str) -> Self:
        """Return the claim as paid."""
        return self.replace(state=next_state(self.state, ClaimStep.PAY), reference=reference)

    def rejected(self, reason: str) -> Self:
        """Return the claim as rejected: nothing is due."""
        return self.replace(state=next_state(self.state, ClaimStep.REJECT), reason=reason, due=0)


class ClaimStepNotAllowed(Refusal):
    """The state of the claim does not allow the step."""


class NothingToClaim(Refusal):
    """No money was set aside for this application."""


class MissionNotOver(Refusal):
    """The mission has not ended, so its costs cannot be claimed."""


class ClaimAlreadyMade(Refusal):
    """The application has a claim already."""


class OwnClaim(Refusal):
    """The caller made the claim or belongs to the organisation that made it."""


class FourEyesNeeded(Refusal):
    """The member who validated a claim cannot approve it."""


class FileInUse(Refusal):
    """Lines of the claim name the file."""


Reference = Annotated[str, OneLine(80, fewest=1)]


def next_state(state: ClaimState, step: ClaimStep) -> ClaimState:
    """Return the state after a step. Raises ClaimStepNotAllowed."""
    transitions = TRANSITIONS[step]
    if state not in transitions:
        raise ClaimStepNotAllowed(
            _(
                "This claim is {state}. Only a claim that is {possible} can be {done}.",
                state=Sentence(str(state)),
                possible=any_of(sorted(transitions)),
                done=Sentence(DONE[step]),
            ),
            field="state",
        )
    return transitions[state]


def check_over(mission: Mission, now: datetime) -> None:
    """Raise MissionNotOver if the mission has not ended."""
    if not over(mission, now):
        raise MissionNotOver(
            _(
                "The mission ends on {ends_on}, and it is {now}. Claim the costs after its end.",
                ends_on=mission.ends_on,
                now=moment(now),
            ),
            field="status",
        )


def check_body(mission: Mission, body: ClaimBody, now: datetime) -> None:
    """Raise LineInvalid if a line or the number of days is impossible, or two lines name one receipt."""
    check_receipts(body.lines)
    for number, line in enumerate(body.lines):
        if not date(2000, 1, 1) <= line.on <= today(now):
            raise LineInvalid(
                _("Enter the day on which the cost was paid, today at the latest."), field=f"lines.{number}.on"
            )
    if not isinstance(mission.costs, ByDay):
        if body.days is not None:
            raise LineInvalid(_("This mission pays a share of the costs, not days. Leave out the days."), field="days")
        return
    most = min(mission.costs.most_days, days_of(mission))
    if body.days is None or body.days > most:
        raise LineInvalid(_("This mission pays by days. Enter the days away, at most {most}.", most=most), field="days")


def due_for(mission: Mission, body: ClaimBody, commitment: int) -> int:
    """Return the cents due for a claim, at most the commitment."""
    return amount_due(mission, sum(line.cents for line in body.lines), body.days or 0, commitment)


def check_four_eyes(claim: Claim, step: ClaimStep, actor: str, belongs: bool) -> None:
    """Raise OwnClaim or FourEyesNeeded if the actor may not take the step.

    `belongs` says whether the actor is a member of the organisation that made the claim.
    """
    if belongs or actor in claim.claimants:
        raise OwnClaim(_("This claim is yours or your organisation's. Ask another publisher of the call to check it."))
    if step is ClaimStep.APPROVE and actor == claim.validated_by:
        raise FourEyesNeeded(_("You validated this claim. Ask another publisher of the call to approve it."))
