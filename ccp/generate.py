"""The files that are generated from the code, in one table; `ccp generate --check` lists those out of date."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings

from ccp import asyncapi, decisions, revisions, translations
from ccp.revisions import PUBLISHED
from services.__main__ import available, listeners, load
from services.notifications.settings import NotificationsSettings
from services.profiles.settings import ProfilesSettings
from shared.bus.topology import definitions
from shared.contracts import Event
from shared.host import BODY_LIMIT
from shared.http.headers import DEFAULTS
from shared.settings import Settings
from shared.web.developers import LISTEN
from shared.web.pages import NAVIGATION

ROOT = Path(__file__).parent.parent
DECISIONS = ROOT / "docs" / "decisions"
EXAMPLE = ROOT / "examples" / "listen.py"
PICTURE = re.compile(r"(?<=<!-- picture: ccp generate -->\n).*?(?=<!-- /picture -->)", re.DOTALL)
CODE = re.compile(r"(?<=```python\n).*?(?=```)", re.DOTALL)
MENUS = ("main", "member", "operator", "footer")
OF_THE_FRAME = [  # served by the owner of `/`
    "/livez",
    "/readyz",
    "/assets/*",
    "/developers",
    "/developers/*",
    "/favicon.ico",
    "/robots.txt",
]
GATEWAY_TIMEOUTS = {"read_header": "10s", "read_body": "10m", "write": "10m", "idle": "2m"}


def targets() -> Iterator[tuple[Path, Callable[[], str]]]:
    """Yield each generated file with the function that renders its content."""
    yield ROOT / "deploy" / "rabbitmq" / "topology.json", topology
    yield ROOT / "deploy" / "gateway" / "Caddyfile", caddyfile
    yield NAVIGATION, navigation
    yield LISTEN, EXAMPLE.read_text
    for path, code, messages in translations.catalogues():
        yield path, partial(translations.rendered, path, code, messages)
    yield ROOT / ".env.example", env_example
    yield ROOT / "README.md", readme
    yield DECISIONS / "README.md", partial(decisions.index, DECISIONS)
    yield PUBLISHED / "asyncapi.yaml", asyncapi_yaml
    for contract in Event.registry.values():
        name = revisions.current(contract, PUBLISHED)
        yield revisions.schema_file(name, PUBLISHED), partial(revisions.render, contract, name)


def generate() -> list[Path]:
    """Write the files that are out of date and return them. Raise NotPublishable before anything is written."""
    changed = drifted()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dict(targets())[path]())
    return changed


def drifted() -> list[Path]:
    """Return the files that are out of date. Raise NotPublishable."""
    revisions.require_publishable(Event.registry, PUBLISHED)
    return [path for path, render in targets() if not path.exists() or path.read_text() != render()]


def topology() -> str:
    """Return the definitions that the broker loads at boot, so that queues exist before a service first runs."""
    return json.dumps(definitions(listeners(Settings())), indent=2) + "\n"


def navigation() -> str:
    """Return the entries of the menus of pages, from the cards of all services, each menu in order of the ranks."""
    cards = [import_module(f"services.{name}") for name in available()]
    menus = {
        menu: sorted((rank, path, label) for card in cards for path, label, rank in card.NAVIGATION.get(menu, ()))
        for menu in MENUS
    }
    entries: dict[str, list[Any]] = {
        menu: [{"path": path, "label": label} for _, path, label in rows] for menu, rows in menus.items()
    }
    entries["services"] = available()
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def asyncapi_yaml() -> str:
    """Return the description of all events as AsyncAPI 3.0."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return asyncapi.render(asyncapi.document(project, listeners(Settings()), PUBLISHED))


def caddyfile() -> str:
    """Return the gateway's routes: each path prefix to the service whose card lists it; `.*` is for feeds."""
    lines = [
        "# Generated from the services' cards by `ccp generate`.",
        *server_options(),
        "(platform) {",
        "\tencode gzip",
        "\trequest_body {",
        f"\t\tmax_size {largest_body()}",
        "\t}",
    ]
    for name in available():
        lines += proxied(name, name, paths_of(name))
    lines += [
        "\thandle /docs {",
        *own_headers("text/html"),
        "\t\tredir * /developers",
        "\t}",
        "\thandle {",
        *own_headers("text/plain"),
        '\t\trespond "Page not found. The start page is /." 404',
        "\t}",
        "}",
        "# For everyone. The operators' routes and the metrics are not here.",
        ":8080 {",
        "\timport platform",
        "}",
        "# For operators: docker-compose.yml publishes it on this machine only.",
        ":8081 {",
        *[
            line
            for name in available()
            for line in proxied(f"{name}_operations", name, [f"/operations/{name}", f"/operations/{name}/*"])
        ],
        "\timport platform",
        "}",
    ]
    return "\n".join(lines) + "\n"


