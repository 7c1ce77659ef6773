"""The host: runs any set of services in one process, with routes, lifespan, health and metrics."""

import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import __version__, log
from shared.bus import Bus
from shared.clock import Clock
from shared.http import problems
from shared.http.examples import COMMON
from shared.http.headers import complete, default_headers
from shared.http.health import add_health
from shared.http.methods import CHANGES
from shared.http.openapi import TITLE, describe, function_name
from shared.http.rules import HttpRules
from shared.http.security import SecurityLog
from shared.ids import new_id
from shared.interface import Interface, interface_of
from shared.mongo import Client, Database, connect
from shared.pseudonyms import load_pseudonyms, passing_pseudonyms
from shared.sentences import _
from shared.service import Runtime, Service
from shared.settings import Settings
from shared.telemetry import Telemetry
from shared.web import pages
from shared.web.assets import add_assets
from shared.web.developers import add_developer_pages
from shared.web.docs import add_docs, add_document
from shared.web.i18n import translated
from shared.web.visits import Visits

BODY_LIMIT = 256 * 1024
SMALLEST_COMPRESSED = 1024  # bytes; less does not become smaller
OPEN_XML, OPEN_DOCUMENT = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
COMPRESSED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    f"{OPEN_XML}.wordprocessingml.document",
    f"{OPEN_XML}.spreadsheetml.sheet",
    f"{OPEN_XML}.presentationml.presentation",
    f"{OPEN_DOCUMENT}.text",
    f"{OPEN_DOCUMENT}.spreadsheet",
    f"{OPEN_DOCUMENT}.presentation",
)


def build_app(
    services: Sequence[Service],
    *,
    settings: Settings,
    mongo_url: str,
    bus: Bus,
    clock: Clock | None = None,
    database_prefix: str = "ccp_",
    interface: Interface | None = None,
) -> FastAPI:
    """Return an application that runs the services during its lifespan.

    `interface`: that of the same services and settings, if it exists already.
    """
    clock, telemetry = clock or Clock(settings.clock), Telemetry()
    suffix = f"/{services[0].name}" if len(services) == 1 else ""  # behind a gateway each service has its own

    def runtime(service: Service, client: Client) -> Runtime:
        lease = timedelta(seconds=settings.lease_seconds)
        db = Database(client, f"{database_prefix}{service.name}", service.name, clock, lease)
        return Runtime(service, db, bus)

    app = _application(partial(_lifespan, mongo_url, bus, services, runtime))
    tags = {tag: words for service in services for tag, words in service.tags.items()}
    examples = dict(COMMON) | {name: value for service in services for name, value in service.examples.items()}
    app.openapi = partial(describe, app, tags, settings.public_url, examples)  # type: ignore[method-assign]
    app.state.clock, app.state.telemetry, app.state.settings, app.state.runtimes = clock, telemetry, settings, {}
    app.state.pseudonyms = passing_pseudonyms()
    interface = interface or interface_of(services, settings)
    app.state.forms = interface.forms
    app.state.problem_page, app.state.translated = pages.problem_page, translated
    app.router.routes.extend(interface.routes)
    add_health(app)
    add_document(app, f"/openapi{suffix}.json")
    add_docs(app, f"/docs{suffix}", f"/openapi{suffix}.json")
    add_assets(app)
    add_developer_pages(app, [service.name for service in services])
    _add_middleware(app, services, settings, telemetry)
    return app


def _add_middleware(app: FastAPI, services: Sequence[Service], settings: Settings, telemetry: Telemetry) -> None:
    """Surround the routes with what holds for every request; what is added last comes first."""
    app.add_middleware(Visits)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=SMALLEST_COMPRESSED,
        compresslevel=4,
        exclude_content_types=COMPRESSED_ALREADY,
    )
    app.add_middleware(HttpRules, public_url=settings.public_url)
    app.add_middleware(
        Edge,
        telemetry=telemetry,
        security=SecurityLog(telemetry.registry),
        limits=body_limits(services),
        headers=default_headers(settings.public_url),
    )


