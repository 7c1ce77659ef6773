"""What waits for the publisher of a call: questions, rounds, decisions and claims, counted for many calls at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.calls.catalogue.access import call_path
from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.domain import Call
from services.calls.catalogue.questions import unanswered_by_call
from services.calls.catalogue.status import Stage, Status, status
from services.calls.selection.applications.states import NOT_APPLIED, State
from services.calls.selection.applications.store import numbers_by_round
from services.calls.selection.claims.domain import ClaimState
from services.calls.selection.claims.store import numbers_by_claim_state
from shared.mongo import Reader
from shared.web.i18n import _, translated, translated_number

TO_CHECK = (ClaimState.SUBMITTED, ClaimState.VALIDATED, ClaimState.APPROVED)
Numbers = dict[State, int]


@dataclass(frozen=True)
class ToDo:
    """A step that waits for the publisher, and the page on which they take it."""

    words: str
    path: str


@dataclass(frozen=True)
class Waiting:
    """The numbers of a call: its applications by cut-off and state, and what waits for its publisher."""

    call: Call
    now: datetime
    rounds: dict[int, Numbers] = field(default_factory=dict)
    questions: int = 0
    claims: int = 0

    @property
    def states(self) -> Numbers:
        """The number of applications by state."""
        states: Numbers = {}
        for numbers in self.rounds.values():
            for state, number in numbers.items():
                states[state] = states.get(state, 0) + number
        return states

    @property
    def applied(self) -> int:
        """The number of applications that were submitted and not withdrawn."""
        return _applied(self.states)

    @property
    def drafts(self) -> int:
        """The number of applications that were begun and never submitted."""
        return self.states.get(State.DRAFT, 0)

    @property
    def to_open(self) -> list[int]:
        """The numbers of the rounds whose cut-off has passed and whose applications are still sealed."""
        return [number for number, numbers in sorted(self.rounds.items()) if self._can_open(number, numbers)]

    @property
    def to_decide(self) -> dict[int, int]:
        """The number of applications that await a decision, by round."""
        waiting = {number: numbers.get(State.IN_ASSESSMENT, 0) for number, numbers in sorted(self.rounds.items())}
        return {number: count for number, count in waiting.items() if count}

    def _can_open(self, number: int, numbers: Numbers) -> bool:
        cut_off = self.call.every_cut_off.get(number)
        has_passed = cut_off is not None and (cut_off.deadline <= self.now or self.call.closed_at is not None)
        return self.call.stage is Stage.PUBLISHED and has_passed and numbers.get(State.SUBMITTED, 0) > 0

    @property
    def cut_offs(self) -> dict[int, CutOff]:
        """The cut-offs by number, with those that were dropped after organisations had applied."""
        numbered = self.call.numbered
        return {
            number: each for number, each in self.call.every_cut_off.items() if number in {**numbered, **self.rounds}
        }

    def applied_at(self, number: int) -> int:
        """Return the number of applications at a cut-off."""
        return _applied(self.rounds.get(number, {}))

    @property
    def steps(self) -> list[ToDo]:
        """The steps that wait for the publisher, the most urgent first."""
        return [*_own_steps(self), *_round_steps(self)]


def _applied(numbers: Numbers) -> int:
    return sum(number for state, number in numbers.items() if state not in NOT_APPLIED)


def _own_steps(waiting: Waiting) -> list[ToDo]:
    path = call_path(waiting.call.id)
    steps = []
    if waiting.call.stage is Stage.DRAFT:
        steps.append(ToDo(translated(_("Check the preview and publish the call")), f"{path}/manage"))
    if waiting.questions:
        words = translated_number("Answer %(num)d question", "Answer %(num)d questions", waiting.questions)
        steps.append(ToDo(words % {"num": waiting.questions}, f"{path}/questions"))
    if waiting.claims:
        words = translated_number("Check %(num)d claim", "Check %(num)d claims", waiting.claims)
        steps.append(ToDo(words % {"num": waiting.claims}, f"{path}/claims"))
    return steps


def _round_steps(waiting: Waiting) -> list[ToDo]:
    path = call_path(waiting.call.id)
    steps = []
    for number in waiting.to_open:
        words = translated_number(
            "Open the round with %(num)d application", "Open the round with %(num)d applications",
            waiting.applied_at(number),
        )  # fmt: skip
        steps.append(ToDo(words % {"num": waiting.applied_at(number)}, f"{path}/rounds/{number}"))
    for number, count in waiting.to_decide.items():
        words = translated_number("Decide on %(num)d application", "Decide on %(num)d applications", count)
        steps.append(ToDo(words % {"num": count}, f"{path}/rounds/{number}"))
    return steps


async def waiting_in(reader: Reader, calls: Sequence[Call], now: datetime) -> list[Waiting]:
    """Return what waits in each of the calls, with three queries for all of them."""
    ids = [call.id for call in calls]
    rounds = await numbers_by_round(reader, ids)
    questions = await unanswered_by_call(reader, ids)
    claims = await numbers_by_claim_state(reader, ids)
    return [
        Waiting(
            call,
            now,
            rounds.get(call.id, {}),
            questions.get(call.id, 0),
            sum(claims.get((call.id, state), 0) for state in TO_CHECK),
        )
        for call in calls
    ]


def by_status(waiting: Sequence[Waiting]) -> list[tuple[str, list[Waiting]]]:
    """Return calls under the headings of a publisher's page; headings without calls are left out."""
    groups = [
        (heading, [each for each in waiting if status(each.call, each.now) in wanted]) for heading, wanted in HEADINGS
    ]
    return [(heading, found) for heading, found in groups if found]


HEADINGS: list[tuple[str, set[Any]]] = [
    (_("Drafts"), {Status.DRAFT}),
    (_("Open"), {Status.OPEN, Status.CLOSING_SOON}),
    (_("Forthcoming"), {Status.FORTHCOMING}),
    (_("Closed"), {Status.CLOSED}),
    (_("Withdrawn"), {Status.WITHDRAWN}),
]
