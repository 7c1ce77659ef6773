"""A misspelled field is an error: in mypy, and at run time."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.models import Body, Versioned

ROOT = Path(__file__).parents[2]
HEAD = """
from shared.models import Body, Versioned

class Place(Body):
    city: str = ""

class Note(Versioned):
    text: str = ""
    place: Place = Place()

note = Note(id="1")
"""
CASES = {  # arguments of `replace`, and what mypy says of them
    "text='new', place=Place(city='Liège')": "",
    "text='new', version=3, id='other'": "",
    "txet='new'": 'Unexpected keyword argument "txet"',
    "text=3": 'incompatible type "int"; expected "str"',
    "place=note.place.replace(ctiy='Liège')": 'Unexpected keyword argument "ctiy"',
    "model_config={}": 'Unexpected keyword argument "model_config"',
}


class Place(Body):
    city: str = ""


class Note(Versioned):
    text: str = ""
    place: Place = Place()


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what mypy says of `note.replace(...)` for each case, in one run."""
    file = tmp_path_factory.mktemp("mypy") / "snippet.py"
    file.write_text(HEAD + "\n".join(f"note.replace({arguments})" for arguments in CASES))
    command = [sys.executable, "-m", "mypy", "--no-error-summary", file]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
    first = HEAD.count("\n") + 1
    return {
        arguments: "\n".join(line for line in output.splitlines() if f"snippet.py:{number}: error" in line)
        for number, arguments in enumerate(CASES, first)
    }


@pytest.mark.parametrize("arguments", CASES)
def test_mypy_knows_the_fields_of_replace(complaints: dict[str, str], arguments: str) -> None:
    expected = CASES[arguments]
    assert (expected in complaints[arguments]) if expected else not complaints[arguments]


def test_an_unknown_field_is_refused_at_run_time() -> None:
    note = Note(id="1")
    assert note.replace(text="new") == Note(id="1", text="new")
    with pytest.raises(TypeError, match="Note has no field txet"):
        note.replace(txet="new")
    with pytest.raises(TypeError, match="Place has no field ctiy"):
        note.place.replace(ctiy="Liège")
