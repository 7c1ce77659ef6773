"""Routes for the machines that watch a service: is it alive, is it ready, its metrics. They are not part of the API."""

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from shared.mongo import OUTAGE


def add_health(app: FastAPI) -> None:
    """Add /livez, /readyz and /metrics."""

    @app.get("/livez", include_in_schema=False)
    async def livez() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        """Return 200 if every service runs and reaches its database; the broker may be away."""
        failing, state = {}, request.app.state
        for name, runtime in state.runtimes.items():
            try:
                await runtime.db.ping()
            except OUTAGE:  # strangers read this answer, so it names no server
                failing[name] = "the database does not answer"
            if not runtime.ready:
                failing[name] = "not running"
        ready = bool(state.runtimes) and not failing
        now = state.clock.now().isoformat()
        return JSONResponse({"ready": ready, "failing": failing, "business_time": now}, 200 if ready else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        telemetry = request.app.state.telemetry
        for runtime in request.app.state.runtimes.values():
            await telemetry.measure(runtime)
        return Response(telemetry.text(), media_type="text/plain; version=0.0.4")
