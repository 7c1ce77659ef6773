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


def test_the_check_sees_a_module_that_is_loaded() -> None:
    command = [sys.executable, "-c", "import services\n" + SHOW_HELP, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(done.stderr.split()) & set(HEAVY) == {"services"}
