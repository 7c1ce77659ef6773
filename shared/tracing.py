"""Traces: one trace leads from the HTTP request through outbox, bus and handler to the e-mail (OpenTelemetry)."""

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

_tracer = trace.get_tracer("ccp")  # a proxy: it uses the provider that is configured later
_propagator = TraceContextTextMapPropagator()


class Cause(NamedTuple):
    """The origin of durable work: correlation id of its log lines, parent span of its trace."""

    correlation: str | None
    trace: str | None  # a `traceparent`


def configure(url: str | None, services: Sequence[str]) -> None:
    """Send the spans of this process to an OTLP/HTTP collector; without a URL, record nothing."""
    if url:
        provider = TracerProvider(resource=Resource.create({"service.name": "+".join(services)}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url.rstrip('/')}/v1/traces")))
        trace.set_tracer_provider(provider)


def current() -> str | None:
    """Return the current span as a `traceparent`; None if nothing is recorded."""
    if not trace.get_current_span().get_span_context().is_valid:
        return None
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def cause() -> Cause:
    """Return the current work as the cause of later work."""
    return Cause(log.correlation(), current())


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, parent: str | None = None) -> Iterator[Span]:
    """Open a span below `parent`, or below the current span."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):  # nothing is recorded
        yield trace.INVALID_SPAN
        return
    with _tracer.start_as_current_span(name, _context(parent), kind) as opened:
        yield opened


@contextmanager
def caused(name: str, kind: SpanKind, origin: Cause) -> Iterator[Span]:
    """Open a span for work with an earlier cause: same trace, and same correlation id in log lines."""
    with log.correlated(origin.correlation), span(name, kind, origin.trace) as opened:
        yield opened


def record(name: str, kind: SpanKind, parent: str | None, began: int) -> None:
    """Record a span that ends now and began at `began`, in nanoseconds since the epoch."""
    if parent:
        _tracer.start_span(name, _context(parent), kind, start_time=began).end()


def now() -> int:
    return time.time_ns()


def _context(parent: str | None) -> Context | None:
    return _propagator.extract({"traceparent": parent}) if parent else None
