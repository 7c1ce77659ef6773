"""The form of a call: its fields, and the check that answers fit them (pure)."""

import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import chain, count
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
)

from services.calls.terms import Line, Text
from shared.errors import Invalid
from shared.fields import Distinct, OneLine, Paragraphs, TextRule
from shared.models import LONGEST_LINK, Body, Link
from shared.sentences import _
from shared.text import counted
from shared.vocabulary import Country

MOST_FIELDS, MOST_OPTIONS = 50, 50
LONGEST_TEXT, LONGEST_LONG_TEXT = 500, 20_000
LONGEST_ANSWERS = 200_000  # characters, as JSON
LARGEST = 10**15

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
AnswerValue = (
    StrictBool
    | Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
    | Annotated[StrictFloat, Field(allow_inf_nan=False)]
    | Annotated[str, StringConstraints(max_length=LONGEST_LONG_TEXT, strip_whitespace=False)]
    | Annotated[list[Text], Field(max_length=MOST_OPTIONS)]
    | None
)
Answers = dict[str, Any]


def name_from(label: str) -> str:
    """Return a name for a field or criterion that has this label: "Plan of the visit" is plan_of_the_visit."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    name = "_".join(re.findall(r"[a-z0-9]+", plain))[:40].strip("_")
    return name if name[:1].isalpha() else f"n_{name or zlib.crc32(label.encode())}"[:40]


class FieldKind(StrEnum):
    """Kind of answer that a field takes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    COUNTRY = "country"
    YES_NO = "yes_no"
    LINK = "link"


CHOOSING = {FieldKind.CHOICE, FieldKind.CHOICES}
BOUNDED = {FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.CHOICES}


class FormField(Body):
    """One question of a form."""

    name: FieldName = Field("", description="Name of the answer; left out: made from the label")
    label: Line
    help: Annotated[str, Paragraphs(1000)] = ""
    kind: FieldKind
    required: bool = Field(True, description="Whether the answer must be there when the application is submitted")
    options: Annotated[list[Text], Distinct(MOST_OPTIONS)] = Field(
        default=[], validate_default=True, description="Only of a choice: at least two"
    )
    least: StrictInt | None = Field(
        None, ge=-LARGEST, le=LARGEST, description="Fewest characters, options or cents, or the smallest number"
    )
    most: StrictInt | None = Field(
        None,
        ge=-LARGEST,
        le=LARGEST,
        validate_default=True,
        description="Most characters, options or cents, or the largest number",
    )

    @field_validator("options")
    @classmethod
    def _only_of_choices(cls, options: list[str], seen: ValidationInfo) -> list[str]:
        kind = seen.data.get("kind")
        if kind in CHOOSING and len(options) < 2:
            raise ValueError(_("Enter at least two different options."))
        if kind is not None and kind not in CHOOSING and options:
            raise ValueError(_("Only fields of the kind choice or choices have options. Remove the options."))
        return options

    @field_validator("most")
    @classmethod
    def _possible(cls, most: int | None, seen: ValidationInfo) -> int | None:
        least, kind = seen.data.get("least"), seen.data.get("kind")
        if kind is not None and kind not in BOUNDED and (least, most) != (None, None):
            raise ValueError(_("A field of the kind {kind} has no bounds. Remove least and most.", kind=kind))
        if kind is not FieldKind.NUMBER and min(least or 0, most or 0) < 0:
            raise ValueError(_("Only a number can have a bound below zero."))
        if least is not None and most is not None and most < least:
            raise ValueError(_("The upper bound must not be below the lower bound."))
        return most


class FormBody(Body):
    """The form as the publisher sends it."""

    fields: list[FormField] = Field(min_length=1, max_length=MOST_FIELDS)

    @field_validator("fields")
    @classmethod
    def _named_once(cls, fields: list[FormField]) -> list[FormField]:
        fields = named(fields)
        names = [field.name for field in fields]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(_("Two fields have the name {name}. Give each field its own name.", name=repeated[0]))
        return fields


def named(fields: Sequence[FormField]) -> list[FormField]:
    """Return fields with names: those without one are named after their labels, so that each name is there once."""
    taken = {field.name for field in fields}
    complete = []
    for field in fields:
        name = field.name or free_name(field.label, taken)
        taken.add(name)
        complete.append(field.replace(name=name))
    return complete


def free_name(label: str, taken: Set[str]) -> str:
    """Return a name that says what a label says and is not taken: "Why you?" is why_you."""
    letters = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"^[^a-z]+|[^a-z0-9]+$", "", re.sub(r"[^a-z0-9]+", "_", letters))[:32].rstrip("_") or "question"
    numbered = (f"{base}_{number}" for number in count(2))
    return next(name for name in chain([base], numbered) if name not in taken)


class AnswersInvalid(Invalid):
    """Some answers do not fit the form; `field_errors` names each field with the reason."""

    def __init__(self, field_errors: list[tuple[str, str]]) -> None:
        fields = ", ".join(dict.fromkeys(field for field, _ in field_errors))
        super().__init__(f"Some answers do not fit the form: {fields}. Correct them and send the answers again.")
        self.field_errors = field_errors

    @property
    def code(self) -> str:
        """The code of every request with invalid fields."""
        return "invalid"


