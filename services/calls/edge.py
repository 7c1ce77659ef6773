"""What routes of calls ask for: the running service, who is there, and where in a numbered list a page begins."""

from typing import Annotated

from fastapi import Depends

from shared.auth import Caller
from shared.errors import Invalid
from shared.http import caller, decode_cursor, here, perhaps
from shared.service import Runtime

Here = Annotated[Runtime, Depends(here("calls"))]
By = Annotated[Caller, Depends(caller("calls"))]
Perhaps = Annotated[Caller | None, Depends(perhaps("calls"))]


def decode_number(cursor: str | None) -> int:
    """The number of the last one on the page before; 0: there is none. Raises Invalid."""
    if cursor is None:
        return 0
    [text] = decode_cursor(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("the cursor is not one of ours", field="cursor")
    return int(text)
