"""Names of fields: ours, those of other harvests and of a mapping (pure). Case, spaces and signs do not count."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from shared.errors import Invalid
from shared.parsing import parsed

Names = Mapping[str, str]  # from a folded name of the file to the field


class Field(NamedTuple):
    """A field by its name in the EU portal's records and in the Horizon Europe list, and its other names."""

    portal: str
    listed: str = ""
    others: str = ""

    @property
    def names(self) -> list[str]:
        """Return all names, those that count first in front."""
        return [name for name in (self.portal, self.listed, *self.others.split()) if name]


# If a record has several names of one field, the first one with a value counts.
FIELDS = [
    Field("topicId", "code", "topicCode topicIdentifier topic identifier callId id"),
    Field("title", "name", "topicTitle callName"),
    Field("openDate", "open_date", "openingDate plannedOpeningDate startDate opensAt opens opening"),
    Field("deadline", "close_date", "deadlineDate closingDate submissionDeadline endDate closesAt closes closing"),
    Field("budgetMin", "budget_eur", "minContribution budget"),
    Field("budgetMax", "", "maxContribution"),
    Field("portalUrl", "link", "url href web"),
    Field("callStatus", "", "status topicStatus"),
    Field("deadlineModel"),
    Field("callIdentifier"),
    Field("callTitle"),
    Field("programme", "", "program frameworkProgramme"),
    Field("cluster"),
    Field("expectedGrants", "", "grants numberOfGrants"),
    Field("countries", "", "country eligibleCountries"),
    Field("keywords", "", "tags"),
    Field("crossCuttingPriorities"),
    Field("description", "", "objective"),
]
BY_NAME = {re.sub(r"[\W_]+", "", name).casefold(): field for field in FIELDS for name in field.names}
RANKS = {re.sub(r"[\W_]+", "", name).casefold(): rank for field in FIELDS for rank, name in enumerate(field.names)}
NEEDED = ["topicId", "title", "deadline"]
LONGEST_MAPPING = 5000


def folded(name: str) -> str:
    """Return a name without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", name).casefold()


def read_mapping(text: str | None) -> Names:
    """Return a mapping that a client sent as JSON: {"name in the file": "our name"}. Raises Invalid."""
    try:
        given = parsed(json.loads, text) if text else {}
    except ValueError as error:
        raise Invalid("The mapping is not valid JSON.", field="columns") from error
    if not isinstance(given, dict) or not all(isinstance(name, str) for name in given.values()):
        raise Invalid("The mapping must be an object that names a field for each column.", field="columns")
    unknown = [name for name in given.values() if folded(name) not in BY_NAME]
    if unknown:
        known = ", ".join(field.portal for field in FIELDS)
        raise Invalid(f"{unknown[0][:40]!r} is not a known field. Use one of {known}.", field="columns")
    return {folded(name): folded(ours) for name, ours in given.items()}


def field_of(name: str, mapping: Names) -> Field | None:
    """Return the field that a column or key of a file means."""
    key = folded(name)
    return BY_NAME.get(mapping.get(key, key))


def missing(names: Iterable[str], mapping: Names) -> list[str]:
    """Return the names of the necessary fields that a file lacks, as the list names them."""
    present = {field.portal for name in names if (field := field_of(name, mapping))}
    return [BY_NAME[folded(name)].listed for name in NEEDED if name not in present]


def known_values(raw: Mapping[str, Any], mapping: Names) -> dict[Field, tuple[str, Any]]:
    """Return the values of a record by field, each with its name in the file. Empty values are left out."""
    named = [(name, value) for name, value in raw.items() if value is not None and value != "" and name is not None]
    found: dict[Field, tuple[int, str, Any]] = {}
    for name, value in named:
        field = field_of(name, mapping)
        if field is None or (isinstance(value, str) and not value.strip()):
            continue
        rank = -1 if folded(name) in mapping else RANKS[folded(name)]
        if field not in found or rank < found[field][0]:
            found[field] = (rank, name, value)
    return {field: (name, value) for field, (_, name, value) in found.items()}


def repeated(names: Sequence[str], mapping: Names) -> str | None:
    """Return the first name of a column that stands in the header twice."""
    known = [name for name in names if field_of(name, mapping)]
    return next((name for number, name in enumerate(known) if folded(name) in map(folded, known[:number])), None)
