"""docs/security.md names tests that exist, and says of each chapter what holds."""

import ast
import re
from functools import cache

import pytest

from tests.support import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| (\d|all|API)", line)]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
STATES = {"holds", "partly", "does not hold", "not applicable"}


@cache
def functions_of(file: str) -> set[str]:
    path = ROOT / file
    nodes = ast.walk(ast.parse(path.read_text())) if path.exists() else ()
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_named_test_exists(file: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in functions_of(file)


def test_what_holds_has_a_test_and_every_row_has_a_state() -> None:
    assert [row for row in ROWS if row[1] not in STATES] == []
    assert [row for row in ROWS if row[1] == "holds" and "::test_" not in row[-1]] == []
    assert len(NAMED) > 40


def test_every_chapter_and_every_risk_is_there() -> None:
    chapters = [int(number) for number in re.findall(r"^### V(\d+) ", PAGE, re.MULTILINE)]
    assert chapters == list(range(1, 18))
    risks = [int(number) for number in re.findall(r"^\| API(\d+) ", PAGE, re.MULTILINE)]
    assert risks == list(range(1, 11))
