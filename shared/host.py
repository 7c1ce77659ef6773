"""One host runs any set of services in one process: routes, lifespan, health, metrics."""

import re
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import __version__, log
from shared.bus import Bus
from shared.clock import Clock
from shared.http import problems
from shared.ids import new_id
from shared.mongo import OUTAGE, Client, Database, connect
from shared.operations import operations
from shared.service import Runtime, Service
from shared.settings import Settings
from shared.telemetry import Telemetry

BODY_LIMIT = 256 * 1024
CORRELATION = re.compile(r"[0-9A-Za-z-]{1,80}")


def build_app(
    services: Sequence[Service],
    *,
    settings: Settings,
    mongo_url: str,
    bus: Bus,
    clock: Clock | None = None,
    database_prefix: str = "ccp_",
) -> FastAPI:
    """An application that runs these services from its lifespan's start to its end."""
    clock, telemetry = clock or Clock(settings.clock), Telemetry()

    def runtime(service: Service, client: Client) -> Runtime:
        return Runtime(service, Database(client, f"{database_prefix}{service.name}", service.name, clock), bus)

    app = FastAPI(
        title="Cluster Collaboration Platform",
        version=__version__,
        lifespan=partial(_lifespan, mongo_url, bus, services, runtime),
        exception_handlers=problems.HANDLERS,
        redoc_url=None,
        telemetry={"metrics": False, "logs": False, "operation_spans": False},  # the request's span alone
        docs_url=f"/docs/{services[0].name}" if len(services) == 1 else "/docs",
        openapi_url=f"/openapi/{services[0].name}.json" if len(services) == 1 else "/openapi.json",
    )
    app.state.clock, app.state.telemetry, app.state.settings, app.state.runtimes = (
        clock,
        telemetry,
        settings,
        {},
    )
    for service in services:
        guard = [Depends(problems.refuse_when_stuck(service.name, settings.outbox_limit_seconds))]
        app.include_router(operations(service), responses=problems.REFUSALS)
        app.include_router(service.router, tags=[service.name], responses=problems.REFUSALS, dependencies=guard)
    _add_health(app, telemetry)
    large = {path: limit for service in services for path, limit in service.large_bodies.items()}
    app.add_middleware(Edge, telemetry=telemetry, limits=[(compile_path(path)[0], large[path]) for path in large])
    return app


@asynccontextmanager
async def _lifespan(
    mongo_url: str,
    bus: Bus,
    services: Sequence[Service],
    runtime: Callable[[Service, Client], Runtime],
    app: FastAPI,
) -> AsyncIterator[None]:
    """Everything under way, in order; at the end not ready, nothing new delivered, what is in flight finished."""
    client = connect(mongo_url)
    runtimes = {service.name: runtime(service, client) for service in services}
    app.state.runtimes = runtimes
    async with AsyncExitStack() as stack:
        stack.callback(client.close)
        for one in runtimes.values():
            await stack.enter_async_context(one.running())
        stack.push_async_callback(bus.close)
        await bus.start([one.subscription for one in runtimes.values() if one.service.handlers])
        log.get().info("services_ready", services=sorted(runtimes))
        yield
        for one in runtimes.values():
            one.ready = False
        await bus.stop_delivering()


async def travel(app: FastAPI, by: timedelta) -> None:
    """Let business time pass in this process, and the loops see it."""
    app.state.clock.travel(by)
    for runtime in app.state.runtimes.values():
        for loop in runtime.service.loops:
            await runtime.round(loop)


def _add_health(app: FastAPI, telemetry: Telemetry) -> None:
    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """Ready when every service runs and reaches its database. The broker is not a condition."""
        failing = {}
        for name, runtime in app.state.runtimes.items():
            try:
                await runtime.db.ping()
            except OUTAGE as error:
                failing[name] = repr(error)
            if not runtime.ready:
                failing[name] = "not running"
        ok = bool(app.state.runtimes) and not failing
        now = app.state.clock.now().isoformat()
        return JSONResponse({"ready": ok, "failing": failing, "business_time": now}, 200 if ok else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        for runtime in app.state.runtimes.values():
            await telemetry.measure(runtime)
        return Response(telemetry.text(), media_type="text/plain; version=0.0.4")


class Edge:
    """Around every request: a correlation, a limit on the body, a log line, a measurement, safe headers."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry, limits: Sequence[tuple[re.Pattern[str], int]]) -> None:
        self.asgi = app
        self.telemetry = telemetry
        self.limits = limits
        self.log = log.get()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.asgi(scope, receive, send)
        request = Request(scope)
        given = request.headers.get("x-correlation-id", "")
        correlation = (
            given if 0 < len(given) <= 80 and given.isascii() and given.replace("-", "").isalnum() else new_id()
        )
        started, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *_headers(correlation)]
            await send(message)

        limit = next((most for path, most in self.limits if path.match(request.url.path)), BODY_LIMIT)
        with log.correlated(correlation):
            try:
                await self.asgi(scope, BoundedBody(receive, limit), answer)
            except Exception:
                route = getattr(scope.get("route"), "path", "unknown")  # a path may have a secret in it
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
        note = self.log.info if request.method in problems.CHANGES else self.log.debug
        note("request", method=request.method, route=route, status=status, ms=round(seconds * 1000, 1))


class BoundedBody:
    """Counts what really comes, whatever Content-Length said."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive = receive
        self.limit = limit
        self.seen = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        self.seen += len(message.get("body", b""))
        if self.seen > self.limit:
            raise HTTPException(413, f"the body may have at most {self.limit} bytes")
        return message


def _headers(correlation: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"x-correlation-id", correlation.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"x-frame-options", b"DENY"),
    ]
