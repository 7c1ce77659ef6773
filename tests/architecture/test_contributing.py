"""The code that CONTRIBUTING.md leads to is there under the names that it uses."""

import re
from importlib import import_module

import pytest

from tests.support import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
NAMES = {
    "services.notifications.alerts.audiences": ["organisation_members"],
    "services.notifications.alerts.rules": ["RULES", "Rule"],
    "services.notifications.alerts.texts": ["AlertText"],
    "services.notifications.handlers": ["HANDLERS"],
    "services.profiles.organisations.usecases": ["submit_organisation", "organisation_path", "ORGANISATIONS"],
    "shared.contracts.base": ["Event", "Tag", "Short"],
}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module, names in NAMES.items() for name in names])
def test_a_name_is_in_the_text_and_in_the_code(module: str, name: str) -> None:
    assert re.search(rf"\b{name}\b", TEXT)
    assert hasattr(import_module(module), name)


def test_a_file_that_is_linked_or_named_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", TEXT)
    named = re.findall(r"`((?:services|shared|tests|docs|deploy|\.ci|\.github)/[\w./-]+)`", TEXT)
    new = {"shared/contracts/published/profiles.organisation.submitted.v1.sample.json"}
    assert [path for path in [*linked, *named] if path not in new and not (ROOT / path).exists()] == []
