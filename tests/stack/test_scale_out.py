"""`docker compose up --scale notifications=3`: the replicas share the work, and a storm of kills breaks no promise."""

import time
from collections.abc import Iterator

import pytest

from tests.chaos.__main__ import MEMBERS, REPLICAS, storm
from tests.chaos.checker import drained
from tests.chaos.containers import Container, containers, out_of_memory
from tests.chaos.parts import until
from tests.chaos.platform import COUNTRIES, Platform

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.stack, pytest.mark.timeout(900)]
CALLS = 60


@pytest.fixture(scope="module")
def platform(engine: None) -> Iterator[Platform]:
    with containers(REPLICAS) as site, Platform(site).running(MEMBERS) as platform:
        yield platform


def replicas(platform: Platform) -> list[Container]:
    return [part for part in platform.site.services if part.name.startswith("notifications")]


def test_every_replica_shares_in_events_jobs_emails_and_requests(platform: Platform) -> None:
    until(lambda: drained(platform), "quiet")
    for call in [platform.publish_soon(f"shared {n}", COUNTRIES[n % MEMBERS]) for n in range(CALLS)]:
        call.result()
    until(lambda: drained(platform), "everything to be delivered")
    for _ in range(CALLS):
        url = f"{platform.site.urls['notifications']}/inbox"
        assert platform.http.get(url, headers=platform.owner).status_code == 200
    shares = {part.name: share(part) for part in replicas(platform)}
    assert len(shares) == REPLICAS
    assert all(count > 0 for one in shares.values() for count in one.values()), shares


def share(replica: Container) -> dict[str, float]:
    metrics = replica.metrics()
    return {
        "events": count(metrics, "ccp_events_handled"),
        "jobs": count(metrics, "ccp_jobs_done"),
        "requests": count(metrics, 'ccp_http_requests_total{method="GET",route="/inbox"'),
        "emails": replica.logged("mail_sent"),
    }


def count(metrics: str, sample: str) -> float:
    return sum(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith(sample))


def test_a_storm_over_containers_breaks_no_promise_and_no_memory_limit(platform: Platform) -> None:
    began = time.time()
    it = storm(platform, seed=7, seconds=30)
    assert it.kills >= 5
    assert [finding for finding in it.findings if finding.broken] == []
    assert out_of_memory(since=began) == []
    assert all(replica.logged("mail_sent") for replica in replicas(platform))
