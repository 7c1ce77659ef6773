"""Plain language, as far as a tool can check it: no text uses words that a reader has to translate."""

import re
import subprocess
from pathlib import Path

import pytest

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
