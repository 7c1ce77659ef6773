"""Tests stand alone: what two of them need is in tests/support, so that each can be moved, split and run by itself."""

import ast
from collections.abc import Iterator

import pytest

from tests.support import ROOT

TESTS = ROOT / "tests"
CHECKED = sorted(TESTS.rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """Every module that the source imports, and `module.name` for what it takes from one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def from_tests(source: str) -> list[str]:
    """The test files and conftests that the source imports from."""
    return [
        name
        for name in imported(source)
        if name.split(".")[0] == "tests" and any(part.startswith(("test_", "conftest")) for part in name.split("."))
    ]


def test_no_file_imports_from_a_test_or_a_conftest() -> None:
    found = {str(path.relative_to(ROOT)): names for path in CHECKED if (names := from_tests(path.read_text()))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "from tests.conftest import Inbox",
        "from tests import conftest",
        "from tests.system.calls.catalogue.test_calls import NOW",
        "from tests.system.calls.catalogue import test_calls",
        "import tests.domain.matchmaking.test_agenda",
    ],
)
def test_a_planted_import_is_found(line: str) -> None:
    assert from_tests(f"import ast\nfrom tests.support.people import ok\n\n\ndef f() -> None:\n    {line}\n")
