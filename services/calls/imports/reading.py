"""From the body of an import to records (pure): each row is a record, or has its reason and the rest goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from services.calls.imports import eu_portal, horizon_europe
from services.calls.imports.columns import COLUMNS
from services.calls.imports.record import Record
from shared.imports.columns import Field, Names
from shared.imports.reading import NOT_DECODED, FileForm, is_undecoded, read_raw
from shared.imports.reasons import reason_of

AMOUNTS = {"smallest": "budgetMin", "largest": "budgetMax", "grants": "expectedGrants"}


@dataclass(frozen=True)
class Refused:
    """A row that cannot be imported."""

    reason: str
    topic: str = ""  # id of the call in the source, if the row states one


Line = tuple[int, Record | Refused]  # the number of the line, from 1, and what it says


def read_lines(body: bytes, form: FileForm, most: int) -> list[Line]:
    """Return up to `most` rows. Raises Invalid once for a file that is none of the formats, or no list of calls."""
    rows = read_raw(body, form, COLUMNS, most, lambda raw: isinstance(read_row(raw, form.mapping), Record))
    return [(number, read_row(raw, form.mapping)) for number, raw in rows]


def read_row(raw: Mapping[str, Any] | str, mapping: Names) -> Record | Refused:
    """Return the record of a row, or the reason why it is none."""
    if isinstance(raw, str):
        return Refused(raw)
    columns = COLUMNS.mapped(mapping)
    values = columns.known_values(raw)
    names = {ours: name for field, (name, _) in values.items() for ours in (field.name, field.listed)}
    topic = next((str(value)[:160] for field, (_, value) in values.items() if field.name == "topicId"), "")
    if any(is_undecoded(value) for _, value in values.values()):
        return Refused(NOT_DECODED)
    try:
        fields = filter(None, (columns.field_of(name) for name in raw))
        of_list = all(field.listed for field in fields)  # the list has no other fields, such as a status
        return _record({field: value for field, (_, value) in values.items()}, of_list)
    except ValidationError as error:
        return Refused(reason_of(error, names | AMOUNTS), topic)


def _record(values: Mapping[Field, Any], of_list: bool) -> Record:
    """Return the record by the rules of its source: rows of the Horizon Europe list state an opening."""
    portal = {field.name: value for field, value in values.items()}
    if "openDate" in portal and of_list:
        listed = {field.listed: value for field, value in values.items()}
        return horizon_europe.to_record(horizon_europe.HorizonRow.model_validate(listed))
    return eu_portal.to_record(eu_portal.PortalRecord.model_validate(portal))
