"""A Docker engine, or a skip with the reason; if CCP_STACK is set, its absence is a failure."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def engine() -> None:
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        reason = "no Docker engine: start one (../shared/lab/up, if it exists)"
        (pytest.fail if os.environ.get("CCP_STACK") else pytest.skip)(reason)
