"""The report of a benchmark: a section of README.md between two marks, and a plot."""

import os
import platform
import re
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

HERE = Path(__file__).parent


def write_section(name: str, text: str) -> None:
    """Replace a benchmark's section in README.md. Raise ValueError if there is none."""
    readme = HERE / "README.md"
    begin, end = f"<!-- {name}: written by the program -->", f"<!-- end of {name} -->"
    whole, found = re.subn(
        f"(?<={re.escape(begin)}\n).*?(?={re.escape(end)})", lambda _: text + "\n", readme.read_text(), flags=re.DOTALL
    )
    if not found:
        raise ValueError(f"benchmarks/README.md has no section {begin} ... {end}")
    readme.write_text(whole)


def machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
