"""Metrics for Prometheus: requests as they pass, backlogs counted when they are asked for."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from shared import outbox
from shared.clock import real_now
from shared.jobs import JOBS
from shared.mongo import Database
from shared.parking import PARKED


class Telemetry:
    """One process's metrics; two systems in one process keep theirs apart."""

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
        self._gauges = {
            name: Gauge(f"ccp_{name}", text, ["service"], registry=self.registry)
            for name, text in {
                "outbox_pending": "Committed events that the bus has not confirmed",
                "outbox_age_seconds": "Age of the oldest of them",
                "events_handled": "Events handled since the start",
                "jobs": "Durable jobs that are not done",
                "jobs_age_seconds": "How long the oldest due job has waited",
                "parked": "Messages and jobs that need a person",
            }.items()
        }

    async def measure(self, database: Database, handled: int) -> None:
        """Count one service's backlogs, exactly."""
        now = real_now()
        due = await JOBS.find(database, {"run_at": {"$lte": now}}, sort=[("run_at", 1)], limit=1)
        values = {
            "outbox_pending": await outbox.pending(database),
            "outbox_age_seconds": (await outbox.oldest_unsent(database)).total_seconds(),
            "events_handled": handled,
            "jobs": await JOBS.count(database, {}),
            "jobs_age_seconds": (now - due[0].run_at).total_seconds() if due else 0,
            "parked": await PARKED.count(database, {}),
        }
        for name, value in values.items():
            self._gauges[name].labels(database.service).set(value)

    def text(self) -> bytes:
        return generate_latest(self.registry)
