"""Parsing of text that others send: a parser fails in one way, whatever it raises (pure)."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def parsed(parser: Callable[[str], T], text: str) -> T:
    """Return what the parser reads. Raise ValueError if it cannot be read.

    Parsers raise more than ValueError for odd input: RecursionError for deep nesting, OverflowError for far dates,
    AttributeError or IndexError for missing parts.
    """
    try:
        return parser(text)
    except Exception as error:
        raise ValueError(f"cannot be read: {text[:40]!r}") from error
