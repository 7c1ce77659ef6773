"""The fast tests pass on Python 3.13 too, with the locked dependencies, in a container."""

import re
import subprocess

import pytest

from tests.support import ROOT

IMAGE = "ccp-python313"
FAST = re.search(r"^FAST := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
pytestmark = [pytest.mark.stack, pytest.mark.timeout(600)]


def docker(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *command], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def image(engine: None) -> str:
    """An image with the dependencies; the layers are kept, and so are uv's downloads."""
    built = docker("build", "-q", "-t", IMAGE, "-f", "tests/stack/python313.Dockerfile", ".")
    assert built.returncode == 0, built.stderr[-2000:]
    return IMAGE


def run(image: str, *command: str) -> str:
    """Run a command on the code as it is here. CI=true: hypothesis sets no deadlines. --init: orphans are reaped."""
    options = ["--rm", "--init", "--read-only", "--tmpfs=/tmp", "-e", "CI=true", "-v", f"{ROOT}:/app:ro"]
    done = docker("run", *options, image, *command)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def test_the_fast_tests_pass(image: str) -> None:
    """Without the solver's own tests: they measure time and memory of processes, and would be half of the time."""
    out = run(image, "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *FAST)
    assert int(re.search(r"(\d+) passed", out)[1]) > 300


def test_the_solver_proves_an_agenda(image: str) -> None:
    assert "optimal" in run(image, "python", "-m", "ccp", "agenda", "solve", "examples/brokerage.dzn", "--json")


def test_it_is_python_3_13(image: str) -> None:
    assert run(image, "python", "--version").startswith("Python 3.13.")
