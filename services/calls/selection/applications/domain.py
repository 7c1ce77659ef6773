"""Applications: what they say, their states, and what a receipt covers (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field

from services.calls.audit.domain import Audited, canonical_hash, hashed_time
from services.calls.catalogue.domain import Call
from services.calls.selection.applications.form import AnswerValue, FieldName, FormField
from services.calls.selection.applications.states import State, Step, next_state
from shared.errors import Refusal
from shared.fields import Distinct
from shared.files.domain import StoredFile
from shared.ids import Id
from shared.models import Body, Document, Moment, Versioned
from shared.vocabulary import CallKind

MOST_SUBMISSIONS = 100
MOST_PARTNERS = 50


class Form(Versioned):
    """One version of a call's form; it never changes. Its id is `<call>:<version>`."""

    call_id: str
    fields: list[FormField]
    at: Moment


class ApplicationBody(Body):
    """An application as the applicant sends it; a draft may leave answers out."""

    organisation_id: Id = Field(description="The organisation that applies; it cannot change later")
    partners: Annotated[list[Id], Distinct(MOST_PARTNERS)] = Field(
        default=[], description="Ids of published organisations"
    )
    answers: dict[FieldName, Annotated[AnswerValue, Field(union_mode="smart")]] = Field(
        default={}, max_length=50, description="Answers by the names of the form's fields"
    )


class Content(NamedTuple):
    """Checked content of an application: answers that fit a version of the form, and existing partners."""

    form: int
    answers: dict[str, Any]
    partners: Sequence[str]


class Submission(Document):
    """An application as it was submitted; it never changes. Its id is `<application>:<number>`."""

    application_id: str
    number: int
    call_id: str
    cut_off: int
    deadline: Moment
    organisation_id: str
    partners: list[str]
    form: int
    answers: dict[str, Any]
    at: Moment
    hash: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what the hash of the receipt covers."""
        facts = self.model_dump(mode="json", exclude={"id", "hash"})
        return {**facts, "at": hashed_time(self.at), "deadline": hashed_time(self.deadline)}

    def facts_hash(self) -> str:
        """Return SHA-256 over the facts as canonical JSON."""
        return canonical_hash(self.facts())


class Application(Audited):
    """One organisation's application at one cut-off of a call."""

    call_id: str
    call_title: str
    call_kind: CallKind
    cut_off: int
    organisation_id: str
    organisation_name: str
    partners: list[str] = Field(default=[])
    by: str
    made_at: datetime
    form: int
    answers: dict[str, Any] = Field(default={})
    state: State = State.DRAFT
    submissions: int = 0
    submitted_at: datetime | None = None
    receipt: str = ""
    sealed: bool = True  # only the applicant reads it until the round of its cut-off is opened
    rank: int | None = None
    reason: str = ""
    commitment: int = 0  # cents to set aside once it is selected
    claim_id: str | None = None
    evidence: list[StoredFile] = Field(default=[])  # files for the claim

    @property
    def committed(self) -> int:
        """Cents that are set aside now; nothing is set aside for the reserve list."""
        return self.commitment if self.state is State.SELECTED else 0

    def audited_state(self) -> dict[str, Any]:
        """Return the fields that the audit log repeats."""
        fields = {"state", "cut_off", "submissions", "receipt", "rank", "reason", "commitment", "claim_id"}
        return self.model_dump(mode="json", include=fields)

    def saved(self, content: Content) -> Self:
        """Return the application with new content; an earlier submission stays as it was."""
        return self.replace(form=content.form, answers=content.answers, partners=[*content.partners])

    def submitted(self, submission: Submission, state: State) -> Self:
        """Return the application after a submission; a late one is public at once and gets no money."""
        late = state is State.OWN_COST
        return self.replace(
            state=state,
            submissions=submission.number,
            submitted_at=submission.at,
            receipt=submission.hash,
            commitment=0 if late else self.commitment,
            sealed=not late,
        )

    def withdrawn(self) -> Self:
        """Return the application as withdrawn. Raises ApplicationStepNotAllowed."""
        return self.replace(state=next_state(self.state, Step.WITHDRAW), commitment=0, evidence=[])

    def opened(self) -> Self:
        """Return the application after its round was opened: in assessment, lapsed, or still withdrawn."""
        state = next_state(self.state, Step.OPEN)
        return self.replace(state=state, sealed=state is not State.IN_ASSESSMENT)

    def decided(self, step: Step, rank: int | None, reason: str, commitment: int) -> Self:
        """Return the application with a decision. Raises ApplicationStepNotAllowed."""
        return self.replace(state=next_state(self.state, step), rank=rank, reason=reason, commitment=commitment)

    def promoted(self) -> Self:
        """Return the application as promoted: the reason why it was on the reserve list is now history."""
        return self.replace(state=next_state(self.state, Step.PROMOTE), reason="")

    def cancelled(self) -> Self:
        """Return the application as cancelled, because its call was withdrawn."""
        return self.replace(state=next_state(self.state, Step.CANCEL), commitment=0, evidence=[])

    def claimed(self, claim_id: str, evidence: Sequence[StoredFile]) -> Self:
        """Return the application with its claim and the files that the claim names."""
        return self.replace(claim_id=claim_id, evidence=[*evidence])


class CallHasNoForm(Refusal):
    """The call accepts applications elsewhere."""


class FormChanged(Refusal):
    """The answers were saved for an older version of the form."""


class AlreadyApplied(Refusal):
    """The organisation has an application at this cut-off."""


class NotEligible(Refusal):
    """The rules of the call exclude the applicant."""


class PlaceAlreadyHeld(Refusal):
    """The organisation has a place on the mission by another application."""


class TooManySubmissions(Refusal):
    """The application was submitted as often as is allowed."""


def new_submission(application: Application, call: Call, when: datetime) -> Submission:
    """Return the next submission of an application, with the hash of its facts."""
    number = application.submissions + 1
    submission = Submission(
        id=f"{application.id}:{number:04}",
        application_id=application.id,
        number=number,
        call_id=application.call_id,
        cut_off=application.cut_off,
        deadline=call.cut_off(application.cut_off).deadline,
        organisation_id=application.organisation_id,
        partners=application.partners,
        form=application.form,
        answers=application.answers,
        at=when,
    )
    return submission.replace(hash=submission.facts_hash())
