"""The copy that matchmaking keeps of a call, and the words by which it is found (pure)."""

from collections.abc import Sequence

from pydantic import AwareDatetime

from shared.models import Versioned
from shared.words import WORD, fold


class CallCopy(Versioned):
    """A copy of a call, updated by events."""

    title: str
    url: str
    deadline: AwareDatetime
    over: bool = False  # closed or withdrawn
    words: tuple[str, ...] = ()
    about: tuple[str, ...] = ()  # countries, such as destinations


def folded_words(text: str) -> Sequence[str]:
    """Return the words of a text without case and accents, each once."""
    return sorted({*WORD.findall(fold(text))})
