"""The form of a call: its fields, and whether answers fit them (pure)."""

import json
from datetime import date
from enum import StrEnum
from functools import lru_cache
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
from shared.field_errors import message_of
from shared.models import LONGEST_LINK, Body, Link
from shared.vocabulary import Country

MOST_FIELDS, MOST_OPTIONS = 50, 50
LONGEST_TEXT, LONGEST_LONG_TEXT = 500, 20_000
LONGEST_ANSWERS = 200_000  # characters, as JSON
LARGEST = 10**15

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Answer = (
    StrictBool
    | Annotated[StrictInt, Field(ge=-LARGEST, le=LARGEST)]
    | Annotated[StrictFloat, Field(allow_inf_nan=False)]
    | Annotated[str, StringConstraints(max_length=LONGEST_LONG_TEXT, strip_whitespace=False)]
    | Annotated[list[Text], Field(max_length=MOST_OPTIONS)]
    | None
)
Answers = dict[str, Any]


class FieldKind(StrEnum):
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
    """One question. Bounds are characters of a text, options chosen, cents of money, or the number itself."""

    name: Name
    label: Line
    help: str = Field("", max_length=1000)
    kind: FieldKind
    required: bool = True
    options: list[Text] = Field(default=[], max_length=MOST_OPTIONS, validate_default=True)
    least: StrictInt | None = Field(None, ge=-LARGEST, le=LARGEST)
    most: StrictInt | None = Field(None, ge=-LARGEST, le=LARGEST, validate_default=True)

    @field_validator("options")
    @classmethod
    def _where_one_chooses(cls, options: list[str], seen: ValidationInfo) -> list[str]:
        kind = seen.data.get("kind")
        if kind in CHOOSING and len(set(options)) < max(2, len(options)):
            raise ValueError("name at least two different options")
        if kind is not None and kind not in CHOOSING and options:
            raise ValueError("only a choice has options")
        return options

    @field_validator("most")
    @classmethod
    def _possible(cls, most: int | None, seen: ValidationInfo) -> int | None:
        least, kind = seen.data.get("least"), seen.data.get("kind")
        if kind is not None and kind not in BOUNDED and (least, most) != (None, None):
            raise ValueError(f"a field of the kind {kind} has no bounds")
        if kind is not FieldKind.NUMBER and min(least or 0, most or 0) < 0:
            raise ValueError("only a number can be below zero")
        if least is not None and most is not None and most < least:
            raise ValueError("the upper bound must not be below the lower")
        return most


class FormBody(Body):
    """What a publisher asks of every applicant."""

    fields: list[FormField] = Field(min_length=1, max_length=MOST_FIELDS)

    @field_validator("fields")
    @classmethod
    def _named_once(cls, fields: list[FormField]) -> list[FormField]:
        names = [field.name for field in fields]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two fields are called {twice[0]}")
        return fields


class AnswersInvalid(Invalid):
    """Some answers do not fit the form; each is named with its reason."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("not valid: " + ", ".join(dict.fromkeys(field for field, _ in faults)))
        self.field_errors = faults

    @property
    def code(self) -> str:
        return "invalid"


def check_answers(fields: list[FormField], answers: Answers, *, complete: bool) -> Answers:
    """The answers as JSON values, without those left open; `complete`: what is required must be there.

    Raises AnswersInvalid.
    """
    model = _model(TypeAdapter(list[FormField]).dump_json(fields), complete)
    try:
        checked = model.model_validate({name: value for name, value in answers.items() if value not in (None, "", [])})
    except ValidationError as error:
        faults = [(".".join(map(str, ("answers", *e["loc"]))), message_of(e)) for e in error.errors(include_url=False)]
        raise AnswersInvalid(faults) from error
    said = checked.model_dump(mode="json", exclude_none=True)
    if len(json.dumps(said, ensure_ascii=False)) > LONGEST_ANSWERS:
        raise AnswersInvalid([("answers", f"at most {LONGEST_ANSWERS} characters in all")])
    return said


@lru_cache(256)
def _model(fields: bytes, complete: bool) -> type[BaseModel]:
    """The form as a model of its own: what a field allows is said once, in the validator's words."""
    asked = TypeAdapter(list[FormField]).validate_json(fields)
    types: dict[str, Any] = {
        f"field_{number}": (
            _type(field) if field.required and complete else _type(field) | None,
            Field(alias=field.name) if field.required and complete else Field(None, alias=field.name),
        )
        for number, field in enumerate(asked)
    }
    config = ConfigDict(extra="forbid", str_strip_whitespace=True, serialize_by_alias=True)
    return create_model("Answers", __config__=config, **types)


def _type(field: FormField) -> Any:
    """The type of an answer."""
    least, most = field.least, field.most
    if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT}:
        longest, pattern = TEXTS[field.kind]
        bounds = StringConstraints(min_length=max(least or 1, 1), max_length=min(most or longest, longest))
        return Annotated[str, bounds, StringConstraints(pattern=pattern)]
    if field.kind in {FieldKind.NUMBER, FieldKind.MONEY}:
        lowest = -LARGEST if field.kind is FieldKind.NUMBER else 0
        bounded = Field(ge=lowest if least is None else least, le=LARGEST if most is None else most)
        whole = Annotated[StrictInt, bounded]
        return whole if field.kind is FieldKind.MONEY else whole | Annotated[StrictFloat, bounded]
    if field.kind in CHOOSING:
        one: Any = Literal[tuple(field.options)]
        chosen = Field(min_length=max(least or 1, 1), max_length=len(field.options) if most is None else most)
        return one if field.kind is FieldKind.CHOICE else Annotated[list[one], chosen, AfterValidator(_each_once)]
    return PLAIN[field.kind]


TEXTS = {
    FieldKind.TEXT: (LONGEST_TEXT, r"^[^\x00-\x1f\x7f]*$"),
    FieldKind.LONG_TEXT: (LONGEST_LONG_TEXT, r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"),
}


def _each_once(chosen: list[str]) -> list[str]:
    if len(set(chosen)) < len(chosen):
        raise ValueError("each option is chosen once")
    return chosen


def _day(day: str) -> str:
    if not 1900 <= date.fromisoformat(day).year <= 2100:
        raise ValueError("the year must be between 1900 and 2100")
    return day


PLAIN: dict[FieldKind, Any] = {
    FieldKind.DATE: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)],
    FieldKind.COUNTRY: Country,
    FieldKind.YES_NO: StrictBool,
    FieldKind.LINK: Annotated[Link, StringConstraints(min_length=1, max_length=LONGEST_LINK)],
}
