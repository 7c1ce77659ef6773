"""From the body of an import to records (pure): each row is a record, or has its reason and the rest goes on.

The reader knows the format by the content. It is the only reader; clients send files as they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from pydantic import ValidationError

from services.calls.imports import eu_portal, horizon_europe
from services.calls.imports.columns import Field, Names, known_values
from services.calls.imports.formats import kind_of_bytes, kind_of_text, refusal
from services.calls.imports.objects import read_objects
from services.calls.imports.reasons import reason_of
from services.calls.imports.record import Record
from services.calls.imports.tables import Raw, read_table, split_lines
from shared.decoding import UNDECODED, decode
from shared.errors import Invalid

NOT_DECODED = "line: The row is not UTF-8. Save the file as UTF-8, or state its charset."
AMOUNTS = {"smallest": "budgetMin", "largest": "budgetMax", "grants": "expectedGrants"}
JSON_TYPES = {"application/json", "application/x-ndjson", "application/jsonl"}


@dataclass(frozen=True)
class Refused:
    """A row that cannot be imported."""

    reason: str
    topic: str = ""  # id of the call in the source, if the row states one


Line = tuple[int, Record | Refused]  # the number of the line, from 1, and what it says


@dataclass(frozen=True)
class FileForm:
    """What a client says about a file: the media type, the charset and a mapping of columns."""

    media_type: str = ""
    charset: str | None = None
    mapping: Names = field(default_factory=dict)


def read_lines(body: bytes, form: FileForm, most: int) -> list[Line]:
    """Return up to `most` rows. Raises Invalid once for a file that is none of the formats."""
    try:
        return [*islice(_rows(body, form), most)]
    except ValueError as error:
        raise Invalid(str(error), field="body") from error


def _rows(body: bytes, form: FileForm) -> Iterator[Line]:
    if kind := kind_of_bytes(body):
        raise ValueError(refusal(kind))
    text = decode(body, form.charset)
    if kind := kind_of_text(text):
        raise ValueError(refusal(kind))
    for number, raw in _raw_rows(text, form):
        yield number, read_row(raw, form.mapping)


def _raw_rows(text: str, form: FileForm) -> Iterator[Raw]:
    lines = split_lines(text)
    objects = form.media_type in JSON_TYPES and any(line.lstrip().startswith("{") for line in lines)
    if objects or text.lstrip()[:1] in ("{", "["):
        return read_objects(text, lines)
    return read_table(lines, form.mapping, lambda raw: isinstance(read_row(raw, form.mapping), Record))


def read_row(raw: Mapping[str, Any] | str, mapping: Names) -> Record | Refused:
    """Return the record of a row, or the reason why it is none."""
    if isinstance(raw, str):
        return Refused(raw)
    values = known_values(raw, mapping)
    names = {ours: name for field, (name, _) in values.items() for ours in (field.portal, field.listed)}
    topic = next((str(value)[:160] for field, (_, value) in values.items() if field.portal == "topicId"), "")
    if any(isinstance(value, str) and UNDECODED.search(value) for _, value in values.values()):
        return Refused(NOT_DECODED)
    try:
        return _record({field: value for field, (_, value) in values.items()})
    except ValidationError as error:
        return Refused(reason_of(error, names | AMOUNTS), topic)


def _record(values: Mapping[Field, Any]) -> Record:
    """Return the record by the rules of its source: rows of the list state an opening, and no status."""
    portal = {field.portal: value for field, value in values.items()}
    if "openDate" in portal and not {"callStatus", "deadlineModel"} & portal.keys():
        listed = {field.listed: value for field, value in values.items()}
        return horizon_europe.to_record(horizon_europe.HorizonRow.model_validate(listed))
    return eu_portal.to_record(eu_portal.PortalRecord.model_validate(portal))
