"""From the body of an import to raw rows (pure): each has its values by name, or the reason why there are none.

The reader knows the format by the content. It is the only reader; clients send files as they are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice
from typing import Any

from shared.decoding import UNDECODED, decode
from shared.errors import Invalid
from shared.imports.columns import Columns, Names
from shared.imports.formats import kind_of_bytes, kind_of_text, refusal
from shared.imports.objects import check_names, read_objects
from shared.imports.tables import Raw, read_table, split_lines
from shared.sentences import _

NOT_DECODED = "line: The row is not UTF-8. Save the file as UTF-8, or state its charset."
JSON_TYPES = {"application/json", "application/x-ndjson", "application/jsonl"}
MEDIA_TYPES = ("application/x-ndjson", "application/json", "text/csv", "text/tab-separated-values")
# By the ending of a file's name; the content decides between the formats, and the name between a table and JSON lines.
BY_ENDING = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    "": "application/octet-stream",
}
MOST_ROWS = 5000  # of one file
MOST_BYTES = 16 * 1024 * 1024  # of one file


@dataclass(frozen=True)
class FileForm:
    """The media type, the charset and the mapping of columns that a client states for a file."""

    media_type: str = ""
    charset: str | None = None
    mapping: Names = field(default_factory=dict)

    @classmethod
    def of(cls, content_type: str, mapping: Names) -> "FileForm":
        """Return what a header and a mapping say."""
        header = Message()
        header["content-type"] = content_type
        return cls(header.get_content_type(), header.get_content_charset(), mapping)


def read_raw(
    body: bytes, form: FileForm, columns: Columns, most: int, is_row: Callable[[Mapping[str, Any]], bool]
) -> list[Raw]:
    """Return up to `most` raw rows. `is_row` says whether the values of a line make a record.

    Raises Invalid once for a file that is none of the formats, or no list of its kind.
    """
    columns = columns.mapped(form.mapping)
    try:
        return _raw_rows(_text(body, form, columns.taken), form, columns, most, is_row)
    except ValueError as error:
        raise Invalid(str(error), field="body") from error


def require_rows(number: int) -> None:
    """Raise Invalid for a file with too few rows or too many; `MOST_ROWS` + 1 stands for more."""
    if not 0 < number <= MOST_ROWS:
        raise Invalid(_("Send between 1 and {most} rows.", most=f"{MOST_ROWS:,}"), field="body")


def is_undecoded(value: object) -> bool:
    """Return whether a text has bytes that its charset does not have."""
    return isinstance(value, str) and bool(UNDECODED.search(value))


def _text(body: bytes, form: FileForm, taken: str) -> str:
    if kind := kind_of_bytes(body):
        raise ValueError(refusal(kind, taken))
    text = decode(body, form.charset)
    if kind := kind_of_text(text):
        raise ValueError(refusal(kind, taken))
    return text


def _raw_rows(
    text: str, form: FileForm, columns: Columns, most: int, is_row: Callable[[Mapping[str, Any]], bool]
) -> list[Raw]:
    lines = split_lines(text)
    objects = form.media_type in JSON_TYPES and any(line.lstrip().startswith("{") for line in lines)
    if not objects and text.lstrip()[:1] not in ("{", "["):
        return [*islice(read_table(lines, columns, is_row), most)]
    rows = [*islice(read_objects(text, lines), most)]
    if rows:
        check_names(rows, columns)
    return rows
