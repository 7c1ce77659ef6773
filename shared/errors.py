"""Refusals: plain facts with a status for HTTP and a code for machines, named after the class."""

import re
from collections.abc import Sequence


class Refusal(Exception):
    """Something that was asked for cannot be done; nothing was changed."""

    status = 409
    title = "The request conflicts with the current state"
    faults: Sequence[tuple[str, str]] = ()  # fields and what is wrong with each, where it is more than one

    def __init__(self, detail: str, *, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.retry_after = retry_after

    @property
    def code(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()


class NotFound(Refusal):
    status = 404
    title = "Not found"


class NotAllowed(Refusal):
    status = 403
    title = "Not allowed"


class NotAuthenticated(Refusal):
    status = 401
    title = "A valid token is needed"


class Invalid(Refusal):
    status = 422
    title = "The request is not valid"


class Stale(Refusal):
    status = 412
    title = "Somebody changed it first"


class VersionMissing(Refusal):
    status = 428
    title = "If-Match is needed"


class Busy(Refusal):
    status = 503
    title = "Try again shortly"
