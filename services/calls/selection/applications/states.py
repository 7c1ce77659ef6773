"""The states of an application, and the steps that lead from one to the next (pure)."""

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import Refusal


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
        special = {State.RESERVE: "on the reserve list", State.OWN_COST: "accepted at its own cost"}
        return special.get(self, self.name.lower().replace("_", " "))

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
    Step.SAVE: "saved before its cut-off",
    Step.SUBMIT: "submitted before its cut-off",
    Step.SAVE_LATE: "saved after the last cut-off",
    Step.JOIN_LATE: "submitted after the last cut-off",
    Step.OPEN: "opened for assessment",
    Step.SELECT: "selected",
    Step.RESERVE: "put on the reserve list",
    Step.REJECT: "rejected",
    Step.PROMOTE: "promoted from the reserve list",
    Step.WITHDRAW: "withdrawn",
    Step.CLAIM: "the basis of a claim",
    Step.CANCEL: "cancelled",
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
        *others, last = sorted(allowed.words for allowed in transitions)
        possible = f"{', '.join(others)} or {last}" if others else last
        raise ApplicationStepNotAllowed(
            f"This application is {state.words}. Only an application that is {possible} can be {DONE[step]}.",
            field="state",
        )
    return transitions[state]