def check_answers(fields: list[FormField], answers: Answers, *, complete: bool) -> Answers:
    """Return the answers as JSON values, without the empty ones.

    If `complete`, required answers must be there. Raises AnswersInvalid.
    """
    model = _model(TypeAdapter(list[FormField]).dump_json(fields), complete)
    given = {name: value for name, value in answers.items() if value not in (None, "", [])}
    try:
        checked = model.model_validate(given).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        by_name = {field.name: field for field in fields}
        wrong = [e["loc"] for e in error.errors(include_url=False, include_context=False)]
        corrections = {_path(location): _correction(by_name, str(location[0]), given) for location in wrong}
        raise AnswersInvalid([*corrections.items()]) from error
    if len(json.dumps(checked, ensure_ascii=False)) > LONGEST_ANSWERS:
        raise AnswersInvalid([("answers", f"Shorten your answers to {LONGEST_ANSWERS:,} characters in total.")])
    return checked


def _path(location: tuple[int | str, ...]) -> str:
    """Return the path of an answer in the request: its name, and the position of an option."""
    name, *rest = location
    return ".".join(["answers", str(name), *(str(part) for part in rest if isinstance(part, int))])


def _correction(fields: Mapping[str, FormField], name: str, given: Answers) -> str:
    """Return what the applicant has to do about an answer."""
    field = fields.get(name)
    if field is None:
        return "The form has no such field. Remove this answer."
    if field.name not in given:
        return "This answer is required."
    return EXPECTED[field.kind](field)


def _count(field: FormField, unit: str, highest: int) -> str:
    """Return how many characters or options an answer has."""
    most = highest if field.most is None else min(field.most, highest)
    return f"{max(field.least or 1, 1):,} to {counted(most, unit)}"


def _bound(field: FormField, bound: int | None) -> str | None:
    if bound is None or field.kind is not FieldKind.MONEY:
        return None if bound is None else f"{bound:,}"
    return f"{bound // 100:,}.{bound % 100:02}"


def _range(field: FormField) -> str:
    """Return the bounds of a number as a sentence continues, those of money in euros; empty if there are none."""
    least, most = _bound(field, field.least), _bound(field, field.most)
    if least is not None and most is not None:
        return f" from {least} to {most}"
    if least is not None:
        return f" of at least {least}"
    return "" if most is None else f" of at most {most}"


EXPECTED: Mapping[FieldKind, Callable[[FormField], str]] = {
    FieldKind.TEXT: lambda field: f"Enter one line of {_count(field, 'character', LONGEST_TEXT)}.",
    FieldKind.LONG_TEXT: lambda field: f"Enter a text of {_count(field, 'character', LONGEST_LONG_TEXT)}.",
    FieldKind.NUMBER: lambda field: f"Enter a number{_range(field)}.",
    FieldKind.MONEY: lambda field: f"Enter an amount{_range(field)}, in euros; the API takes whole cents.",
    FieldKind.CHOICE: lambda field: f"Choose one of: {', '.join(field.options)}.",
    FieldKind.CHOICES: lambda field: (
        f"Choose {_count(field, 'different option', len(field.options))} from: {', '.join(field.options)}."
    ),
    FieldKind.DATE: lambda _: "Enter a date between 1900 and 2100, like 2016-06-30.",
    FieldKind.COUNTRY: lambda _: "Enter the two-letter code of a country, like BR.",
    FieldKind.YES_NO: lambda _: "Answer true or false.",
    FieldKind.LINK: lambda _: f"Enter a web address of at most {LONGEST_LINK} characters, like https://example.org.",
}


@lru_cache(256)
def _model(fields: bytes, complete: bool) -> type[BaseModel]:
    """Return a model of the answers to a form, so that pydantic checks them; cached by the form as JSON."""
    types: dict[str, Any] = {}
    for number, field in enumerate(TypeAdapter(list[FormField]).validate_json(fields)):
        if field.required and complete:
            types[f"field_{number}"] = (_type(field), Field(alias=field.name))
        else:
            types[f"field_{number}"] = (_type(field) | None, Field(None, alias=field.name))
    config = ConfigDict(extra="forbid", str_strip_whitespace=True, serialize_by_alias=True)
    return create_model("Answers", __config__=config, **types)


def _type(field: FormField) -> Any:
    """Return the type of an answer."""
    least, most = field.least, field.most
    if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT}:
        rule, longest = TEXTS[field.kind]
        return Annotated[str, rule(min(most or longest, longest), fewest=max(least or 1, 1))]
    if field.kind in {FieldKind.NUMBER, FieldKind.MONEY}:
        lowest = -LARGEST if field.kind is FieldKind.NUMBER else 0
        bounded = Field(ge=lowest if least is None else least, le=LARGEST if most is None else most)
        whole = Annotated[StrictInt, bounded]
        return whole if field.kind is FieldKind.MONEY else whole | Annotated[StrictFloat, bounded]
    if field.kind in CHOOSING:
        option: Any = Literal[tuple(field.options)]
        chosen = Distinct(len(field.options) if most is None else most, fewest=max(least or 1, 1))
        return option if field.kind is FieldKind.CHOICE else Annotated[list[option], chosen]
    return PLAIN[field.kind]


TEXTS: Mapping[FieldKind, tuple[type[TextRule], int]] = {
    FieldKind.TEXT: (OneLine, LONGEST_TEXT),
    FieldKind.LONG_TEXT: (Paragraphs, LONGEST_LONG_TEXT),
}


def _day(day: str) -> str:
    if not 1900 <= date.fromisoformat(day).year <= 2100:
        raise ValueError(_("Enter a year between 1900 and 2100."))
    return day


PLAIN: dict[FieldKind, Any] = {
    FieldKind.DATE: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)],
    FieldKind.COUNTRY: Country,
    FieldKind.YES_NO: StrictBool,
    FieldKind.LINK: Annotated[Link, StringConstraints(min_length=1, max_length=LONGEST_LINK)],
}
