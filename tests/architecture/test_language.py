"""Plain language, as far as a tool can check it: no text uses words that a reader has to translate."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from services.__main__ import available, load
from shared.errors import Refusal
from shared.settings import Settings

ROOT = Path(__file__).parents[2]
TEXTS = (
    "services",
    "shared",
    "ccp",
    "tools",
    "deploy",
    "docs",
    "examples",
    "tests",
    "benchmarks",
    ".github",
    "*.md",
    "*.yml",
    "Makefile",
    ".env.example",
)
BAD = re.compile(
    r"(?<![-a-z])(she|her|hers|herself|he|him|whoever|nobody|somebody|one's|lest|be it|any more than)(?![a-z])"
    r"|there is no such|not one of ours",
    re.IGNORECASE,
)


def findings(text: str) -> list[str]:
    """Return the lines with a word to replace, numbered."""
    return [f"{number}: {line.strip()}" for number, line in enumerate(text.splitlines(), 1) if BAD.search(line)]


def text_files() -> list[str]:
    listed = subprocess.run(["git", "ls-files", *TEXTS], cwd=ROOT, capture_output=True, text=True, check=True)
    return [
        file
        for file in listed.stdout.splitlines()
        if not file.endswith((".svg", ".jpg", ".po", ".lock")) and ROOT / file != Path(__file__)
    ]


def test_all_texts_are_in_plain_words() -> None:
    files = text_files()
    assert len(files) > 400
    assert not {file: found for file in files if (found := findings((ROOT / file).read_text(errors="replace")))}


@pytest.mark.parametrize(
    "text",
    [
        "The member reads her alerts.",
        "Whoever applies",
        "there is no such call of yours",
        "the cursor is not one of ours",
    ],
)
def test_such_words_are_found(text: str) -> None:
    assert findings(text) == [f"1: {text}"]


def test_words_that_contain_them_are_not() -> None:
    assert not findings("There, other publishers gather here; the header says when.")


def unmarked(path: Path, refusals: set[str]) -> list[str]:
    """Return where a module raises a refusal with a text that is not marked for translation."""
    raised = [node.exc for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Raise)]
    calls = [call for call in raised if isinstance(call, ast.Call) and call.args]
    return [
        f"{path}:{call.lineno}"
        for call in calls
        if ast.unparse(call.func).rpartition(".")[2] in refusals and is_text(call.args[0])
    ]


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def kinds_of(refusal: type[Refusal]) -> set[str]:
    return {refusal.__name__}.union(*map(kinds_of, refusal.__subclasses__()))


def test_every_refusal_can_be_translated() -> None:
    load(available(), Settings(), {})  # so that all refusals are known
    modules = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    assert [found for path in modules for found in unmarked(path, kinds_of(Refusal))] == []


def test_a_refusal_without_a_mark_is_found(tmp_path: Path) -> None:
    module = tmp_path / "planted.py"
    module.write_text('raise errors.NotFound("Call not found.")\nraise NotFound(_("Call not found."))\n')
    assert [found.rpartition(":")[2] for found in unmarked(module, {"NotFound"})] == ["1"]
