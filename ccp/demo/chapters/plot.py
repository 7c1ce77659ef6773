"""The structure of a chapter: acts on certain days, and a table of the outcome."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ccp.client import Json
from ccp.demo.cast import Cast


@dataclass(frozen=True)
class Act:
    """A step of the story on a day of 2016 in Brussels. `words` describes it if it cannot be played."""

    on: datetime
    words: str
    play: Callable[[Cast], Awaitable[None]]


def act(on: str, words: str, play: Callable[[Cast], Awaitable[None]]) -> Act:
    return Act(datetime.fromisoformat(on), words, play)


@dataclass
class Outcome:
    """A table of the present state, with notes below."""

    title: str
    columns: Sequence[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """The story of one call; `report` reads the outcome through the API."""

    call: str
    acts: Sequence[Act]
    report: Callable[[Cast], Awaitable[Outcome]]


def euros(money: Json) -> str:
    """Return an amount for people: 1,280.40 EUR."""
    return f"{money['cents'] // 100:,}.{money['cents'] % 100:02} {money['currency']}"


def in_words(state: str) -> str:
    """Return a state for people: in assessment."""
    return state.replace("_", " ")
