"""The names of security events, and their log lines. People appear in them only by id (pure)."""

from enum import StrEnum

from shared import log


class SecurityEvent(StrEnum):
    """The security events; deploy/RUNBOOK.md says which of them need an alarm."""

    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOG_IN_THROTTLED = "log_in_throttled"
    REQUEST_THROTTLED = "request_throttled"
    QUOTA_REACHED = "quota_reached"
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    ACCESS_REFUSED = "access_refused"
    RIGHTS_CHANGED = "rights_changed"
    OPERATOR_ACTED = "operator_acted"


def note(event: SecurityEvent, **ids: str | int) -> None:
    """Write an event to the log. `ids`: who and what, never a name, an address or a text."""
    log.get().info("security", security_event=event.value, **ids)
