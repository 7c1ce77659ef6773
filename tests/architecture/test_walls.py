"""The import rules hold: a violation of each is planted in a copy of the project, and must be found."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

PARTS = (
    "shared",
    "services",
    "ccp",
    "tools",
    "deploy",
    "docs",
    "examples",
    "pyproject.toml",
    "README.md",
    ".env.example",
)
BIN = Path(sys.executable).parent
LAYERS = "inside a service and inside its aggregates"
SIBLINGS = "siblings import each other in one direction only"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / part)
    return tmp_path


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder), "PATH": f"{BIN}:/usr/bin:/bin", "COLUMNS": "200"}
    tool, *arguments = command
    return subprocess.run(
        [BIN / tool, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / file
    path.write_text(path.read_text() + f"\n{line}\n")


@pytest.mark.parametrize(
    ("file", "line", "wall"),
    [
        (
            "services/calls/audit/store.py",
            "import services.profiles.accounts.store",
            "services know nothing of each other",
        ),
        ("shared/clock.py", "import services.calls.catalogue.domain", "shared knows no service"),
        ("services/calls/audit/store.py", "import ccp.client", "shared knows no service"),
        ("services/profiles/organisations/store.py", "import services.profiles.organisations.api", LAYERS),
        ("services/calls/catalogue/store.py", "import services.calls.catalogue.api", LAYERS),
        ("services/calls/selection/claims/domain.py", "import services.calls.selection.claims.usecases", LAYERS),
        ("services/calls/audit/domain.py", "import services.calls.catalogue.domain", SIBLINGS),
        ("services/calls/catalogue/documents.py", "import services.calls.catalogue.api", SIBLINGS),
        ("services/calls/selection/applications/form.py", "import services.calls.selection.claims.domain", SIBLINGS),
        ("shared/clock.py", "import shared.host", SIBLINGS),
        ("services/profiles/accounts/domain.py", "import shared.mongo", "domain code does no input or output"),
        ("services/calls/catalogue/domain.py", "import httpx", "domain code does no input or output"),
        ("services/calls/catalogue/deadlines/domain.py", "import fastapi", "domain code does no input or output"),
        ("services/calls/audit/store.py", "import motor.motor_asyncio", "only shared.mongo knows the database driver"),
        ("shared/jobs.py", "import pymongo", "only shared.mongo knows the database driver"),
        ("services/calls/audit/store.py", "import gridfs", "only shared.mongo knows the database driver"),
        ("shared/consumer.py", "import aio_pika", "only shared.bus.rabbit knows RabbitMQ's driver"),
    ],
)
def test_a_planted_import_breaks_its_rule(copy: Path, file: str, line: str, wall: str) -> None:
    plant(copy, file, line)
    result = run(copy, "lint-imports", "--no-cache")
    assert result.returncode == 1, result.stdout
    broken = [row for row in result.stdout.splitlines() if " BROKEN" in row]
    assert any(row.startswith(wall) for row in broken), result.stdout


def test_a_fifth_service_obeys_the_same_rules_and_changes_none_of_the_four(copy: Path) -> None:
    fifth = copy / "services" / "fifth"
    fifth.mkdir()
    (fifth / "__init__.py").write_text('"""A fifth."""\n')
    (fifth / "store.py").write_text("import services.calls.catalogue.store\n")
    assert "services know nothing of each other BROKEN" in run(copy, "lint-imports", "--no-cache").stdout


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("services/calls/handlers.py", "HANDLERS = {**HANDLERS}; HANDLERS.pop(MemberJoined)"),
        ("services/calls/__init__.py", 'PREFIXES = [*PREFIXES, "/new"]'),
        ("deploy/gateway/Caddyfile", "# edited by hand"),
        (".env.example", "# edited by hand"),
        ("docs/decisions/README.md", "edited by hand"),
    ],
)
def test_a_generated_file_that_is_out_of_date_is_named(copy: Path, file: str, change: str) -> None:
    plant(copy, file, change)
    result = run(copy, "python", "-m", "ccp", "generate", "--check")
    assert result.returncode == 1
    assert "drifted: " in result.stdout


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("ruff", "check", "shared/clock.py"), "import os"),
        (("ruff", "check", "shared/clock.py"), "def f() -> None:\n    print('left behind')"),
        (("ruff", "format", "--check", "shared/clock.py"), "x   =  1"),
        (("mypy", "-p", "shared"), "def untyped(x):\n    return x"),
    ],
)
def test_ruff_and_mypy_refuse_what_they_should(copy: Path, command: tuple[str, ...], line: str) -> None:
    plant(copy, "shared/clock.py", line)
    assert run(copy, *command).returncode == 1


def test_every_module_begins_with_its_purpose() -> None:
    import ast

    silent = [
        str(path.relative_to(ROOT))
        for folder in ("shared", "services", "ccp")
        for path in (ROOT / folder).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_package_defines_a_name_that_one_of_its_modules_has() -> None:
    """Importing the module would replace the name, so that its value would depend on the order of imports."""
    import ast

    clashes = [
        f"{package.parent.relative_to(ROOT)}: {node.name}"
        for folder in ("shared", "services", "ccp")
        for package in (ROOT / folder).rglob("__init__.py")
        for node in ast.parse(package.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and ((package.parent / f"{node.name}.py").exists() or (package.parent / node.name / "__init__.py").exists())
    ]
    assert clashes == []
