"""At every step the process ends at once, and is started again: nothing is lost, and nobody is told twice."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import crash
from tests.chaos.checker import check, drained
from tests.chaos.parts import find_rabbitmq, until
from tests.chaos.platform import COUNTRIES, SERVICES, Platform

pytestmark = [pytest.mark.rabbit, pytest.mark.timeout(300)]
POISON = b"{"  # what the parker parks


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """All four services in one process, on a MongoDB and a RabbitMQ of their own."""
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with tempfile.TemporaryDirectory(prefix="ccp-crash-") as folder, Platform(Path(folder), [SERVICES]).running() as it:
        it.settle_people(len(crash.POINTS))
        until(lambda: drained(it), "quiet before the storm")
        yield it


@pytest.mark.parametrize("point", crash.POINTS)
def test_a_crash_there_loses_nothing_and_tells_nobody_twice(platform: Platform, point: str) -> None:
    [process] = platform.services
    process.stop()
    process.start(CCP_CRASH_AT=point)
    until(lambda: process.answers or not process.is_running, "the service to be ready")
    if point.startswith("parker"):
        platform.poison("notifications", POISON)
    published = platform.publish_soon(point, COUNTRIES[crash.POINTS.index(point)])
    assert process.wait() == 137, f"{point} was never reached"
    platform.deaths += 1
    platform.start_services()
    published.result()
    until(lambda: drained(platform), "everything to be delivered")
    assert [finding for finding in check(platform, platform.deaths) if finding.broken] == []
