"""Help is quick: `ccp --help` and the help of each group load nothing that only the work of a command needs."""

import subprocess
import sys

import pytest

HEAVY = ["aio_pika", "argon2", "fastapi", "httpx", "motor", "opentelemetry", "pymongo", "pysat", "services"]
SHOW_HELP = """
import sys
from ccp.__main__ import app

sys.argv[0] = "ccp"
try:
    app()
finally:
    loaded = {name.partition(".")[0] for name in sys.modules}
    sys.stderr.write(" ".join(sorted(loaded)))
"""


@pytest.mark.parametrize(
    "group", ["", "agenda", "demo", "events", "events replay", "import", "keys", "mail", "operator", "parked"]
)
def test_help_loads_no_heavy_module(group: str) -> None:
    command = [sys.executable, "-c", SHOW_HELP, *group.split(), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: ccp")
    assert sorted(set(done.stderr.split()) & set(HEAVY)) == []


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("up --port abc", "'abc' is not possible; give a whole number from 1 to 65,535"),
        ("up --port 70000", "'70000' is not possible; give a whole number from 1 to 65,535"),
        ("agenda solve README.md --time-limit soon", "'soon' is not possible; give a number from 0.1 to 1,000,000"),
        ("parked list --older-than nan", "'nan' is not possible; give a number from 0 to 1,000,000"),
    ],
)
def test_a_wrong_number_is_refused_with_the_possible_ones(command: str, words: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ccp", *command.split()], capture_output=True, text=True, check=False)
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_the_check_sees_a_module_that_is_loaded() -> None:
    command = [sys.executable, "-c", "import services\n" + SHOW_HELP, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) & set(HEAVY) == {"services"}
