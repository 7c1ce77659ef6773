"""Passwords of docker-compose.yml, as `deploy/secrets.sh` makes them."""

import subprocess
import tempfile
from pathlib import Path

from tests.support import ROOT

SCRIPT = ROOT / "deploy" / "secrets.sh"


def new_passwords() -> dict[str, str]:
    """Return a new password for each account, by the name of its variable."""
    with tempfile.TemporaryDirectory(prefix="ccp-passwords-") as folder:
        return write_passwords(Path(folder) / ".env")


def write_passwords(file: Path) -> dict[str, str]:
    """Let the script complete a file, and return the variables in it."""
    subprocess.run(["sh", SCRIPT, file], check=True)
    pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return dict(pairs)
