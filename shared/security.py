"""The names of security events, and their log lines. People appear in them only by id (pure)."""

from enum import StrEnum

from shared import log


class SecurityEvent(StrEnum):
    """The security events; deploy/RUNBOOK.md says which of them need an alarm."""

    LOGGED_IN = "logged_in"
    LOG_IN_FAILED = "log_in_failed"
    LOG_IN_THROTTLED = "log_in_throttled"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    ADDRESS_REQUESTED = "address_requested"
    ADDRESS_CHANGED = "address_changed"
    SESSION_ENDED = "session_ended"
    ACCOUNT_ERASED = "account_erased"
    REFRESH_TOKEN_REUSED = "refresh_token_reused"  # noqa: S105
    API_TOKEN_CREATED = "api_token_created"  # noqa: S105
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105
    REQUEST_THROTTLED = "request_throttled"
    QUOTA_REACHED = "quota_reached"
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    ACCESS_REFUSED = "access_refused"
    RIGHTS_CHANGED = "rights_changed"
    OPERATOR_ACTED = "operator_acted"


def note(event: SecurityEvent, **ids: str | int) -> None:
    """Write an event to the log. `ids`: who and what, never a name, an address or a text."""
    log.get().info("security", security_event=event.value, **ids)
