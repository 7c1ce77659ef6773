"""The tests of a file run on one worker, and so do all that start servers; pytest-xdist reads both from the test's id."""

import os

import pytest

pytestmark = pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="runs without workers")


def test_the_tests_of_a_file_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@tests/architecture/test_groups.py")


@pytest.mark.xdist_group("servers")
def test_the_tests_that_start_servers_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@servers")
