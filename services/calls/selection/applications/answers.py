"""Answers for people (pure): the fields of a form on a page, and answers as they are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.calls.ledger.domain import in_euros
from services.calls.selection.applications.form import (
    LONGEST_LONG_TEXT,
    LONGEST_TEXT,
    Answers,
    AnswersInvalid,
    FieldKind,
    FormField,
    check_answers,
)
from shared.forms.fields import COUNTRY
from shared.models import LONGEST_LINK

Json = dict[str, Any]


def answers_schema(fields: Sequence[FormField]) -> Json:
    """Return the JSON schema of the answers to a form, with the words of the form for labels and hints."""
    return {
        "type": "object",
        "properties": {field.name: _described(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }


def _described(field: FormField) -> Json:
    hint = " ".join(part for part in (field.help.strip(), bounds_in_words(field)) if part)
    return {**SHAPES[field.kind](field), "label": field.label, "description": hint}


SHAPES: Mapping[FieldKind, Callable[[FormField], Json]] = {
    FieldKind.TEXT: lambda field: {"type": "string", "format": "line", "maxLength": field.most or LONGEST_TEXT},
    FieldKind.LONG_TEXT: lambda field: {
        "type": "string",
        "format": "text",
        "maxLength": field.most or LONGEST_LONG_TEXT,
    },
    FieldKind.NUMBER: lambda _: {"type": "number"},
    FieldKind.MONEY: lambda _: {"type": "integer", "format": "cents"},
    FieldKind.CHOICE: lambda field: {"type": "string", "enum": field.options},
    FieldKind.CHOICES: lambda field: {"type": "array", "items": {"type": "string", "enum": field.options}},
    FieldKind.DATE: lambda _: {"type": "string", "format": "date"},
    FieldKind.COUNTRY: lambda _: {"type": "string", "pattern": COUNTRY},
    FieldKind.YES_NO: lambda _: {"type": "boolean", "format": "yes_or_no"},
    FieldKind.LINK: lambda _: {"type": "string", "format": "uri", "maxLength": LONGEST_LINK},
}
UNITS = {
    FieldKind.TEXT: " characters",
    FieldKind.LONG_TEXT: " characters",
    FieldKind.CHOICES: " of them",
}


def bounds_in_words(field: FormField) -> str:
    """Return the bounds of an answer for the one who writes it; empty without bounds."""
    least, most = (_amount(field, bound) for bound in (field.least, field.most))
    unit = UNITS.get(field.kind, "")
    if least and most:
        return f"{least} to {most}{unit}."
    if least:
        return f"At least {least}{unit}."
    return f"At most {most}{unit}." if most else ""


def _amount(field: FormField, bound: int | None) -> str:
    if bound is None:
        return ""
    return in_euros(bound) if field.kind is FieldKind.MONEY else f"{bound:,}"


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as it is read. The value is None if the field was left empty."""

    label: str
    kind: FieldKind
    value: Any


def shown_answers(fields: Sequence[FormField], answers: Answers) -> list[ShownAnswer]:
    """Return the answers to a form, in its order."""
    return [ShownAnswer(field.label, field.kind, _shown(field, answers.get(field.name))) for field in fields]


def _shown(field: FormField, answer: Any) -> Any:
    if field.kind is FieldKind.DATE and answer:
        return date.fromisoformat(answer)
    return answer


@dataclass(frozen=True)
class Gap:
    """What an application lacks: the name and label of the field, and what to do."""

    name: str
    label: str
    message: str


def gaps(fields: Sequence[FormField], answers: Answers) -> list[Gap]:
    """Return the answers that are missing or do not fit the form."""
    labels = {field.name: field.label for field in fields}
    try:
        check_answers([*fields], answers, complete=True)
    except AnswersInvalid as invalid:
        named = [(path.split(".")[1] if "." in path else "", message) for path, message in invalid.field_errors]
        return [Gap(name, labels.get(name, name), message) for name, message in named]
    return []
