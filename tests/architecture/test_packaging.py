"""The version stands in one place, and each package is marked as typed."""

import re
import subprocess
import sys
import tomllib

import pytest

from shared import __version__
from tests.support import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_project_takes_its_version_from_shared() -> None:
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "shared.__version__"}


def test_no_module_repeats_the_version() -> None:
    repeated = [
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "ccp")
        for path in (ROOT / folder).rglob("*.py")
        if f'"{__version__}"' in path.read_text()
    ]
    assert repeated == ["shared/__init__.py"]


def test_the_command_line_shows_the_version() -> None:
    done = subprocess.run([sys.executable, "-m", "ccp", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"ccp {__version__}\n"


def test_the_changelog_has_the_version_with_its_date() -> None:
    assert re.search(
        rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", (ROOT / "CHANGELOG.md").read_text(), re.M
    )


@pytest.mark.parametrize("package", ["shared", "services", "ccp"])
def test_each_package_is_typed(package: str) -> None:
    assert (ROOT / package / "py.typed").exists()
    assert "py.typed" in PROJECT["tool"]["setuptools"]["package-data"]["*"]
