"""One trace leads from the HTTP request through outbox, bus and handler to the e-mail; a collector receives it."""

import asyncio
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.support.people import MISSION, Platform

CALLER = "00-11112222333344445555666677778888-1111222233334444-01"


@pytest.fixture(scope="module")
def recorder() -> InMemorySpanExporter:
    """Record spans. The provider of a process can be set only once."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def way_up(span: ReadableSpan, spans: list[ReadableSpan]) -> list[str]:
    """Return the names from a span up to the root of its trace."""
    by_id = {s.context.span_id: s for s in spans}
    names = [span.name]
    while span.parent and span.parent.span_id in by_id:
        span = by_id[span.parent.span_id]
        names.append(span.name)
    return names


async def test_one_trace_leads_from_the_request_to_the_email(
    recorder: InMemorySpanExporter, platform: Platform
) -> None:
    anna = await platform.member("Anna")
    await anna.follows(countries=["JP"])
    await platform.system.settle()
    recorder.clear()
    platform.http.headers["traceparent"] = CALLER
    await platform.operator.publishes(MISSION)
    await platform.system.settle()
    spans = [s for s in recorder.get_finished_spans() if f"{s.context.trace_id:032x}" == CALLER.split("-")[1]]
    [mail] = [s for s in spans if s.name == "send e-mail"]
    event = "calls.call.published.v1"
    assert way_up(mail, spans) == [
        "send e-mail",
        "job fan_out",
        f"process {event}",
        f"create {event}",
        "POST /calls/{id}/publish",
    ]
    [sent] = [s for s in spans if s.name == f"send {event}"]
    assert way_up(sent, spans)[1:] == [f"create {event}", "POST /calls/{id}/publish"]
    assert sum(s.name == f"process {event}" for s in spans) == 3  # notifications, matchmaking, profiles
    [request] = [s for s in spans if s.name == "POST /calls/{id}/publish"]
    assert f"{request.parent.span_id:016x}" == CALLER.split("-")[2]
    assert request.attributes["http.response.status_code"] == 200


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """Run an OpenTelemetry collector that receives spans by OTLP over HTTP."""
    received: list[ExportTraceServiceRequest] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            received.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


async def test_a_process_sends_its_spans_to_the_collector(
    collector: tuple[str, list[ExportTraceServiceRequest]],
) -> None:
    url, received = collector
    code = (
        "import sys; from shared import tracing\n"
        "tracing.configure(sys.argv[1], ['calls'])\n"
        "with tracing.span('a step'): pass\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, url)
    assert await process.wait() == 0
    [resource] = received[0].resource_spans
    assert {a.key: a.value.string_value for a in resource.resource.attributes}["service.name"] == "calls"
    assert [s.name for scope in resource.scope_spans for s in scope.spans] == ["a step"]
