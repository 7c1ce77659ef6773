"""Messages for fields that are not valid: plain sentences instead of the texts of the validation library (pure)."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from shared.sentences import _

LONGEST_PATH = 200  # characters of the path of a field, which the sender may have made up
UNKNOWN = _("This value is not valid.")
NUMBER, WHOLE_NUMBER = _("Use a number, such as 2.5."), _("Use a whole number, such as 3.")
TEXT, LIST, OBJECT = _("Use a text."), _("Use a list."), _("Use an object with named fields.")
YES_OR_NO = _("Use true or false.")
TIME = _("Use a date and time with a time zone, such as 2026-06-30T17:00:00+02:00.")
DATE = _("Use a date, such as 2026-06-30.")
ADDRESS = _("Use a full web address that begins with http:// or https://.")

# By the library's error type; names in braces are limits that the model sets.
MESSAGES = {
    "missing": _("This field is required."),
    "extra_forbidden": _("This field is not known here. Remove it."),
    "none_required": _("Leave this field empty."),
    "string_type": TEXT,
    "string_unicode": _("This text contains characters that are not valid Unicode."),
    "string_too_short": _("Use at least {min_length} character(s)."),
    "string_too_long": _("Use at most {max_length} character(s)."),
    "string_pattern_mismatch": _("This value contains characters that are not allowed here, or its length is wrong."),
    "enum": _("Use one of these values: {expected}."),
    "literal_error": _("Use one of these values: {expected}."),
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "int_parsing_size": _("This number is too large."),
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "decimal_max_digits": _("Use at most {max_digits} digit(s)."),
    "decimal_max_places": _("Use at most {decimal_places} digit(s) after the point."),
    "decimal_whole_digits": _("Use at most {whole_digits} digit(s) before the point."),
    "greater_than": _("Use a value greater than {gt}."),
    "greater_than_equal": _("Use {ge} or more."),
    "less_than": _("Use a value less than {lt}."),
    "less_than_equal": _("Use {le} or less."),
    "multiple_of": _("Use a multiple of {multiple_of}."),
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "datetime_type": TIME,
    "datetime_parsing": TIME,
    "datetime_object_invalid": TIME,
    "datetime_from_date_parsing": TIME,
    "timezone_aware": _("Add the time zone, such as +02:00."),
    "timezone_naive": _("Leave out the time zone."),
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "time_type": _("Use a time, such as 17:00."),
    "time_parsing": _("Use a time, such as 17:00."),
    "list_type": LIST,
    "tuple_type": LIST,
    "set_type": LIST,
    "frozen_set_type": LIST,
    "set_item_not_hashable": _("Use a list of texts."),
    "too_short": _("Give at least {min_length} item(s)."),
    "too_long": _("Give at most {max_length} item(s)."),
    "dict_type": OBJECT,
    "mapping_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "dataclass_type": OBJECT,
    "invalid_key": _("Use texts as names of fields."),
    "json_invalid": _("The body is not valid JSON. Check its syntax."),
    "json_type": _("Send JSON as text."),
    "recursion_loop": _("The body is nested too deeply."),
    "recursion_depth_exceeded": _("The body is nested too deeply."),
    "union_tag_invalid": _("Use one of these values for the kind: {expected_tags}."),
    "union_tag_not_found": _("The kind is required."),
    "url_type": ADDRESS,
    "url_parsing": ADDRESS,
    "url_syntax_violation": ADDRESS,
    "url_scheme": ADDRESS,
    "url_too_long": _("Use at most {max_length} character(s)."),
    "country_alpha2": _("Use a two-letter country code of ISO 3166-1, such as FR."),
    "language_alpha2": _("Use a two-letter language code of ISO 639-1, such as fr."),
    "TimeZoneName": _("Use a name of the time zone database, such as Europe/Brussels."),
}
EMAIL = _("Use a valid e-mail address, such as anna@example.org.")


def message_of(error: Mapping[str, Any]) -> str:
    """Return a sentence for one error of a ValidationError. Rules of our own models bring their own sentence."""
    limits = error.get("ctx") or {}
    if error["type"] in {"value_error", "assertion_error"}:
        return _own_message(limits)
    secret = "string_" if limits.get("field_type") == "Value" else ""  # the library counts a password like a list
    return _(MESSAGES.get(f"{secret}{error['type']}", UNKNOWN), **limits)


def _own_message(limits: Mapping[str, Any]) -> str:
    match limits.get("error"):
        case ValidationError() as nested:  # a validator of ours used another model
            return message_of(nested.errors(include_url=False)[0])
        case ValueError() | AssertionError() as own:
            return own.args[0] if own.args and isinstance(own.args[0], str) else UNKNOWN
        case _:
            return EMAIL if "reason" in limits else UNKNOWN


def field_of(error: Mapping[str, Any]) -> str:
    """Return the path of the field, as the sender wrote it: `countries.0`; `body` if it is the body as a whole."""
    source, *path = error["loc"]
    if error["type"] == "json_invalid":
        return "body"
    named = [str(part) for part in path if not any(sign in str(part) for sign in "[]() ")]  # not names of types
    return ".".join(named)[:LONGEST_PATH] or str(source)


def in_words(error: ValidationError, prefix: str = "") -> str:
    """Return all errors of a model as one line: each field with what is expected of it.

    `prefix` makes the names those of environment variables: `CCP_PORT`.
    """
    said = []
    for each in error.errors(include_url=False):
        path = ".".join(str(part) for part in each["loc"])
        name = f"{prefix}{path.upper()}" if prefix else path
        said.append(f"{name}: {message_of(each)}" if name else message_of(each))
    return " ".join(said)
