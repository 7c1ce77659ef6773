"""From the body of an import to records; a line that cannot be read has its reason and the rest goes on (pure)."""

from collections.abc import Iterator
from itertools import islice

from pydantic import ValidationError

from services.calls.imports.eu_portal import read_portal
from services.calls.imports.horizon_europe import read_rows
from services.calls.imports.reasons import reason_of
from services.calls.imports.record import Record
from shared.errors import Invalid

Line = tuple[int, Record | str]  # number, from 1, and the record, or the reason why there is none


def read_lines(media_type: str, body: bytes, most: int) -> list[Line]:
    """Return up to `most` lines of a body: the Horizon Europe list if it is CSV, else records of the EU portal."""
    return [*islice(csv_rows(body) if media_type == "text/csv" else json_lines(body), most)]


def json_lines(body: bytes) -> Iterator[Line]:
    """Yield the records of the EU portal, one JSON object a line."""
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, read_portal(line)
            except ValidationError as error:
                yield number, reason_of(error)


def csv_rows(body: bytes) -> Iterator[Line]:
    """Yield the rows of the Horizon Europe list. Raises Invalid if the header is another one."""
    try:
        yield from read_rows(body.decode("utf-8-sig", errors="replace"))
    except ValueError as error:
        raise Invalid(str(error), field="body") from error
