"""A Docker engine, or a skip that says so; where CCP_STACK is set its absence is a failure."""

import os
import shutil
import subprocess

import pytest


@pytest.fixture(scope="session")
def engine() -> None:
    if not shutil.which("docker") or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        reason = "no Docker engine: start one (../shared/lab/up where that is)"
        (pytest.fail if os.environ.get("CCP_STACK") else pytest.skip)(reason)
