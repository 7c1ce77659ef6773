"""Refusals: each has an HTTP status and a code for programs that is derived from the class name."""

import re
from collections.abc import Sequence

from shared.security import SecurityEvent
from shared.sentences import _


class Refusal(Exception):
    """The request cannot be fulfilled; nothing was changed."""

    status = 409
    title = _("The request conflicts with the current state")
    field_errors: Sequence[tuple[str, str]] = ()  # field and message of each, if there is more than one
    security_event: SecurityEvent | None = None  # the event that it is in the security log

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
    title = _("Not found")


class Hidden(NotFound):
    """It exists, but the caller may not know that: the answer is the same as for something that does not exist."""

    security_event = SecurityEvent.ACCESS_REFUSED

    @property
    def code(self) -> str:
        return NotFound("").code


def not_found(document: object | None, detail: str) -> NotFound:
    """Return the refusal for a document that does not exist, or that the caller may not see."""
    return NotFound(detail) if document is None else Hidden(detail)


class NotAllowed(Refusal):
    status = 403
    title = _("Not allowed")
    security_event = SecurityEvent.ACCESS_REFUSED


class NotAuthenticated(Refusal):
    status = 401
    title = _("You are not logged in")
    security_event = SecurityEvent.TOKEN_REFUSED


class Invalid(Refusal):
    status = 422
    title = _("The request is not valid")


class Stale(Refusal):
    status = 412
    title = _("It was changed in the meantime")


class VersionMissing(Refusal):
    status = 428
    title = _("The If-Match header is missing")


class TooManyRequests(Refusal):
    """A limit is reached; `retry_after` says when to try again."""

    status = 429
    title = _("Too many requests")
    security_event = SecurityEvent.REQUEST_THROTTLED


class QuotaReached(Refusal):
    """The owner has as many documents as one owner may have."""

    security_event = SecurityEvent.QUOTA_REACHED


class Busy(Refusal):
    status = 503
    title = _("The service is busy")