def paths_of(service: str) -> list[str]:
    """Return the paths that the gateway sends to a service."""
    prefixes = import_module(f"services.{service}").PREFIXES
    paths = [path for p in prefixes for path in ([p, f"{p}.*", f"{p}/*"] if p != "/" else [p])]
    own_docs = [f"/docs/{service}", f"/docs/{service}/*", f"/openapi/{service}.json"]
    return [*paths, *own_docs, *(OF_THE_FRAME if "/" in prefixes else [])]


def server_options() -> list[str]:
    """Return the lines that bound slow clients and large headers; a body may be as slow as an upload."""
    timeouts = [f"\t\t\t{phase} {time}" for phase, time in GATEWAY_TIMEOUTS.items()]
    return ["{", "\tservers {", "\t\ttimeouts {", *timeouts, "\t\t}", "\t\tmax_header_size 64KB", "\t}", "}"]


def proxied(matcher: str, service: str, paths: list[str]) -> list[str]:
    """Return the lines that pass requests for these paths to the replicas of a service."""
    return [
        f"\t@{matcher} path {' '.join(paths)}",
        f"\thandle @{matcher} {{",
        "\t\treverse_proxy {",
        f"\t\t\tdynamic a {service} 8000",  # spread over the replicas; a name alone would always use one of them
        "\t\t\tlb_try_duration 2s",  # if a replica does not answer, try another one
        "\t\t\ttransport http {",
        "\t\t\t\tkeepalive 60s",  # shorter than CCP_IDLE_SECONDS, so that it sends nothing on a closing connection
        "\t\t\t}",
        "\t\t}",
        "\t}",
    ]


def own_headers(media_type: str) -> list[str]:
    """Return the lines with the headers of an answer that the gateway gives itself."""
    headers = {**DEFAULTS, "content-type": f"{media_type}; charset=utf-8"}
    return ["\t\theader {", *(f'\t\t\t{name} "{value}"' for name, value in headers.items()), "\t\t}"]


def largest_body() -> int:
    """Return slightly more than any service accepts, so that the sender reads the service's own error."""
    limits = [limit for service in load(available(), Settings(), {}) for limit in service.body_limits.values()]
    return max(limits) + BODY_LIMIT


def env_example() -> str:
    """Return every setting with its description and default."""
    lines = ["# Every setting, generated from the code by `ccp generate`. Copy to .env and change what you need."]
    own: list[tuple[str, type[BaseSettings]]] = [
        ("every service", Settings),
        ("profiles", ProfilesSettings),
        ("notifications", NotificationsSettings),
    ]
    for section, model in own:
        lines += ["", f"# --- {section}"]
        for name, field in model.model_fields.items():
            default = "" if field.default is None else field.default
            lines += [f"# {field.description}", f"# CCP_{name.upper()}={default}"]
    lines += [
        "",
        "# --- docker-compose.yml only: a password for each account; `sh deploy/secrets.sh` adds those that .env lacks",
        *(f"# CCP_MONGO_PASSWORD_{account.upper()}=" for account in ["root", *available()]),
        *(f"# CCP_BROKER_PASSWORD_{account.upper()}=" for account in ["outside", *available()]),
    ]
    return "\n".join(lines) + "\n"


def picture() -> str:
    """Return the services and the events between them as a Mermaid flowchart."""
    lines = ["```mermaid", "flowchart LR"]
    listened = listeners(Settings())
    lines += [f"  {name}([{name}])" for name in listened]
    for sender in listened:
        for receiver, types in listened.items():
            topics = sorted({".".join(t.split(".")[1:3]) for t in types if t.startswith(f"{sender}.")})
            if topics:
                lines.append(f'  {sender} -- "{"<br>".join(topics)}" --> {receiver}')
    return "\n".join([*lines, "```", ""])


def readme() -> str:
    """Return the README with its diagram updated and its example copied from the tested file."""
    text = PICTURE.sub(lambda _: picture(), (ROOT / "README.md").read_text())
    return CODE.sub(lambda _: EXAMPLE.read_text(), text)
