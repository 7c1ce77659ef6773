"""What a chapter consists of: acts, each on its day, and a table of what came of them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ccp.client import Json
from ccp.demo.cast import Cast


@dataclass(frozen=True)
class Act:
    """What happens on a day of 2016, in Brussels; `words` say it where it cannot be told."""

    on: datetime
    words: str
    play: Callable[[Cast], Awaitable[None]]


def act(on: str, words: str, play: Callable[[Cast], Awaitable[None]]) -> Act:
    return Act(datetime.fromisoformat(on), words, play)


@dataclass
class Outcome:
    """A table of what is the case now, and what is worth saying under it."""

    title: str
    columns: Sequence[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """`call` is the call that it is about; `report` reads what came of it through the API."""

    call: str
    acts: Sequence[Act]
    report: Callable[[Cast], Awaitable[Outcome]]


def euros(money: Json) -> str:
    """Cents as people read them: 1,280.40 EUR."""
    return f"{money['cents'] // 100:,}.{money['cents'] % 100:02} {money['currency']}"


def say(word: str) -> str:
    """A state as people say it: in assessment."""
    return word.replace("_", " ")
