"""A short storm in every test run; `make chaos` runs the long ones."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import GROUPING, MEMBERS, storm
from tests.chaos.platform import Platform
from tests.chaos.processes import find_rabbitmq, processes

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit]


@pytest.mark.timeout(400)
def test_a_storm_of_kills_breaks_no_invariant(tmp_path: Path) -> None:
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with processes(tmp_path, GROUPING) as site, Platform(site).running(MEMBERS) as platform:
        result = storm(platform, seed=7, seconds=25)
    assert result.kills >= 5
    assert [finding for finding in result.findings if finding.broken] == []
