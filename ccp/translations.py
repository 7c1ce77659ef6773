"""The catalogues of translations: every text that pages show, collected from templates, modules, forms and cards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.__main__ import available, load
from shared.forms.fields import Field, said_of
from shared.interface import Interface, interface_of
from shared.service import Service
from shared.settings import Settings
from shared.vocabulary import CALL_KIND_LABELS, ECOSYSTEM_LABELS, CallKind, OrganisationKind
from shared.web.i18n import ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent
Message = str | tuple[str, str]  # a text, or its forms for one and for many
PYTHON: Mapping[str, Any] = {"_": None, "translated_number": (1, 2), "ngettext": (1, 2)}
JINJA: Mapping[str, Any] = {"_": None, "gettext": None, "ngettext": (1, 2)}
OPTIONS = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do", "trim_blocks": "true"}
FRAME = ROOT / "shared" / "web" / "translations"


def catalogues() -> Iterator[tuple[Path, str, list[Message]]]:
    """Yield each catalogue: its file, its language and its messages. A message of the frame is in no other one."""
    for folder, messages in collected().items():
        for code in LANGUAGES:
            if code != ENGLISH:
                yield folder / f"{code}.po", code, messages


@cache
def collected() -> Mapping[Path, list[Message]]:
    """Return the messages of the frame and of each service, by the folder of their translations."""
    services = load(available(), Settings(), {})
    frame = set(frame_messages())
    found = {FRAME: frame}
    for service in services:
        found[ROOT / "services" / service.name / "translations"] = set(service_messages(service)) - frame
    return {folder: sorted(messages, key=str) for folder, messages in found.items()}


def frame_messages() -> Iterator[Message]:
    """Yield the messages of the layout, of the menus, and of the words that all services share."""
    yield from _in_files(ROOT / "shared", "*.py", "python", PYTHON)
    yield from _in_files(ROOT / "shared" / "web" / "templates", "*.html", "jinja2.ext:babel_extract", JINJA)
    for name in available():
        for entries in import_module(f"services.{name}").NAVIGATION.values():
            yield from (label for _, label, _ in entries)
    yield from [*ECOSYSTEM_LABELS.values(), *CALL_KIND_LABELS.values(), *(kind.plural for kind in CallKind)]
    yield from (kind.label for kind in OrganisationKind)


def service_messages(service: Service) -> Iterator[Message]:
    """Yield the messages of the pages of a service, of its forms, and the words for the codes of its API."""
    folder = ROOT / "services" / service.name
    yield from _in_files(folder, "*.py", "python", PYTHON)
    pages = (path for path in (folder / "templates").glob("*.html") if not path.name.startswith("mail_"))
    yield from _in_paths(pages, "jinja2.ext:babel_extract", JINJA)
    interface = interface_of([service], Settings())
    for bound in interface.forms.values():
        yield from _said(bound.fields_of())
    yield from (said_of(code) for code in _codes(interface))


def _said(fields: Iterable[Field]) -> Iterator[Message]:
    """Yield what a form says about its fields."""
    for field in fields:
        yield from (text for text in (field.label, field.hint, *(words for _, words in field.options)) if text)
        yield from _said(field.fields)


def _codes(interface: Interface) -> Iterator[str]:
    """Yield the values of all enumerations of an API, such as states."""
    app = FastAPI()
    app.router.routes.extend(interface.routes)
    document = get_openapi(title="", version="", routes=app.routes)
    for schema in document["components"]["schemas"].values():
        yield from (value for value in schema.get("enum", ()) if isinstance(value, str))


def _in_files(folder: Path, pattern: str, method: str, keywords: Mapping[str, Any]) -> Iterator[Message]:
    yield from _in_paths(sorted(folder.rglob(pattern)), method, keywords)


def _in_paths(paths: Iterable[Path], method: str, keywords: Mapping[str, Any]) -> Iterator[Message]:
    for path in paths:
        with path.open("rb") as file:
            for _, message, _, _ in extract(method, file, keywords=keywords, options=OPTIONS):
                yield message if isinstance(message, str) else (message[0], message[1])


def rendered(path: Path, code: str, messages: Sequence[Message]) -> str:
    """Return a catalogue with its present translations; those of messages that are gone are dropped."""
    known = read(path, code)
    made = Catalog(locale=code, fuzzy=False)
    for message in messages:
        old = known.get(message[0] if isinstance(message, tuple) else message)
        made.add(message, old.string if old and old.id == message else None)
    written = BytesIO()
    write_po(written, made, no_location=True, sort_output=True, omit_header=True, width=120)
    plural = f'"Plural-Forms: {made.plural_forms}\\n"\n'
    head = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n{plural}\n'
    return head + written.getvalue().decode().strip() + "\n"


def read(path: Path, code: str) -> Catalog:
    """Return a catalogue; an empty one if there is no file."""
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code)


def is_translated(catalogue: Catalog, message: Message) -> bool:
    """Return whether a catalogue translates a message, in all its forms."""
    found = catalogue.get(message[0] if isinstance(message, tuple) else message)
    if found is None or found.id != message:
        return False
    strings = found.string if isinstance(found.string, tuple) else (found.string,)
    return all(strings)
