"""Logs: structlog, one event a line, with the correlation of the request that caused it."""

import logging
from contextlib import AbstractContextManager

import structlog
from opentelemetry import trace

Log = structlog.stdlib.BoundLogger


def configure(form: str = "console", level: str = "info") -> None:
    """Choose the form (console or json) and the least severe level of every log line of this process."""
    plain = structlog.dev.plain_traceback  # the rich one prints local variables, passwords among them
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
    logger: Log = structlog.get_logger(**fields)
    return logger


def correlation() -> str | None:
    """The correlation id of the work under way, if it has one."""
    found = structlog.contextvars.get_contextvars().get("correlation")
    return str(found) if found else None


def correlated(correlation_id: str | None) -> AbstractContextManager[None]:
    """A context in which every log line and published event carries this correlation id."""
    return structlog.contextvars.bound_contextvars(correlation=correlation_id)
