"""Why a line cannot be imported, in plain words (pure)."""

from typing import Any

from pydantic import ValidationError

NOT_A_DATE = "Enter a date, for example 2026-09-23."
NOT_A_NUMBER = "Enter a whole number."
NOT_AN_ADDRESS = "Enter a web address that begins with https:// or http://."
SENTENCES: dict[str, str] = {
    "missing": "The field is missing.",
    "string_type": "Enter a text.",
    "string_too_short": "Enter at least {min_length} characters.",
    "string_too_long": "Enter at most {max_length} characters.",
    "string_pattern_mismatch": "The text contains characters that are not allowed here.",
    "greater_than_equal": "Enter a number of at least {ge}.",
    "less_than_equal": "Enter a number of at most {le}.",
    "literal_error": "Enter one of {expected}.",
    "json_invalid": "The line is not valid JSON.",
    "model_type": "The line must be a JSON object.",
    "value_error": "{error}",
}
SENTENCES_BY_PREFIX = {"date_": NOT_A_DATE, "int_": NOT_A_NUMBER, "url_": NOT_AN_ADDRESS}


def reason_of(error: ValidationError) -> str:
    """Return the first field that is not valid and what is wrong with it."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "line"
    return f"{field}: {_sentence(first['type'], first.get('ctx', {}))}"


def _sentence(kind: str, values: dict[str, Any]) -> str:
    if kind in SENTENCES:
        return SENTENCES[kind].format_map(values)
    prefixed = (sentence for prefix, sentence in SENTENCES_BY_PREFIX.items() if kind.startswith(prefix))
    return next(prefixed, "The value is not valid.")
