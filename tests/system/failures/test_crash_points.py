"""The process ends at each failpoint and is started again: nothing is lost, and no member is notified twice."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import failpoint
from tests.chaos.checker import check, drained
from tests.chaos.parts import until
from tests.chaos.platform import COUNTRIES, SERVICES, Platform
from tests.chaos.processes import find_rabbitmq, processes

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit, pytest.mark.timeout(300)]
POISON = b"{"  # an unreadable message, which is parked


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """Run all four services in one process, with a separate MongoDB and RabbitMQ."""
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with (
        tempfile.TemporaryDirectory(prefix="ccp-crash-") as folder,
        processes(Path(folder), [SERVICES]) as site,
        Platform(site).running(len(failpoint.POINTS)) as it,
    ):
        until(lambda: drained(it), "the platform to be idle")
        yield it


@pytest.mark.parametrize("point", failpoint.POINTS)
def test_a_crash_at_a_failpoint_loses_nothing_and_notifies_no_member_twice(platform: Platform, point: str) -> None:
    [process] = platform.site.services
    process.stop()
    process.start(CCP_CRASH_AT=point)
    until(lambda: process.answers or not process.is_running, "the service to be ready")
    if point.startswith("parker"):
        platform.poison("notifications", POISON)
    published = platform.publish_soon(point, COUNTRIES[failpoint.POINTS.index(point)])
    assert process.wait() == 137, f"{point} was never reached"
    platform.deaths += 1
    platform.restore()
    published.result()
    until(lambda: drained(platform), "everything to be delivered")
    assert [finding for finding in check(platform) if finding.broken] == []


def test_the_checker_finds_each_planted_violation(platform: Platform) -> None:
    """Plant a duplicate e-mail, a lost alert, a stuck outbox row and a lost inbox row; expect a finding for each."""
    [process] = platform.site.services
    platform.publish_call("seen by the checker", COUNTRIES[0])
    until(lambda: drained(platform), "the platform to be idle")
    process.stop()

    def caught() -> list[str]:
        return [finding.name for finding in check(platform) if finding.broken]

    try:
        before = caught()
        platform.site.sink.seen.append(platform.site.sink.seen[0])
        assert caught() == ["I4"]
        platform.site.sink.seen.pop()
        with platform.database("notifications") as notifications, platform.database("calls") as calls:
            for name, collection, query in (
                ("I3", notifications.alerts, {"event_type": "calls.call.published.v1"}),
                ("I2", notifications.inbox, {}),
            ):
                lost = collection.find_one_and_delete(query)
                assert caught() == [name]
                collection.insert_one(lost)
            row = calls.outbox.find_one_and_update({}, {"$set": {"state": "pending"}})
            assert caught() == ["I8"]
            calls.outbox.replace_one({"_id": row["_id"]}, row)
        assert before == caught() == []
    finally:
        platform.restore()
