"""Types of what clients send (pure): lines, texts, lists, passwords, each with its rule and its bounds.

    title: Annotated[str, OneLine(300, fewest=1)]
    description: Annotated[str, Paragraphs(5000)] = ""
    countries: Annotated[list[Country], Distinct(250)]

The rules refuse what clients send. They mend what is stored already, so that a rule that became stricter never makes a
document unreadable: `STORED` is the context of validation that says so.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, cast

from precis_i18n import get_profile
from pydantic import BaseModel, BeforeValidator, Field, GetCoreSchemaHandler, SecretStr, ValidationInfo
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from shared.sentences import _
from shared.text import checked_line, checked_text, is_visible, mended_line, mended_text

STORED: Mapping[str, bool] = {"stored": True}
BYTES_PER_CHARACTER = 6  # at most, in JSON: \u03b1; limits of bodies follow from limits in characters with it
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
OPAQUE = get_profile("OpaqueString")
CHARACTERS_IN_ONE = 4  # at most, that NFC makes one: a Greek letter with three marks
MISSING = "\ufffd"  # stands for what a stored text lacks after it was mended


def is_stored(info: ValidationInfo) -> bool:
    """Return whether the value is read from the database, and not sent by a client."""
    return bool(info.context and info.context.get("stored"))


@dataclass(frozen=True)
class TextRule(ABC):
    """A text with bounds in characters, which are counted after it was brought to NFC."""

    most: int
    fewest: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        bounded = core_schema.str_schema(strip_whitespace=True, min_length=self.fewest or None, max_length=self.most)
        return core_schema.with_info_before_validator_function(self._apply, bounded)

    @staticmethod
    @abstractmethod
    def checked(text: str) -> str:
        """Return a text that a client sent. Raise ValueError if it breaks the rule."""

    @staticmethod
    @abstractmethod
    def mended(text: str) -> str:
        """Return a stored text without what breaks the rule."""

    def _apply(self, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, str):
            return value
        if is_stored(info):
            return self._read(value)
        if len(value) > self.most * CHARACTERS_IN_ONE:  # before Unicode work, which takes long for long texts
            raise PydanticKnownError("string_too_long", {"max_length": self.most})
        text = self.checked(value)
        if text and self.fewest and not is_visible(text):
            raise ValueError(_("Use at least one letter, digit or other visible character."))
        return text

    def _read(self, value: str) -> str:
        """Return a stored text, mended so that it passes as if a client had sent it."""
        text = self.mended(value)
        if text == value and text.isascii() and self.fewest <= len(text) <= self.most:
            return text
        text = self.mended(text[: self.most]).strip()
        return (text if is_visible(text) else "").ljust(self.fewest, MISSING)


class OneLine(TextRule):
    """One line: no line breaks, no control, invisible or direction characters."""

    checked = staticmethod(checked_line)
    mended = staticmethod(mended_line)


class Paragraphs(TextRule):
    """A text of any number of lines: no control characters but line breaks and tabs."""

    checked = staticmethod(checked_text)
    mended = staticmethod(mended_text)


@dataclass(frozen=True)
class Distinct:
    """A list with bounds that has each item once. A repetition is refused, not removed: it is mostly a mistake."""

    most: int
    fewest: int = 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        bounded = cast(CoreSchema, {**schema, "min_length": self.fewest, "max_length": self.most})
        return core_schema.with_info_after_validator_function(_each_once, bounded)


def _each_once(items: list[Any], info: ValidationInfo) -> list[Any]:
    seen: dict[Any, Any] = {}
    for number, item in enumerate(items, 1):
        key = item.model_dump_json() if isinstance(item, BaseModel) else item
        if key in seen and not is_stored(info):
            named = item if isinstance(item, str) else f"number {number}"
            raise ValueError(_("Give each item once: {named} repeats an earlier one.", named=named))
        seen.setdefault(key, item)
    return [*seen.values()]


def prepared_password(password: Any) -> Any:
    """Return a password in the form of RFC 8265, section 4.2 (OpaqueString). Raise ValueError if it has none."""
    text = password.get_secret_value() if isinstance(password, SecretStr) else password
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_PASSWORD:
        return text  # its type and its length are checked next
    try:
        return OPAQUE.enforce(text)
    except UnicodeError as error:
        raise ValueError(_("Use letters, digits, punctuation and spaces, without control characters.")) from error


def given_password(password: Any) -> Any:
    """Return a password that is given to log in, in the form of RFC 8265 if it has one."""
    try:
        return prepared_password(password)
    except ValueError:
        return password  # no stored password is like it, except one from before this rule


# The password that a member chooses, and one that is given to log in.
NewPassword = Annotated[
    SecretStr,
    Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD),
    BeforeValidator(prepared_password),
]
GivenPassword = Annotated[SecretStr, Field(max_length=LONGEST_PASSWORD), BeforeValidator(given_password)]
