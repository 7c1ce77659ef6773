"""A short storm, as part of every run; `make chaos` has the long ones."""

from pathlib import Path

import pytest

from tests.chaos.__main__ import storm
from tests.chaos.parts import find_rabbitmq


@pytest.mark.rabbit
@pytest.mark.timeout(400)
def test_a_storm_of_kills_breaks_no_promise(tmp_path: Path) -> None:
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    it = storm(seed=7, seconds=25, folder=tmp_path)
    assert it.kills >= 5
    assert [finding for finding in it.findings if finding.broken] == []
