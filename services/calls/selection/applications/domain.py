"""What an application is and may do (pure): its states, which cut-off it is for, what a receipt covers."""

import hashlib
import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from services.calls.audit.domain import Audited, said
from services.calls.catalogue.deadlines.domain import CutOff, DeadlineModel
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Status, status
from services.calls.files.domain import StoredFile
from services.calls.selection.applications.form import Answer, FormField, Name
from shared.clock import moment
from shared.errors import Refusal
from shared.ids import Id
from shared.models import Body, Document, Moment, Versioned
from shared.vocabulary import CallKind

MOST_SUBMISSIONS = 100
MOST_PARTNERS = 50


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # never submitted, and the cut-off has passed
    IN_ASSESSMENT = "in_assessment"
    SELECTED = "selected"
    RESERVE = "reserve"
    REJECTED = "rejected"
    OWN_COST = "own_cost"  # came late: a place, and no money
    CALLED_OFF = "called_off"  # waited for a decision or had a mission's place when the call was withdrawn


S = State
# What may be done, from which state, and where it leads.
TRANSITIONS: dict[str, dict[State, State]] = {
    "save": {S.DRAFT: S.DRAFT, S.SUBMITTED: S.SUBMITTED, S.WITHDRAWN: S.WITHDRAWN},
    "submit": {S.DRAFT: S.SUBMITTED, S.SUBMITTED: S.SUBMITTED, S.WITHDRAWN: S.SUBMITTED},
    "save late": {S.DRAFT: S.DRAFT, S.LAPSED: S.LAPSED, S.REJECTED: S.REJECTED, S.RESERVE: S.RESERVE},
    "join late": {S.DRAFT: S.OWN_COST, S.LAPSED: S.OWN_COST, S.REJECTED: S.OWN_COST, S.RESERVE: S.OWN_COST},
    "open": {S.DRAFT: S.LAPSED, S.SUBMITTED: S.IN_ASSESSMENT, S.WITHDRAWN: S.WITHDRAWN},
    "select": {S.IN_ASSESSMENT: S.SELECTED},
    "reserve": {S.IN_ASSESSMENT: S.RESERVE},
    "reject": {S.IN_ASSESSMENT: S.REJECTED},
    "promote": {S.RESERVE: S.SELECTED},
    "withdraw": dict.fromkeys((S.SUBMITTED, S.IN_ASSESSMENT, S.SELECTED, S.RESERVE, S.OWN_COST), S.WITHDRAWN),
    "claim": {S.SELECTED: S.SELECTED},
    "call off": dict.fromkeys((S.SUBMITTED, S.IN_ASSESSMENT, S.RESERVE, S.SELECTED, S.OWN_COST), S.CALLED_OFF),
}
HAS_A_PLACE = {State.SELECTED, State.OWN_COST}
WAITS = {State.SUBMITTED, State.IN_ASSESSMENT, State.RESERVE}


class Form(Versioned):
    """One version of a call's form; it never changes. Its id is `<call>:<version>`."""

    call_id: str
    fields: list[FormField]
    at: Moment


class ApplicationBody(Body):
    """What an applicant sends; a draft may leave answers open."""

    organisation_id: Id
    partners: list[Id] = Field(default=[], max_length=MOST_PARTNERS, description="Published organisations")
    answers: dict[Name, Annotated[Answer, Field(union_mode="smart")]] = Field(default={}, max_length=50)


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
    sealed: bool = True  # until its cut-off is opened, only the applicant reads it
    rank: int | None = None
    reason: str = ""
    commitment: int = 0  # cents set aside for it, once it is selected
    claim_id: str | None = None
    evidence: list[StoredFile] = Field(default=[])  # for the claim of its costs

    @property
    def held(self) -> int:
        """Cents that are set aside for it at this moment: of a reserve, none yet."""
        return self.commitment if self.state is State.SELECTED else 0

    def kept(self) -> dict[str, Any]:
        fields = {"state", "cut_off", "submissions", "receipt", "rank", "reason", "commitment", "claim_id"}
        return self.model_dump(mode="json", include=fields)


class Submission(Document):
    """What was submitted, as it was; never changed. Its id is `<application>:<number>`."""

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
        """What the receipt's hash covers."""
        named = self.model_dump(mode="json", exclude={"id", "hash", "at", "deadline"})
        return {**named, "at": said(self.at), "deadline": said(self.deadline)}

    def hashed(self) -> str:
        """SHA-256 over the facts as canonical JSON: keys sorted, no spaces, UTF-8."""
        text = json.dumps(self.facts(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class NotNow(Refusal):
    """The application's state does not allow it."""


class CutOffPassed(Refusal):
    """The moment until which applications are taken is over."""


class NotOpen(Refusal):
    """The call takes no applications at this moment."""


class NoForm(Refusal):
    """The call takes its applications elsewhere."""


class FormChanged(Refusal):
    """The form is another one by now; save the answers to it first."""


class AlreadyApplied(Refusal):
    """The organisation has an application at this cut-off."""


class NotEligible(Refusal):
    """The call's rules exclude the applicant."""


class TooManySubmissions(Refusal):
    """The last one counts, whichever number it has; one does not need so many."""


def next_state(state: State, step: str) -> State:
    """Raises NotNow."""
    ways = TRANSITIONS[step]
    if state not in ways:
        possible = " or ".join(sorted(ways))
        raise NotNow(f"'{step}' needs the state {possible}; this application is {state}", field="state")
    return ways[state]


def cut_off_ahead(call: Call, when: datetime) -> int:
    """The number, from 1, of the cut-off that one applies to. Raises NotOpen, CutOffPassed."""
    now = status(call, when)
    if now is Status.CLOSED:
        raise CutOffPassed(f"the last cut-off passed: {call.cut_offs[-1].words}", field="cut_off")
    if now not in {Status.OPEN, Status.CLOSING_SOON}:
        opens = (
            f": it opens on {moment(call.opens_at, call.timezone)}" if call.opens_at and call.opens_at > when else ""
        )
        raise NotOpen(f"this call is {now}{opens}", field="status")
    return 1 + sum(cut_off.deadline <= when for cut_off in call.cut_offs)


def check_in_time(call: Call, number: int, when: datetime) -> CutOff:
    """The cut-off of that number, if it is still ahead. Raises NotOpen, CutOffPassed."""
    ahead = cut_off_ahead(call, when)
    if ahead != number:
        raise CutOffPassed(f"the cut-off passed: {call.cut_offs[number - 1].words}", field="cut_off")
    return call.cut_offs[number - 1]


def takes_late_ones(call: Call, number: int, when: datetime) -> bool:
    """Whether one may still join at one's own cost: after the last cut-off, before the mission begins."""
    mission = call.mission
    if mission is None or not mission.late_at_own_cost or status(call, when) is not Status.CLOSED:
        return False
    return number == len(call.cut_offs) and when.date() < mission.starts_on


def is_second_stage(call: Call, number: int) -> bool:
    return call.model is DeadlineModel.TWO_STAGE and number == 2


def promises(call: Call, number: int) -> bool:
    """Whether to be selected there is to be given a place: not in the first of two stages."""
    return call.mission is not None and (call.model is not DeadlineModel.TWO_STAGE or number == len(call.cut_offs) == 2)
