"""Traces: one from the HTTP request through outbox, bus and handler to the e-mail (OpenTelemetry)."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import log

_tracer = trace.get_tracer("ccp")  # a proxy: it follows whatever provider is configured later
_propagator = TraceContextTextMapPropagator()


class Cause(NamedTuple):
    """What durable work remembers of what caused it: the correlation of log lines, and the place in the trace."""

    correlation: str | None
    trace: str | None  # a `traceparent`


def configure(url: str | None, services: Sequence[str]) -> None:
    """Send this process's spans to an OTLP/HTTP collector; without one nothing is recorded."""
    if url:
        provider = TracerProvider(resource=Resource.create({"service.name": "+".join(services)}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces")))
        trace.set_tracer_provider(provider)


def current() -> str | None:
    """The span under way, as a `traceparent`; None where nothing is recorded."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def cause() -> Cause:
    """What is under way here, for work that it causes."""
    return Cause(log.correlation(), current())


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str | None = None) -> Iterator[Span]:
    """A step of the trace, below `parent` or else below the span under way."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # nobody records
        yield trace.INVALID_SPAN
        return
    with _tracer.start_as_current_span(name, _context(parent), kind) as one:
        yield one


@contextmanager
def caused(name: str, kind: SpanKind, by: Cause) -> Iterator[Span]:
    """Work that something earlier caused: its log lines carry the same correlation, its span is in the same trace."""
    with log.correlated(by.correlation), span(name, kind, by.trace) as one:
        yield one


def record(name: str, kind: SpanKind, parent: str | None, began: int) -> None:
    """A step that ends now and began at `began`, in nanoseconds since the epoch; many at once may share it."""
    if parent:
        _tracer.start_span(name, _context(parent), kind, start_time=began).end()


def now() -> int:
    return time.time_ns()


def _context(parent: str | None) -> Context | None:
    return _propagator.extract({"traceparent": parent}) if parent else None
