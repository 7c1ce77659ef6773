"""A short storm, as part of every run; `make chaos` has the long ones."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import GROUPING, MEMBERS, storm
from tests.chaos.platform import Platform
from tests.chaos.processes import find_rabbitmq, processes

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit]


@pytest.mark.timeout(400)
def test_a_storm_of_kills_breaks_no_promise(tmp_path: Path) -> None:
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with processes(tmp_path, GROUPING) as site, Platform(site).running(MEMBERS) as platform:
        it = storm(platform, seed=7, seconds=25)
    assert it.kills >= 5
    assert [finding for finding in it.findings if finding.broken] == []
