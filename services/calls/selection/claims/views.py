"""Claims as API users read them, and the small bodies that change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.calls.ledger.domain import Money
from services.calls.selection.claims.domain import Claim, ClaimState, Reference
from services.calls.selection.claims.lines import ClaimLine
from shared.fields import Paragraphs
from shared.http.paging import Paging
from shared.models import Body


class Remark(BaseModel):
    """A remark on a line of a claim. It refuses nothing: the checker decides."""

    line: int = Field(description="Number of the line, from 1")
    code: Literal["receipt_in_another_claim", "paid_before_mission"]
    text: str
    claim_id: str | None = Field(description="Id of the other claim, if there is one")


class ClaimView(BaseModel):
    """A claim with its lines and amounts."""

    id: str
    version: int
    application_id: str
    call_id: str
    call_title: str
    organisation_id: str
    organisation_name: str
    made_at: datetime
    state: ClaimState
    lines: list[ClaimLine]
    days: int | None = Field(description="Days away, if the mission pays by days")
    total: Money = Field(description="Sum of the lines")
    commitment: Money = Field(description="Money set aside for the application")
    due: Money = Field(description="Amount that the cost scheme pays, at most the commitment")
    reason: str = Field(description="Why the claim was rejected, or returned the last time")
    reference: str = Field(description="Reference of the payment")

    remarks: list[Remark] = Field(
        default=[], description="Only for publishers of the call, and only if the claim is read by its id"
    )

    @classmethod
    def of(cls, claim: Claim, remarks: Sequence[Remark] = ()) -> "ClaimView":
        """Return the view of a claim."""
        amounts = {"total", "commitment", "due", "remarks"}
        return cls(
            **claim.model_dump(include=set(cls.model_fields) - amounts),
            total=Money(cents=sum(line.cents for line in claim.lines)),
            commitment=Money(cents=claim.commitment),
            due=Money(cents=claim.due),
            remarks=[*remarks],
        )


class ReasonBody(Body):
    """The reason why a claim is returned or rejected."""

    reason: Annotated[str, Paragraphs(2000, fewest=3)] = Field(description="The applicant reads it")


class Payment(Body):
    """A payment that was made."""

    reference: Reference = Field(description="Identifies the payment in the publisher's accounts")


class ClaimFilter(Paging):
    """Query parameters of a list of claims."""

    state: ClaimState | None = Field(None, description="Only claims in this state")
