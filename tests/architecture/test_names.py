"""No two things with one name: classes within a service, and errors beside events."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/service.py"))
ERRORS = {"Refusal", "Invalid", "NotFound", "NotAllowed", "NotAuthenticated", "Stale", "Busy"}


def classes(folder: Path) -> list[ast.ClassDef]:
    """Return the classes of all modules below a folder."""
    trees = [ast.parse(path.read_text()) for path in folder.rglob("*.py")]
    return [node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]


def with_base(found: list[ast.ClassDef], bases: set[str]) -> set[str]:
    return {node.name for node in found if bases & {ast.unparse(base) for base in node.bases}}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_two_classes_of_one_name(service: str) -> None:
    names = Counter(node.name for node in classes(ROOT / "services" / service))
    assert [name for name, number in names.items() if number > 1] == []


def test_no_error_has_the_name_of_an_event() -> None:
    events = with_base(classes(ROOT / "shared" / "contracts"), {"Event"})
    errors = with_base(classes(ROOT / "services") + classes(ROOT / "shared"), ERRORS)
    assert "CallWithdrawn" in events
    assert "CallAlreadyWithdrawn" in errors
    assert errors & events == set()
