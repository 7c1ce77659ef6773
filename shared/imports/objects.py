"""Objects of JSON (pure): one a line, a list of them, or a single one."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from shared.decoding import HALVES, whole
from shared.imports.columns import Columns
from shared.imports.tables import Raw
from shared.parsing import parsed

NOT_JSON, NO_OBJECT = "line: The line is not valid JSON.", "line: The line must be a JSON object."
BROKEN = "The JSON array breaks in line {}. Correct it and send it again; nothing was imported."
DECODER = json.JSONDecoder()
SPACES = re.compile(r"[\s\ufeff]*")
ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")  # half of a character, or one of two halves


def read_objects(text: str, lines: Sequence[str]) -> Iterator[Raw]:
    """Yield the objects of a JSON array or document, or else of JSON lines. Raises ValueError for a broken array."""
    start = text.lstrip()
    if start.startswith("[") or (start.startswith("{") and _is_document(start)):
        yield from _elements(text)
        return
    for number, line in enumerate(lines, 1):
        if own := line.strip("\ufeff \t\r\n"):
            yield number, _object(own)


def check_names(rows: Iterable[Raw], columns: Columns) -> None:
    """Raise ValueError if no object of a file has a necessary field: the file is no list of its kind."""
    names = dict.fromkeys(name for _, raw in rows if isinstance(raw, dict) for name in raw)
    if not names:
        raise ValueError(
            f"The file is no list of {columns.things}: it has no JSON object that can be read. {columns.taken}"
        )
    if lacking := ", ".join(field.name for field in columns.missing(names)):
        own = ", ".join(filter(None, names))[:100] or "no names"
        raise ValueError(
            f"The file is no list of {columns.things}: no object has {lacking}; they have {own}. {columns.taken}"
        )


def _is_document(text: str) -> bool:
    """Return whether a text is one object of several lines."""
    try:
        parsed(json.loads, text.split("\n", 1)[0])
    except ValueError:
        try:
            parsed(json.loads, text)
        except ValueError:
            return False
        return True
    return False


def _object(line: str) -> dict[str, Any] | str:
    try:
        value = parsed(json.loads, line)
    except ValueError:
        return NOT_JSON
    return _row(value, line)


def _row(value: Any, text: str) -> dict[str, Any] | str:
    """Return an object without halves of characters, which a program leaves that cuts a text: no answer can have them.

    Bytes that could not be decoded stay in the values, so that the row is refused.
    """
    if not isinstance(value, dict):
        return NO_OBJECT
    return _whole(value) if ESCAPED.search(text) or not text.isascii() else value


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {whole(name): _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [*map(_whole, value)]
    return HALVES.sub("", value) if isinstance(value, str) else value


def _elements(text: str) -> Iterator[Raw]:
    """Yield the elements of an array, or one object, each with the number of its first line.

    The elements of an array in one line are numbered by their place.
    """
    position = _after_spaces(text, 0)
    if text[position] != "[":
        yield 1 + _line_ends(text, 0, position), _object(text.strip("\ufeff \t\r\n"))
        return
    line, counted = 1 + _line_ends(text, 0, position), position
    in_one_line = not _line_ends(text, position, len(text.rstrip()))
    position = _after_spaces(text, position + 1)
    while text[position : position + 1] != "]":
        line, counted = line + _line_ends(text, counted, position), position
        try:
            value, end = parsed(partial(DECODER.raw_decode, idx=position), text)
        except ValueError as error:
            raise ValueError(BROKEN.format(line)) from error
        yield line, _row(value, text[position:end])
        position = _after_spaces(text, end)
        if text[position : position + 1] not in (",", "]"):
            raise ValueError(BROKEN.format(line + _line_ends(text, counted, position)))
        line += in_one_line
        if text[position] == ",":
            position = _after_spaces(text, position + 1)
    if text[position + 1 :].strip():
        raise ValueError("Text follows the JSON array. Remove it, or send one object a line.")


def _after_spaces(text: str, position: int) -> int:
    found = SPACES.match(text, position)
    return found.end() if found else position


def _line_ends(text: str, start: int, end: int) -> int:
    """Return the number of line ends (LF, CR LF or CR) between two positions."""
    part = text[start:end]
    return part.count("\n") + part.count("\r") - part.count("\r\n")
