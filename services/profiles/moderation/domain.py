"""Reports, the cases that they make, and what becomes of a case (pure)."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field, model_validator

from shared.addresses import EmailAddress
from shared.errors import Invalid, Refusal
from shared.fields import OneLine, Paragraphs
from shared.ids import stable_id
from shared.models import Body, Document, Model, Versioned
from shared.sentences import _

ThingKind = Literal["organisation", "post", "partner_request"]
Outcome = Literal["nothing_wrong", "warned", "taken_down"]
PATHS: dict[str, ThingKind] = {"organisations": "organisation", "posts": "post", "partner-requests": "partner_request"}
ABOUT = re.compile(rf"/({'|'.join(PATHS)})/([0-9a-zA-Z_.-]{{1,60}})")
MOST_KEPT = 100  # reports of a round whose words are kept; further ones are only counted


def thing_at(path: str) -> tuple[ThingKind, str]:
    """Return the kind and the id of the thing at a path. Raises Invalid."""
    found = ABOUT.fullmatch(path)
    if found is None:
        raise Invalid(
            _("Name the path of an organisation, a post or a partner request, such as /posts/<id>."), field="about"
        )
    return PATHS[found[1]], found[2]


class ReportCause(StrEnum):
    """Cause of a report, as the person who reports the thing sees it."""

    WRONG = "wrong"
    SPAM = "spam"
    OFFENSIVE = "offensive"
    RIGHTS = "rights"
    OTHER = "other"


class CaseStatus(StrEnum):
    """Status of a case."""

    OPEN = "open"
    DECIDED = "decided"
    OBJECTED = "objected"
    FINAL = "final"


class ReportBody(Body):
    """A report of a thing that is public."""

    about: Annotated[str, OneLine(100, fewest=3)] = Field(
        description="Path of a public organisation, post or partner request, such as /posts/<id>"
    )
    cause: ReportCause = Field(description="What is wrong with it")
    text: Annotated[str, Paragraphs(1000, fewest=10)] = Field(description="What exactly, for the operators only")
    email: EmailAddress | None = Field(
        None, description="Address of a visitor whom the operators may ask; members need not give it"
    )

    @property
    def thing(self) -> tuple[ThingKind, str]:
        """The kind and the id of the thing. Raises Invalid."""
        return thing_at(self.about)


class DecisionBody(Body):
    """A decision of an operator on a case."""

    outcome: Outcome = Field(description="Decision on the thing")
    reason: Annotated[str, Paragraphs(1000, fewest=3)] = Field(description="Reason, which the organisation reads")


class ObjectionBody(Body):
    """An objection of an organisation to a decision."""

    text: Annotated[str, Paragraphs(2000, fewest=10)] = Field(description="Why the decision is wrong")


class Thing(Model):
    """A thing that is public, and the organisation that answers for it."""

    kind: ThingKind
    id: str
    title: str
    url: str
    organisation_id: str
    organisation_name: str

    @property
    def case_id(self) -> str:
        """The id of its case."""
        return f"{self.kind}:{self.id}"


class ThingReport(Document):
    """A report as it is stored. Only operators read it, never the organisation that it is about."""

    case_id: str
    round: int
    cause: ReportCause
    text: str
    email: str | None = None
    member_id: str = ""  # empty: a visitor
    at: datetime


class CaseDecision(Model):
    """A decision on a case."""

    outcome: Outcome
    reason: str
    by: str = Field(description="Id of the operator")
    at: datetime


class CaseObjection(Model):
    """An objection to a decision."""

    text: str
    by: str = Field(description="Id of the member")
    at: datetime


class ModerationCase(Versioned):
    """All reports of one thing. Each round begins with a report and ends with a decision."""

    kind: ThingKind
    thing_id: str
    title: str
    url: str
    organisation_id: str
    organisation_name: str
    status: CaseStatus = CaseStatus.OPEN
    round: int = 1
    reports: int = Field(0, description="Number of reports since the last decision before it")
    first_at: datetime
    last_at: datetime
    decision: CaseDecision | None = None
    objection: CaseObjection | None = None

    @classmethod
    def of(cls, thing: Thing, now: datetime) -> "ModerationCase":
        """Return the case of a thing that was never reported before."""
        return cls(
            id=thing.case_id,
            kind=thing.kind,
            thing_id=thing.id,
            title=thing.title,
            url=thing.url,
            organisation_id=thing.organisation_id,
            organisation_name=thing.organisation_name,
            first_at=now,
            last_at=now,
        )

    @property
    def waits(self) -> bool:
        """Whether operators have to decide."""
        return self.status in {CaseStatus.OPEN, CaseStatus.OBJECTED}

    def reported(self, thing: Thing, now: datetime) -> "ModerationCase":
        """Return the case after another report; after a decision, it begins a new round."""
        named = self.replace(title=thing.title, organisation_name=thing.organisation_name, last_at=now)
        if self.waits:
            return named.replace(reports=self.reports + 1)
        return named.replace(
            status=CaseStatus.OPEN, round=self.round + 1, reports=1, first_at=now, decision=None, objection=None
        )

    def decided(self, body: DecisionBody, by: str, now: datetime) -> "ModerationCase":
        """Return the case after a decision; a decision on an objection is final. Raises NothingToDecide."""
        if not self.waits:
            raise NothingToDecide(_("This case is decided already. Read it again."), field="status")
        status = CaseStatus.FINAL if self.status is CaseStatus.OBJECTED else CaseStatus.DECIDED
        decision = CaseDecision(outcome=body.outcome, reason=body.reason, by=by, at=now)
        return self.replace(status=status, decision=decision)

    def objected(self, body: ObjectionBody, by: str, now: datetime) -> "ModerationCase":
        """Return the case after the objection of its organisation. Raises NothingToObject."""
        if not self.can_object:
            raise NothingToObject(
                _("An organisation objects once, to a warning or a removal. This case is not one of them."),
                field="status",
            )
        return self.replace(status=CaseStatus.OBJECTED, objection=CaseObjection(text=body.text, by=by, at=now))

    @property
    def can_object(self) -> bool:
        """Whether the organisation can object."""
        found_wrong = self.decision is not None and self.decision.outcome != "nothing_wrong"
        return self.status is CaseStatus.DECIDED and found_wrong

    def report_id(self, member_id: str) -> str:
        """Return the id of the report of a member in this round, so that there is only one."""
        return stable_id("report", self.id, str(self.round), member_id)


class ModerationEntry(Document):
    """An entry of the record of moderation; entries are added, and never changed."""

    case_id: str
    version: int = Field(description="Version of the case after it")
    action: Literal["reported", "decided", "objected"] = Field(description="What was done")
    outcome: str = Field("", description="Outcome of a decision")
    words: str = Field("", description="Reason of a decision, or text of an objection")
    title: str = Field(description="Title of the thing at that time")
    by: str = Field("", description="Id of the member or operator; empty: a visitor")
    at: datetime


class ReportReceipt(BaseModel):
    """Confirmation that a report was received."""

    about: str = Field(description="Path of the thing")
    title: str = Field(description="Title of the thing")
    at: datetime = Field(description="Time at which the report was received")


class ReportView(BaseModel):
    """A report as operators see it."""

    cause: ReportCause = Field(description="What is wrong, as the reporter sees it")
    text: str = Field(description="Words of the reporter")
    email: str | None = Field(None, description="Address of a visitor whom the operators may ask")
    member_id: str = Field("", description="Id of the member who reported it; empty: a visitor")
    at: datetime = Field(description="Time of the report")


class CaseView(ModerationCase):
    """A case; only operators see its reports, and who decided."""

    received: list[ReportView] = Field([], description="Newest reports of this round")

    @model_validator(mode="after")
    def _keeps_order(self) -> "CaseView":
        self.received.sort(key=lambda report: report.at, reverse=True)
        return self


class AlreadyReported(Refusal):
    """The member has reported this thing since the last decision on it."""


class NothingToDecide(Refusal):
    """The case does not wait for a decision."""


class NothingToObject(Refusal):
    """The organisation cannot object to this."""
