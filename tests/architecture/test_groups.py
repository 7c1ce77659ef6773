"""The tests of a file run on one worker, and so do all tests that start servers: pytest-xdist marks it in their ids."""

import os

import pytest

pytestmark = pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="runs without workers")


def test_the_tests_of_a_file_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@tests/architecture/test_groups.py")


@pytest.mark.xdist_group("servers")
def test_the_tests_that_start_servers_run_on_one_worker(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@servers")
