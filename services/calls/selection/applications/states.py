"""The states of an application, and the steps that lead from one to the next (pure)."""

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import Refusal
from shared.sentences import Sentence, _, any_of


class State(StrEnum):
    """State of an application."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # never submitted before its cut-off
    IN_ASSESSMENT = "in_assessment"
    SELECTED = "selected"
    RESERVE = "reserve"
    REJECTED = "rejected"
    OWN_COST = "own_cost"  # a late application: it has a place and no money
    CANCELLED = "called_off"  # the call was withdrawn while it awaited a decision or had a place on the mission

    @property
    def words(self) -> str:
        """The state as a sentence continues "This application is ..."."""
        return STATE_WORDS[self]

    @property
    def has_place(self) -> bool:
        """Whether the application has a place on its mission."""
        return self in HAS_PLACE


class Step(StrEnum):
    """Step that changes the state of an application."""

    SAVE = "save"
    SUBMIT = "submit"
    SAVE_LATE = "save late"
    JOIN_LATE = "join late"
    OPEN = "open"
    SELECT = "select"
    RESERVE = "reserve"
    REJECT = "reject"
    PROMOTE = "promote"
    WITHDRAW = "withdraw"
    CLAIM = "claim"
    CANCEL = "call off"


S = State
TRANSITIONS: Mapping[Step, Mapping[State, State]] = {
    Step.SAVE: {S.DRAFT: S.DRAFT, S.SUBMITTED: S.SUBMITTED, S.WITHDRAWN: S.WITHDRAWN},
    Step.SUBMIT: {S.DRAFT: S.SUBMITTED, S.SUBMITTED: S.SUBMITTED, S.WITHDRAWN: S.SUBMITTED},
    Step.SAVE_LATE: {S.DRAFT: S.DRAFT, S.LAPSED: S.LAPSED, S.REJECTED: S.REJECTED, S.RESERVE: S.RESERVE},
    Step.JOIN_LATE: dict.fromkeys((S.DRAFT, S.LAPSED, S.REJECTED, S.RESERVE), S.OWN_COST),
    Step.OPEN: {S.DRAFT: S.LAPSED, S.SUBMITTED: S.IN_ASSESSMENT, S.WITHDRAWN: S.WITHDRAWN},
    Step.SELECT: {S.IN_ASSESSMENT: S.SELECTED},
    Step.RESERVE: {S.IN_ASSESSMENT: S.RESERVE},
    Step.REJECT: {S.IN_ASSESSMENT: S.REJECTED},
    Step.PROMOTE: {S.RESERVE: S.SELECTED},
    Step.WITHDRAW: dict.fromkeys((S.SUBMITTED, S.IN_ASSESSMENT, S.SELECTED, S.RESERVE, S.OWN_COST), S.WITHDRAWN),
    Step.CLAIM: {S.SELECTED: S.SELECTED},
    Step.CANCEL: dict.fromkeys((S.SUBMITTED, S.IN_ASSESSMENT, S.RESERVE, S.SELECTED, S.OWN_COST), S.CANCELLED),
}
DONE: Mapping[Step, str] = {
    Step.SAVE: _("saved before its cut-off"),
    Step.SUBMIT: _("submitted before its cut-off"),
    Step.SAVE_LATE: _("saved after the last cut-off"),
    Step.JOIN_LATE: _("submitted after the last cut-off"),
    Step.OPEN: _("opened for assessment"),
    Step.SELECT: _("selected"),
    Step.RESERVE: _("put on the reserve list"),
    Step.REJECT: _("rejected"),
    Step.PROMOTE: _("promoted from the reserve list"),
    Step.WITHDRAW: _("withdrawn"),
    Step.CLAIM: _("the basis of a claim"),
    Step.CANCEL: _("cancelled"),
}
STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: _("draft"),
    State.SUBMITTED: _("submitted"),
    State.WITHDRAWN: _("withdrawn"),
    State.LAPSED: _("lapsed"),
    State.IN_ASSESSMENT: _("in assessment"),
    State.SELECTED: _("selected"),
    State.RESERVE: _("on the reserve list"),
    State.REJECTED: _("rejected"),
    State.OWN_COST: _("accepted at its own cost"),
    State.CANCELLED: _("cancelled"),
}
HAS_PLACE = {State.SELECTED, State.OWN_COST}
NOT_APPLIED = {State.DRAFT, State.LAPSED, State.WITHDRAWN}
AWAITS_DECISION = {State.SUBMITTED, State.IN_ASSESSMENT, State.RESERVE}


class ApplicationStepNotAllowed(Refusal):
    """The state of the application does not allow the step."""


def next_state(state: State, step: Step) -> State:
    """Return the state after a step. Raises ApplicationStepNotAllowed."""
    transitions = TRANSITIONS[step]
    if state not in transitions:
        raise ApplicationStepNotAllowed(
            _(
                "This application is {state}. Only an application that is {possible} can be {done}.",
                state=Sentence(state.words),
                possible=any_of(sorted(allowed.words for allowed in transitions)),
                done=Sentence(DONE[step]),
            ),
            field="state",
        )
    return transitions[state]


def check_deletable(state: State) -> None:
    """Raise ApplicationStepNotAllowed unless the application is a draft that was never submitted."""
    if state is not State.DRAFT:
        raise ApplicationStepNotAllowed(
            _(
                "Only a draft can be deleted; this application is {state}. Withdraw it instead.",
                state=Sentence(state.words),
            ),
            field="state",
        )
