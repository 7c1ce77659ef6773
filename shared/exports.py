"""Exports: CSV (RFC 4180), JSON and GeoJSON, written while the database is read, with one batch in memory at a time."""

import asyncio
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from pydantic_core import to_json

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Batches = AsyncIterator[Sequence[T]]
Columns = Mapping[str, Callable[[T], Any]]
BATCH = 100
# What a spreadsheet reads as a formula where a cell begins: also after a line break, and after the characters that
# separate cells in other countries' CSV. Commas are missing, because quotation marks protect them.
FORMULA = re.compile("(^|[;\t\r\n])([ \u00a0]*)(?=[=+\\-@\t\r＝＋－＠])")
SIGNS = frozenset("=+-@\t\r＝＋－＠")
SIGN = re.compile("[=+\\-@\t\r＝＋－＠]")
SEPARATOR = re.compile("[;\t\r\n]")


def as_csv(name: str, batches: Batches[T], columns: Columns[T]) -> StreamingResponse:
    """Return a download of all batches as a CSV file with a header.

    It begins with a byte-order mark, without which Excel reads the file in a code page and shows wrong accents.
    """
    return _download(f"{name}.csv", "text/csv; header=present", _csv_parts(batches, columns))


async def _csv_parts(batches: Batches[T], columns: Columns[T]) -> AsyncIterator[bytes]:
    yield BOM_UTF8 + _line(columns).encode()
    async for batch in batches:
        yield await asyncio.to_thread(_lines, batch, [*columns.values()])


def _lines(batch: Sequence[T], columns: Sequence[Callable[[T], Any]]) -> bytes:
    return "".join(_line(cell(column(view)) for column in columns) for view in batch).encode()


def _line(cells: Iterable[Any]) -> str:
    """Return a line with every cell in quotes; the csv module takes several times as long for long texts."""
    texts = ["" if value is None else str(value).replace('"', '""') for value in cells]
    return '"' + '","'.join(texts) + '"\r\n'


def cell(value: Any) -> Any:
    """Return the content of a cell.

    The items of a list are joined by semicolons. What a spreadsheet would read as a formula gets an apostrophe in
    front of it, wherever a cell can begin.
    """
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        return FORMULA.sub(r"\1\2'", value) if _may_begin_a_formula(value) else value
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _may_begin_a_formula(text: str) -> bool:
    """Return whether a text begins like a formula, or may have several cells: most do not, and this is fast."""
    begins = text.lstrip(" \u00a0")[:1] in SIGNS
    return begins or (SEPARATOR.search(text) is not None and SIGN.search(text) is not None)


def as_json(name: str, batches: Batches[M]) -> StreamingResponse:
    """Return a download of all batches as one JSON array."""
    return as_json_array(name, _dumped(batches))


async def _dumped(batches: Batches[M]) -> AsyncIterator[list[Any]]:
    async for batch in batches:
        yield [view.model_dump(mode="json") for view in batch]


def as_json_array(name: str, batches: Batches[Any]) -> StreamingResponse:
    """Return a download of batches of JSON values as one array."""
    return _download(f"{name}.json", "application/json", _parts(batches, "[", "]\n"))


def as_geojson(name: str, batches: Batches[Any]) -> StreamingResponse:
    """Return a download of batches of features as one collection (RFC 7946)."""
    begin = '{"type":"FeatureCollection","features":['
    return _download(f"{name}.geojson", "application/geo+json", _parts(batches, begin, "]}\n"))


def _download(name: str, media_type: str, parts: AsyncIterator[bytes]) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


async def _parts(batches: Batches[Any], begin: str, end: str) -> AsyncIterator[bytes]:
    """Yield a list batch by batch. If the export breaks off, the closing bracket is missing and parsers notice."""
    separator = b""
    yield begin.encode()
    async for batch in batches:
        if batch:
            yield separator + (await asyncio.to_thread(to_json, batch))[1:-1]
            separator = b",\n"
    yield end.encode()
