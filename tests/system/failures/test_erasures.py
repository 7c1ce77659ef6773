"""The process is killed between the erasure and its answer: the numbers of the proof are those of the first attempt."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.parts import OPERATOR, until
from tests.chaos.platform import COUNTRIES, SERVICES, Platform, asked
from tests.chaos.processes import find_rabbitmq, processes
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit, pytest.mark.timeout(300)]
ADDRESS = "leaver@members.example"


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """Run all four services in one process, with a separate MongoDB and RabbitMQ."""
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with (
        tempfile.TemporaryDirectory(prefix="ccp-erasure-") as folder,
        processes(Path(folder), [SERVICES]) as site,
        Platform(site).running(1) as it,
    ):
        yield it


def test_an_erasure_goes_on_after_a_kill_before_its_answer(platform: Platform) -> None:
    [process], url = platform.site.services, platform.site.urls["profiles"]
    member_id = platform._person(ADDRESS, COUNTRIES[:2])
    process.stop()
    process.start(CCP_CRASH_AT="erasure.before_answer")
    until(lambda: process.answers, "the service to be ready")
    headers = platform.log_in(ADDRESS, PASSWORD)
    asked(platform.http.post(f"{url}/me/erasure", json={"password": PASSWORD}, headers=headers))
    assert process.wait() == 137
    platform.deaths += 1
    platform.restore()
    operator = platform.log_in(*OPERATOR)

    def proof() -> Any:
        items = asked(platform.http.get(f"{url}/erasures", headers=operator))["items"]
        return next((each for each in items if each["id"] == member_id and each["completed_at"]), None)

    things = {
        each["what"]: each["number"] for answer in until(proof, "the proof")["answers"] for each in answer["things"]
    }
    assert things["preferences, interests and address"] == 1
    assert things["name"] == 1
    until(lambda: "Your account was erased" in (platform.site.sink.text_to(ADDRESS) or ""), "the last e-mail")
