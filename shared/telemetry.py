"""Metrics for Prometheus: each request when it ends, backlogs when the metrics are read."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from shared import outbox
from shared.clock import real_now
from shared.jobs import JOBS
from shared.parking import PARKED
from shared.service import Runtime


class Telemetry:
    """The metrics of one application; two applications in one process have separate metrics."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ccp_http_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "ccp_http_request_seconds",
            "Time to answer, in seconds",
            ["method", "route"],
            registry=self.registry,
        )
        self._gauges: dict[str, Gauge] = {}

    async def measure(self, runtime: Runtime) -> None:
        """Count the backlogs of one service exactly; names contain the unit."""
        now, db = real_now(), runtime.db
        due = await JOBS.find(db, {"run_at": {"$lte": now}}, sort=[("run_at", 1)], limit=1)
        service_gauges = await runtime.service.gauges(db) if runtime.service.gauges else {}
        values = {
            "outbox_pending": await outbox.pending(db),
            "outbox_age_seconds": (await outbox.oldest_unsent(db)).total_seconds(),
            "events_unrouted": runtime.relay.unrouted,
            "events_handled": runtime.consumer.handled,
            "consumer_lag_seconds": runtime.consumer.lag,
            "jobs": await JOBS.count(db, {}),
            "jobs_done": runtime.jobs.done,
            "jobs_age_seconds": (now - due[0].run_at).total_seconds() if due else 0,
            "parked": await PARKED.count(db, {}),
            **service_gauges,
        }
        for name, value in values.items():
            self._gauge(name).labels(runtime.service.name).set(value)

    def _gauge(self, name: str) -> Gauge:
        if name not in self._gauges:
            words = name.replace("_", " ")
            self._gauges[name] = Gauge(f"ccp_{name}", words, ["service"], registry=self.registry)
        return self._gauges[name]

    def text(self) -> bytes:
        return generate_latest(self.registry)
