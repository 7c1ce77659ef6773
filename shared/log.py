"""Logs: structlog, one event per line, with the correlation id of the request that caused it."""

import logging
from contextlib import AbstractContextManager

import structlog
from opentelemetry import trace

Log = structlog.stdlib.BoundLogger


def configure(form: str = "console", level: str = "info") -> None:
    """Set the form (console or json) and the lowest level of all log lines of this process."""
    plain = structlog.dev.plain_traceback  # the rich traceback prints local variables, passwords included
    console = structlog.dev.ConsoleRenderer(pad_event_to=28, exception_formatter=plain)
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer() if form == "json" else console
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if form == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )


def _add_trace(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    span = trace.get_current_span().get_span_context()
    return {**line, "trace": trace.format_trace_id(span.trace_id)} if span.is_valid else line


def get(**fields: str) -> Log:
    """Return a logger that adds these fields to each line."""
    logger: Log = structlog.get_logger(**fields)
    return logger


def correlation() -> str | None:
    """Return the correlation id of the current work, if it has one."""
    value = structlog.contextvars.get_contextvars().get("correlation")
    return str(value) if value else None


def correlated(correlation_id: str | None) -> AbstractContextManager[None]:
    """Return a context in which every log line and published event has this correlation id."""
    return structlog.contextvars.bound_contextvars(correlation=correlation_id)
