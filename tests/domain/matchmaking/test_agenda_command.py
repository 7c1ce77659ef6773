"""`ccp agenda`: one JSON object, a picture, a repair, and nothing left behind."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from ccp import agenda
from services.matchmaking.agenda.dzn import read_dzn
from services.matchmaking.agenda.engine import solve
from tests.chaos.parts import until
from tests.support import ROOT
from tests.support.agendas import SMALL, verdict


def test_the_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "hard.dzn"  # thirteen people, each meets each, more tables than needed
    pairs = list(itertools.combinations(range(1, 14), 2))
    file.write_text(
        f"nBusiness = 13; nMeetings = {len(pairs)}; nTables = 6; nTotalSlots = 13; nMorningSlots = 13;"
        f"requested = [{''.join(f'|{one}, {two}, 3, ' for one, two in pairs)}|];"
        f"fixed = [{', '.join('1' if pair == (1, 2) else '0' for pair in pairs)}];"
    )
    parent = subprocess.Popen([sys.executable, "-m", "ccp", "agenda", "solve", str(file)], stdout=subprocess.DEVNULL)
    children = until(lambda: workers_of(parent.pid), "the workers to start")
    parent.kill()
    parent.wait()
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the workers to be gone")


def workers_of(pid: int) -> list[str]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return children if len(children) == 2 else []


def ccp(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccp", "agenda", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_command_prints_one_json_object_and_draws_the_agenda(tmp_path: Path) -> None:
    file, picture = tmp_path / "small.dzn", tmp_path / "small.svg"
    file.write_text(SMALL)
    done = ccp("solve", file, "--json", "--progress", "--svg", picture)
    printed = json.loads(done.stdout)
    assert list(printed) == ["status", "breaks", "lower_bound", "seconds", "slots", "tables", "reasons"]
    assert (printed["slots"], printed["tables"]) == ([2, 4], [1, 1])
    assert "best so far 1 break, at least" in done.stderr
    titles = [title.text for title in BeautifulSoup(picture.read_text(), "html.parser").find_all("title")]
    assert titles.count("break of participant 1") == 1
    assert "participants 3 and 1, slot 4, table 1" in titles


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_file_of_any_editor_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str, end: str
) -> None:
    file = tmp_path / "small.dzn"
    file.write_bytes(f"% a comment\n{SMALL}".replace("\n", end).encode(encoding))
    agenda.solve_file(file, None, None, as_json=True, progress=False)
    assert json.loads(capsys.readouterr().out)["slots"] == [2, 4]


def test_the_example_of_the_readme_has_one_break_and_no_agenda_without() -> None:
    text = (ROOT / "examples" / "brokerage.dzn").read_text()
    solution = solve(read_dzn(text))
    assert (solution.status, solution.breaks) == ("optimal", 1)
    bare = "\n".join(line.split("%")[0] for line in text.splitlines())
    assert verdict(bare, solution.slots, solution.tables) == ([], 1)


def test_the_command_repairs_what_it_printed(tmp_path: Path) -> None:
    file, agenda = tmp_path / "small.dzn", tmp_path / "agenda.json"
    file.write_text(SMALL.replace("[0, 4]", "[0, 0]"))
    agenda.write_text(ccp("solve", file, "--json").stdout)
    done = ccp("repair", file, agenda, "--away", "3:3", "--meet", "2-3", "--cancel", "1", "--json")
    repaired = json.loads(done.stdout)
    assert repaired["slots"][0] is None
    assert repaired["slots"][1] != 3
    assert {difference["meeting"] for difference in repaired["differences"]} >= {1, 3}
    assert "--away 3:9: give (1 to 3):(1 to 4)" in ccp("repair", file, agenda, "--away", "3:9").stderr
    assert "is not an agenda; create one with `ccp agenda solve --json`" in ccp("repair", file, file).stderr
    agenda.write_text(done.stdout)
    again = json.loads(ccp("repair", file, agenda, "--freeze", "all", "--json").stdout)
    assert again["slots"] == repaired["slots"]
    assert again["differences"] == []
    agenda.write_text(json.dumps({"slots": [1, 1], "tables": [1, 1]}))
    assert "small.dzn" not in (error := ccp("repair", file, agenda).stderr)
    assert "is not a valid agenda of this problem" in error
    assert "No such file" in ccp("solve", file, "--svg", tmp_path / "nowhere" / "x.svg").stderr
