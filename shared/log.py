"""Logs: structlog, one event per line, with the correlation id of the request that caused it."""

import logging
import re
from contextlib import AbstractContextManager

import structlog
from opentelemetry import trace

Log = structlog.stdlib.BoundLogger
CLIENT_CORRELATION = re.compile("[0-9A-Za-z-]{1,80}")
ADDRESS = "[address]"  # stands for an e-mail address in logs
# Also with an encoded @; what is in front of a host in a URL, such as a user and a password, goes with it.
ANY_ADDRESS = re.compile(r"[^\s<>\"'(),:;=\[\]{}]+(?:@|%40)[^\s<>\"'(),:;=\[\]{}]+", re.IGNORECASE)


def configure(form: str = "console", level: str = "info") -> None:
    """Set the form (console or json) and the lowest level of all log lines of this process."""
    console = structlog.dev.ConsoleRenderer(pad_event_to=28, exception_formatter=structlog.dev.plain_traceback)
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer() if form == "json" else console
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _remove_addresses,
    ]
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )


def _add_trace(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    span = trace.get_current_span().get_span_context()
    return {**line, "trace": trace.format_trace_id(span.trace_id)} if span.is_valid else line


def _remove_addresses(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Remove e-mail addresses from every text of a line: errors of drivers and servers quote them."""
    return {key: without_addresses(value) if isinstance(value, str) else value for key, value in line.items()}


def without_addresses(text: str) -> str:
    """Return a text with `[address]` instead of each e-mail address."""
    return ANY_ADDRESS.sub(ADDRESS, text) if "@" in text or "%40" in text else text


def get(**fields: str) -> Log:
    """Return a logger that adds these fields to each line."""
    logger: Log = structlog.get_logger(**fields)
    return logger


def correlation() -> str | None:
    """Return the correlation id of the current work, if it has one."""
    value = structlog.contextvars.get_contextvars().get("correlation")
    return str(value) if value else None


def given_by_client(correlation_id: str) -> AbstractContextManager[None]:
    """Return a context in which log lines also have the client's own correlation id. It goes nowhere else."""
    known = {"client_correlation": correlation_id} if CLIENT_CORRELATION.fullmatch(correlation_id) else {}
    return structlog.contextvars.bound_contextvars(**known)


def correlated(correlation_id: str | None) -> AbstractContextManager[None]:
    """Return a context in which every log line and published event has this correlation id."""
    return structlog.contextvars.bound_contextvars(correlation=correlation_id)
