"""The forms of all services fit their operations, and every text of a page is translated."""

import re
from string import Formatter

import pytest

from ccp import translations
from services.__main__ import available, load
from shared.forms.declaration import BoundForm
from shared.forms.fields import Field
from shared.interface import interface_of
from shared.settings import Settings

BOUND = [
    (service.name, bound)
    for service in load(available(), Settings(), {})
    for bound in interface_of([service], Settings()).forms.values()
]
IDS = [bound.form.operation for _, bound in BOUND]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|{(\w+)}")


def parameters(path: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(path) if name}


def paths_of(fields: tuple[Field, ...], prefix: str = "") -> set[str]:
    found = set()
    for field in fields:
        found |= {f"{prefix}{field.name}", field.name} | paths_of(field.fields, f"{prefix}{field.name}.")
    return found


@pytest.mark.parametrize(("service", "bound"), BOUND, ids=IDS)
def test_a_form_fits_its_operation(service: str, bound: BoundForm) -> None:
    form = bound.form
    assert bound.method != "GET", "a form changes something"
    for path in (form.at, form.source):
        assert parameters(path) <= parameters(bound.path) | parameters(form.at), path
    assert parameters(form.next) <= parameters(bound.path) | {"id"}, "`next` names the address, or what was created"
    if form.schema is None and form.media_types is None:
        known = paths_of(bound.fields_of()) | form.leave
        named = {name for _, names in form.sections for name in names} | form.words.keys() | form.choices.keys()
        assert named <= known, "it says something about fields that its operation does not have"
        assert not form.at or form.title, "its page has no title"


def test_each_page_of_a_form_has_an_address_of_its_own() -> None:
    addresses = [re.sub(r"{\w+}", "{}", bound.form.at) for _, bound in BOUND if bound.form.at]
    assert sorted(addresses) == sorted(set(addresses))


@pytest.mark.parametrize(
    ("path", "code", "messages"),
    [pytest.param(*each, id=str(each[0].relative_to(translations.ROOT))) for each in translations.catalogues()],
)
def test_every_text_of_a_page_is_translated(path, code, messages) -> None:  # type: ignore[no-untyped-def]
    known = translations.read(path, code)
    assert [message for message in messages if not translations.is_translated(known, message)] == []
    for message in known:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in strings:
            assert set(PLACEHOLDER.findall(text)) <= wanted, f"{text!r} has a placeholder that {ids} have not"
        assert set(PLACEHOLDER.findall(strings[-1])) == set(PLACEHOLDER.findall(ids[-1])), f"{strings[-1]!r} lacks one"
