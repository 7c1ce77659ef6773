"""Why a line cannot be imported, in plain words (pure)."""

from pydantic import ValidationError

from shared.field_errors import message_of

OF_A_LINE = {"json_invalid": "The line is not valid JSON.", "model_type": "The line must be a JSON object."}


def reason_of(error: ValidationError) -> str:
    """Return the first field that is not valid and what is wrong with it."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "line"
    return f"{field}: {OF_A_LINE.get(first['type']) or message_of(first)}"
