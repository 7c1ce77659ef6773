"""Values as foreign files write them: lists, links, lines (pure). A value that is none of these stays as it is."""

import html
import json
import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from shared.imports.cleaning import UNSEEN, clean_line, clean_text, is_nothing
from shared.parsing import parsed

HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?:[/:?#].*)?", re.I)


def as_list(value: Any) -> Any:
    """Return the items of a list, of a list in JSON inside a text, or of a text with commas or semicolons."""
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = parsed(json.loads, value)
        except ValueError:
            value = re.sub(r"'([^',]*)'", r"\1", value.strip(" []"))  # as Python writes a list
    if isinstance(value, str):
        value = value.split("," if "," in value else ";")
    if not isinstance(value, list):
        return value
    lines = [clean_line(item) if isinstance(item, str) else item for item in value]
    return [line for line in lines if not is_nothing(line)]


def as_link(value: Any) -> Any:
    """Return an address with its scheme, which some sources leave out."""
    text = html.unescape(value.strip()) if isinstance(value, str) else value
    return f"https://{text}" if isinstance(text, str) and HOST.fullmatch(text) else text


def as_id(value: Any) -> Any:
    """Return an id without spaces around it and characters that cannot be seen; a number is an id, too."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return UNSEEN.sub("", value).strip() if isinstance(value, str) else value


def as_line(value: Any) -> Any:
    """Return a text, or the items of a list, as one clean line."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)  # a column of names may have a number
    return clean_line(value) if isinstance(value, str) else value


def as_text(value: Any) -> Any:
    """Return a text of several clean lines."""
    return clean_text(value) if isinstance(value, str) else value


OneLine = Annotated[str, BeforeValidator(as_line)]
Text = Annotated[str, BeforeValidator(as_text)]
Items = Annotated[list[str], BeforeValidator(as_list)]
Address = Annotated[str, BeforeValidator(as_link)]
ForeignId = BeforeValidator(as_id)
