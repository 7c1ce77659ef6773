"""Messages for fields that are not valid: plain sentences instead of the texts of the validation library (pure)."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

UNKNOWN = "This value is not valid."
NUMBER, WHOLE_NUMBER = "Use a number, such as 2.5.", "Use a whole number, such as 3."
TEXT, LIST, OBJECT = "Use a text.", "Use a list.", "Use an object with named fields."
YES_OR_NO = "Use true or false."
TIME = "Use a date and time with a time zone, such as 2026-06-30T17:00:00+02:00."
DATE = "Use a date, such as 2026-06-30."
ADDRESS = "Use a full web address that begins with http:// or https://."

# By the library's error type; names in braces are limits that the model sets.
MESSAGES = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here. Remove it.",
    "none_required": "Leave this field empty.",
    "string_type": TEXT,
    "string_unicode": "This text contains characters that are not valid Unicode.",
    "string_too_short": "Use at least {min_length} character(s).",
    "string_too_long": "Use at most {max_length} character(s).",
    "string_pattern_mismatch": "This value contains characters that are not allowed here, or its length is wrong.",
    "enum": "Use one of these values: {expected}.",
    "literal_error": "Use one of these values: {expected}.",
    "int_type": WHOLE_NUMBER,
    "int_parsing": WHOLE_NUMBER,
    "int_from_float": WHOLE_NUMBER,
    "int_parsing_size": "This number is too large.",
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "decimal_type": NUMBER,
    "decimal_parsing": NUMBER,
    "decimal_max_digits": "Use at most {max_digits} digit(s).",
    "decimal_max_places": "Use at most {decimal_places} digit(s) after the point.",
    "decimal_whole_digits": "Use at most {whole_digits} digit(s) before the point.",
    "greater_than": "Use a value greater than {gt}.",
    "greater_than_equal": "Use {ge} or more.",
    "less_than": "Use a value less than {lt}.",
    "less_than_equal": "Use {le} or less.",
    "multiple_of": "Use a multiple of {multiple_of}.",
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "datetime_type": TIME,
    "datetime_parsing": TIME,
    "datetime_object_invalid": TIME,
    "datetime_from_date_parsing": TIME,
    "timezone_aware": "Add the time zone, such as +02:00.",
    "timezone_naive": "Leave out the time zone.",
    "date_type": DATE,
    "date_parsing": DATE,
    "date_from_datetime_parsing": DATE,
    "date_from_datetime_inexact": DATE,
    "time_type": "Use a time, such as 17:00.",
    "time_parsing": "Use a time, such as 17:00.",
    "list_type": LIST,
    "tuple_type": LIST,
    "set_type": LIST,
    "frozen_set_type": LIST,
    "set_item_not_hashable": "Use a list of texts.",
    "too_short": "Give at least {min_length} item(s).",
    "too_long": "Give at most {max_length} item(s).",
    "dict_type": OBJECT,
    "mapping_type": OBJECT,
    "model_type": OBJECT,
    "model_attributes_type": OBJECT,
    "dataclass_type": OBJECT,
    "invalid_key": "Use texts as names of fields.",
    "json_invalid": "The body is not valid JSON. Check its syntax.",
    "json_type": "Send JSON as text.",
    "recursion_loop": "The body is nested too deeply.",
    "recursion_depth_exceeded": "The body is nested too deeply.",
    "union_tag_invalid": "Use one of these values for the kind: {expected_tags}.",
    "union_tag_not_found": "The kind is required.",
    "url_type": ADDRESS,
    "url_parsing": ADDRESS,
    "url_syntax_violation": ADDRESS,
    "url_scheme": ADDRESS,
    "url_too_long": "Use at most {max_length} character(s).",
    "country_alpha2": "Use a two-letter country code of ISO 3166-1, such as FR.",
    "language_alpha2": "Use a two-letter language code of ISO 639-1, such as fr.",
    "TimeZoneName": "Use a name of the time zone database, such as Europe/Brussels.",
}
EMAIL = "Use a valid e-mail address, such as anna@example.org."


def message_of(error: Mapping[str, Any]) -> str:
    """Return a sentence for one error of a ValidationError. Rules of our own models bring their own sentence."""
    limits = error.get("ctx") or {}
    if error["type"] in {"value_error", "assertion_error"}:
        return _own_message(limits)
    secret = "string_" if limits.get("field_type") == "Value" else ""  # the library counts a password like a list
    return MESSAGES.get(f"{secret}{error['type']}", UNKNOWN).format_map(limits)


def _own_message(limits: Mapping[str, Any]) -> str:
    match limits.get("error"):
        case ValidationError() as nested:  # a validator of ours used another model
            return message_of(nested.errors(include_url=False)[0])
        case ValueError() | AssertionError() as own:
            return str(own) or UNKNOWN
        case _:
            return EMAIL if "reason" in limits else UNKNOWN


def field_of(error: Mapping[str, Any]) -> str:
    """Return the path of the field, as the sender wrote it: `countries.0`; `body` if it is the body as a whole."""
    source, *path = error["loc"]
    if error["type"] == "json_invalid":
        return "body"
    named = [str(part) for part in path if not any(sign in str(part) for sign in "[]() ")]  # not names of types
    return ".".join(named) or str(source)
