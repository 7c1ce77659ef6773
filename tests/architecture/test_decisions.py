"""The decision records are complete, and the tests that they name exist."""

import re
from pathlib import Path

import pytest

from ccp import decisions
from tests.support import ROOT

FOLDER = ROOT / "docs" / "decisions"
RECORDS = [decision.file for decision in decisions.read(FOLDER)]
GOOD = (FOLDER / RECORDS[0]).read_text()


def test_the_numbers_have_no_gap() -> None:
    assert [int(file[:4]) for file in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("file", RECORDS)
def test_a_record_names_tests_and_records_that_exist(file: str) -> None:
    text = (FOLDER / file).read_text()
    tests = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(set(re.findall(r"\btest_\w+\.py\b", text)) - tests) == []
    numbers = {name[:4] for name in RECORDS}
    assert set(re.findall(r"superseded by (\d{4})", text)) <= numbers


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- Date: 20", "- Date: May 20"),
        ("- Status: accepted", "- Status: perhaps"),
        ("> **", "**"),
        ("## Refused", "## Also"),
        ("## Enforced by", "## Kept by"),
        ("# 0001.", "# 0002."),
    ],
)
def test_an_incomplete_record_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in GOOD
    (tmp_path / RECORDS[0]).write_text(GOOD.replace(old, new))
    with pytest.raises(decisions.BadRecord, match=RECORDS[0]):
        decisions.read(tmp_path)


def test_the_index_has_a_row_for_each_record() -> None:
    rows = re.findall(r"^\| \[\d{4}\]\((.+?)\)", decisions.index(FOLDER), re.MULTILINE)
    assert rows == RECORDS
