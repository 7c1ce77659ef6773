"""Why a row cannot be imported, in plain words (pure)."""

from collections.abc import Mapping

from pydantic import ValidationError

from shared.field_errors import message_of


def reason_of(error: ValidationError, names: Mapping[str, str]) -> str:
    """Return the first field that is not valid, by its name in the file, and what is wrong with it."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "line"
    return f"{names.get(field, field)}: {message_of(first)}"
