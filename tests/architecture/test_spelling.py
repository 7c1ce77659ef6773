"""The spelling check finds a misspelling, and accepts the words that _typos.toml lists."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.support import ROOT

CONFIG = ROOT / "_typos.toml"
TYPOS = Path(sys.executable).parent / "typos"


def check(file: Path, text: str) -> int:
    file.write_text(text)
    return subprocess.run([TYPOS, "--config", CONFIG, file], capture_output=True, check=False).returncode


def test_a_misspelling_is_found(tmp_path: Path) -> None:
    assert check(tmp_path / "text.md", "The relay publishes rec" + "ieved events.\n") == 2


def test_each_accepted_word_would_be_a_misspelling(tmp_path: Path) -> None:
    """An entry that is no longer needed goes."""
    words = tomllib.loads(CONFIG.read_text())["default"]["extend-words"]
    assert check(tmp_path / "text.md", "\n".join(words)) == 0
    bare = [TYPOS, "--isolated", "--format", "brief", tmp_path / "text.md"]
    found = subprocess.run(bare, capture_output=True, text=True, check=False).stdout
    assert [word for word in words if f"`{word}`" not in found] == []
