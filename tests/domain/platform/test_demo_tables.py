"""The tables that the demo prints, on a narrow screen."""

from io import StringIO

import pytest
from rich.console import Console

from ccp.demo.cast import Person
from ccp.demo.show import PLAYERS, log_ins
from ccp.demo.story import Result


@pytest.mark.parametrize("width", [80, 130])
def test_no_log_in_is_cut(width: int) -> None:
    people = [
        Person(name, "FR", f"{name.lower().replace(' ', '.')}.32aed0@members.example", []) for name, *_ in PLAYERS
    ]
    result = Result(people, [], [], [], password="demo-32aed0-password")
    shown = Console(width=width, file=StringIO())
    shown.print(log_ins("http://127.0.0.1:8080", result, ("operator@ccp.example", "GEiJxI-ZuuhJDpkj")))
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    wanted = [person.email for person in people] + ["operator@ccp.example", result.password, "GEiJxI-ZuuhJDpkj"]
    assert [each for each in wanted if each not in text] == []
    assert "…" not in text
