"""Refusals: each has an HTTP status and a code for programs that is derived from the class name."""

import re
from collections.abc import Sequence


class Refusal(Exception):
    """The request cannot be fulfilled; nothing was changed."""

    status = 409
    title = "The request conflicts with the current state"
    field_errors: Sequence[tuple[str, str]] = ()  # field and message of each, if there is more than one

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
    title = "You are not logged in"


class Invalid(Refusal):
    status = 422
    title = "The request is not valid"


class Stale(Refusal):
    status = 412
    title = "It was changed in the meantime"


class VersionMissing(Refusal):
    status = 428
    title = "The If-Match header is missing"


class Busy(Refusal):
    status = 503
    title = "The service is busy"
