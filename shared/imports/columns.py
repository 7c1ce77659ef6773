"""Names of fields in foreign files: ours, those of other harvests and of a mapping (pure).

Case, spaces and signs of a name do not count.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from shared.errors import Invalid
from shared.imports.cleaning import is_nothing
from shared.parsing import parsed
from shared.sentences import _

Names = Mapping[str, str]  # from a folded name of the file to the field
LONGEST_MAPPING = 5000


class Field(NamedTuple):
    """A field by its name, its name in tables if that is another one, and its other names."""

    name: str
    listed: str = ""
    others: str = ""

    @property
    def names(self) -> list[str]:
        """Return all names, those that count first in front."""
        return [name for name in (self.name, self.listed, *self.others.split()) if name]


@dataclass(frozen=True)
class Columns:
    """The fields that an import reads, and what its refusals say about a file of another kind.

    If a record has several names of one field, the first one with a value counts.
    """

    fields: Sequence[Field]
    needed: Sequence[str]
    things: str  # what the rows are: "calls"
    example: str  # names of columns, for a sentence
    mapping: Names = field(default_factory=dict)

    def mapped(self, mapping: Names) -> "Columns":
        """Return the columns of a file that has other names."""
        return replace(self, mapping=mapping)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by their folded names."""
        return {folded(name): field for field in self.fields for name in field.names}

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """Folded names, each with its place among the names of its field."""
        return {folded(name): rank for field in self.fields for rank, name in enumerate(field.names)}

    @property
    def taken(self) -> str:
        """A sentence that says what can be sent."""
        return f"Send JSON lines, a JSON array, or CSV whose first row names the columns, such as {self.example}."

    def read_mapping(self, text: str | None) -> Names:
        """Return a mapping that a client sent as JSON: {"name in the file": "our name"}. Raises Invalid."""
        try:
            given = parsed(json.loads, text) if text else {}
        except ValueError as error:
            raise Invalid(_("The mapping is not valid JSON."), field="columns") from error
        if not isinstance(given, dict) or not all(isinstance(name, str) for name in given.values()):
            raise Invalid(_("The mapping must be an object that names a field for each column."), field="columns")
        unknown = [name for name in given.values() if folded(name) not in self.by_name]
        if unknown:
            known = ", ".join(field.name for field in self.fields)
            words = _("{name} is not a known field. Use one of {known}.", name=repr(unknown[0][:40]), known=known)
            raise Invalid(words, field="columns")
        return {folded(name): folded(ours) for name, ours in given.items()}

    def field_of(self, name: str) -> Field | None:
        """Return the field that a column or key of a file means."""
        key = folded(name)
        return self.by_name.get(self.mapping.get(key, key))

    def missing(self, names: Iterable[str]) -> list[Field]:
        """Return the necessary fields that a file lacks."""
        present = {field for name in names if (field := self.field_of(name))}
        return [field for field in self.fields if field.name in self.needed and field not in present]

    def known_values(self, raw: Mapping[str, Any]) -> dict[Field, tuple[str, Any]]:
        """Return the values of a record by field, each with its name in the file. Empty values are left out."""
        named = [(name, value) for name, value in raw.items() if name is not None and not is_nothing(value)]
        found: dict[Field, tuple[int, str, Any]] = {}
        for name, value in named:
            field = self.field_of(name)
            if field is None:
                continue
            rank = -1 if folded(name) in self.mapping else self.ranks[folded(name)]
            if field not in found or rank < found[field][0]:
                found[field] = (rank, name, value)
        return {field: (name, value) for field, (_, name, value) in found.items()}

    def repeated(self, names: Sequence[str]) -> str | None:
        """Return the first name of a column that stands in the header twice."""
        known = [name for name in names if self.field_of(name)]
        return next((name for number, name in enumerate(known) if folded(name) in map(folded, known[:number])), None)


def folded(name: str) -> str:
    """Return a name without case, spaces and signs."""
    return re.sub(r"[\W_]+", "", name).casefold()
