"""Rows of CSV (pure): the delimiter and the columns follow from the header, and every line belongs to a row.

A quotation mark that never closes would make the rest of the file one cell. A row of several lines therefore counts
only if its quotes close, its cells are as many as the columns, and no line in it is a row of its own. Else its first
line alone is refused, and the reader goes on with the next line.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.decoding import whole
from shared.imports.columns import Columns
from shared.imports.formats import refusal_of_header
from shared.text import counted

Raw = tuple[int, dict[str, Any] | str]  # number of the line, and the values by name, or why there are none
DELIMITERS = ",;\t|"
MOST_LINES = 1000  # of one row
TOO_LONG = f"line: A cell has more than {csv.field_size_limit():,} characters. Shorten it."
NOT_CLOSED = "line: A quotation mark opens in this line and does not close as it should. Check the quotation marks."


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, which end with LF, CR LF or CR, with their ends."""
    return list(io.StringIO(text, newline=""))


def read_table(lines: Sequence[str], columns: Columns, is_row: Callable[[dict[str, Any]], bool]) -> Iterator[Raw]:
    """Yield the rows under a header. `is_row` says whether the values of a line make a record.

    Raises ValueError if the first row does not name the columns.
    """
    position, delimiter, header = _header(lines, columns)
    while position < len(lines):
        number = position + 1
        cells, length = _row(lines, position, delimiter, len(header))
        alone = (_row([line], 0, delimiter, None)[0] or [] for line in lines[number : position + length])
        if any(_fits(own, header) and is_row(_named(header, own)) for own in alone):
            cells, length = None, 1
        position += length
        if cells is None:
            yield number, TOO_LONG if _is_too_long(lines[number - 1], delimiter) else NOT_CLOSED
        elif not any(map(str.strip, cells)):
            continue
        elif not _fits(cells, header):
            yield number, f"line: The row has {counted(len(cells), 'cell')}; it must have {len(header)}."
        else:
            yield number, _named(header, cells)


def _header(lines: Sequence[str], columns: Columns) -> tuple[int, str, list[str]]:
    """Return the position after the header, the delimiter, and the names of the columns."""
    position = _after_empty(lines, 0)
    delimiters = DELIMITERS
    if position < len(lines) and lines[position].lower().startswith("sep="):
        declared = lines[position][4:5]
        delimiters = declared if declared in DELIMITERS else DELIMITERS
        position = _after_empty(lines, position + 1)
    found = [(delimiter, *_row(lines, position, delimiter, None)) for delimiter in delimiters or DELIMITERS]
    headers = [([cell.strip() for cell in cells or []], delimiter, length) for delimiter, cells, length in found]
    names, delimiter, length = max(headers, key=lambda header: _known(header[0], columns))
    if lacking := columns.missing(names):
        needed = ", ".join(field.listed or field.name for field in lacking)
        raise ValueError(refusal_of_header(names, needed, columns.taken))
    if twice := columns.repeated(names):
        raise ValueError(f"The header names the column {twice!r} twice. Remove or rename one of the two.")
    return position + length, delimiter, [*map(whole, names)]


def _known(names: Sequence[str], columns: Columns) -> int:
    return sum(columns.field_of(name) is not None for name in names)


def _after_empty(lines: Sequence[str], position: int) -> int:
    return next((number for number in range(position, len(lines)) if lines[number].strip()), len(lines))


def _row(lines: Sequence[str], position: int, delimiter: str, columns: int | None) -> tuple[list[str] | None, int]:
    """Return the cells of the row that begins in a line, and its number of lines; no cells if its quotes are wrong."""
    numbers = range(position, min(len(lines), position + MOST_LINES))
    reader = csv.reader(map(lines.__getitem__, numbers), delimiter=delimiter, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return None, 1
    if reader.line_num > 1 and columns is not None and len(cells) != columns:
        return None, 1
    return cells, reader.line_num


def _is_too_long(line: str, delimiter: str) -> bool:
    """Return whether a cell that begins and ends in a line is longer than the reader allows."""
    return any(len(cell) > csv.field_size_limit() for cell in line.split(delimiter))


def _fits(cells: Sequence[str], header: Sequence[str]) -> bool:
    return len(cells) >= len(header) and not any(map(str.strip, cells[len(header) :]))


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, Any]:
    return {name: cell for name, cell in zip(header, cells, strict=False) if name}