def _application(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """Return an application without routes; it describes itself at addresses that `build_app` adds."""
    return FastAPI(
        title=TITLE,
        version=__version__,
        lifespan=lifespan,
        exception_handlers=problems.HANDLERS,
        redoc_url=None,
        docs_url=None,
        openapi_url=None,
        redirect_slashes=False,  # the redirect would lead to the host that the request names
        telemetry={"metrics": False, "logs": False, "operation_spans": False},  # the request's span alone
        generate_unique_id_function=function_name,
    )


def body_limits(services: Sequence[Service]) -> list[tuple[re.Pattern[str], int]]:
    """Return the paths with a limit of their own for bodies, in bytes."""
    limits = [limit for service in services for limit in service.body_limits.items()]
    return [(compile_path(path)[0], size) for path, size in limits]


@asynccontextmanager
async def _lifespan(
    mongo_url: str,
    bus: Bus,
    services: Sequence[Service],
    runtime: Callable[[Service, Client], Runtime],
    app: FastAPI,
) -> AsyncIterator[None]:
    """Start all services, then the bus. At the end: not ready, no further deliveries, deliveries in flight finished."""
    client = connect(mongo_url)
    runtimes = {service.name: runtime(service, client) for service in services}
    app.state.runtimes = runtimes
    async with AsyncExitStack() as stack:
        stack.callback(client.close)
        for running in runtimes.values():
            await stack.enter_async_context(running.running())
        app.state.pseudonyms = await load_pseudonyms(runtimes[services[0].name].db)
        stack.push_async_callback(bus.close)
        await bus.start([running.subscription for running in runtimes.values() if running.service.handlers])
        log.get().info("services_ready", services=sorted(runtimes))
        yield
        for running in runtimes.values():
            running.ready = False
        await bus.stop_delivering()


async def travel(app: FastAPI, delta: timedelta) -> None:
    """Move business time forward in this process, then run every loop once."""
    app.state.clock.travel(delta)
    for runtime in app.state.runtimes.values():
        for loop in runtime.service.loops:
            await runtime.round(loop)


class Edge:
    """Surrounds every request: correlation id, limit of the body, log line, measurement, security headers."""

    def __init__(
        self,
        app: ASGIApp,
        telemetry: Telemetry,
        security: SecurityLog,
        limits: Sequence[tuple[re.Pattern[str], int]],
        headers: Mapping[str, str],
    ) -> None:
        self.asgi = app
        self.telemetry = telemetry
        self.security = security
        self.limits = limits
        self.headers = headers
        self.log = log.get()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.asgi(scope, receive, send)
        request = Request(scope)
        correlation = new_id()  # not the client's: it goes into events and e-mails that others read
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                complete(message, request, {**self.headers, "x-correlation-id": correlation})
            await send(message)

        limit = next((size for path, size in self.limits if path.match(scope["path"])), BODY_LIMIT)
        with log.correlated(correlation), log.given_by_client(request.headers.get("x-correlation-id", "")):
            try:
                await self.asgi(scope, BoundedBody(receive, limit), answer)
            except ClientDisconnect:
                self.log.info("client_disconnected", method=request.method)
            except Exception:
                route = getattr(scope.get("route"), "path", "unknown")  # not the path: it may contain a secret
                self.log.exception("request_failed", method=request.method, route=route)
                if status:
                    raise
                await problems.crashed(request)(scope, receive, answer)
            finally:
                self._record(request, scope, status, time.perf_counter() - started)

    def _record(self, request: Request, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "unknown")
        self.telemetry.requests.labels(request.method, route, status).inc()
        self.telemetry.seconds.labels(request.method, route).observe(seconds)
        note = self.log.info if request.method in CHANGES else self.log.debug
        note("request", method=request.method, route=route, status=status, ms=round(seconds * 1000, 1))
        self.security.record_request(request, status)


class BoundedBody:
    """Limits the bytes of a request body that are received, whatever Content-Length says."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.seen = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.seen += len(message.get("body", b""))
        if self.seen > self.limit:
            raise HTTPException(413, _("The body may have at most {limit} bytes. Send less.", limit=self.limit))
        return message
