"""Everything that is generated from the code, as one table; `ccp generate --check` says what has drifted."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path

from pydantic_settings import BaseSettings

from ccp import asyncapi, revisions
from ccp.revisions import PUBLISHED
from services.__main__ import available, listeners, load
from services.notifications.settings import NotificationsSettings
from services.profiles.settings import ProfilesSettings
from shared.bus.topology import definitions
from shared.contracts import Event
from shared.host import BODY_LIMIT
from shared.settings import Settings

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "listen.py"
PICTURE = re.compile(r"(?<=<!-- picture: ccp generate -->\n).*?(?=<!-- /picture -->)", re.DOTALL)
CODE = re.compile(r"(?<=```python\n).*?(?=```)", re.DOTALL)


def targets() -> Iterator[tuple[Path, Callable[[], str]]]:
    """Each generated file and what should be in it."""
    yield ROOT / "deploy" / "rabbitmq" / "topology.json", topology
    yield ROOT / "deploy" / "gateway" / "Caddyfile", caddyfile
    yield ROOT / ".env.example", env_example
    yield ROOT / "README.md", readme
    yield PUBLISHED / "asyncapi.yaml", asyncapi_yaml
    for contract in Event.registry.values():
        name = revisions.current(contract, PUBLISHED)
        yield revisions.schema_file(name, PUBLISHED), partial(revisions.render, contract, name)


def generate() -> list[Path]:
    """Write what has drifted; returns those files. Raises NotPublishable, with nothing written."""
    changed = drifted()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dict(targets())[path]())
    return changed


def drifted() -> list[Path]:
    """Files that are not what they should be. Raises NotPublishable."""
    revisions.require_publishable(Event.registry, PUBLISHED)
    return [path for path, make in targets() if not path.exists() or path.read_text() != make()]


def topology() -> str:
    """What the broker loads at boot: a service that has never run has its queue."""
    return json.dumps(definitions(listeners(Settings())), indent=2) + "\n"


def asyncapi_yaml() -> str:
    """The bus for those who have nothing but this file: AsyncAPI 3.0."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return asyncapi.render(asyncapi.document(project, listeners(Settings()), PUBLISHED))


def caddyfile() -> str:
    """One way in: each path prefix to the service whose card claims it, `.*` for feeds and exports."""
    lines = [
        "# Generated from the services' cards by `ccp generate`.",
        ":8080 {",
        "\tencode gzip",
        "\trequest_body {",
        f"\t\tmax_size {largest_body()}",
        "\t}",
    ]
    for name in available():
        prefixes = import_module(f"services.{name}").PREFIXES
        paths = [path for p in prefixes for path in ([p, f"{p}.*", f"{p}/*"] if p != "/" else [p])]
        own_docs = [f"/docs/{name}", f"/docs/{name}/*", f"/openapi/{name}.json", f"/operations/{name}/*"]
        extra = ["/livez", "/readyz"] if "/" in prefixes else []
        lines += [
            f"\t@{name} path {' '.join([*paths, *own_docs, *extra])}",
            f"\thandle @{name} {{",
            "\t\treverse_proxy {",
            f"\t\t\tdynamic a {name} 8000",  # every replica its share; by name alone one connection would serve all
            "\t\t\tlb_try_duration 2s",  # whoever cannot be reached is gone: another one
            "\t\t}",
            "\t}",
        ]
    links = " ".join(f"<p><a href='/docs/{name}'>{name}</a></p>" for name in available())
    lines += [
        "\thandle /docs {",
        "\t\theader Content-Type text/html",
        f'\t\trespond "<!doctype html><title>The API</title><h1>The API</h1>{links}" 200',
        "\t}",
        "\thandle {",
        '\t\trespond "There is nothing here." 404',
        "\t}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def largest_body() -> int:
    """A little more than any service takes, so that its own refusal is what a sender reads."""
    limits = [limit for service in load(available(), Settings(), {}) for limit in service.large_bodies.values()]
    return max(limits) + BODY_LIMIT


def env_example() -> str:
    """Every setting, with its default and what it means."""
    lines = ["# Every setting, generated from the code by `ccp generate`. Copy to .env and change what you need."]
    own: list[tuple[str, type[BaseSettings]]] = [
        ("every service", Settings),
        ("profiles", ProfilesSettings),
        ("notifications", NotificationsSettings),
    ]
    for who, model in own:
        lines += ["", f"# --- {who}"]
        for name, field in model.model_fields.items():
            default = "" if field.default is None else field.default
            lines += [f"# {field.description}", f"# CCP_{name.upper()}={default}"]
    lines += [
        "",
        "# --- docker-compose.yml only; change both before anybody but you can reach the machine",
        "# Password of every service's database user and of MongoDB's root",
        "# CCP_MONGO_PASSWORD=mongo-of-this-machine",
        "# Password of every service's RabbitMQ user",
        "# CCP_BROKER_PASSWORD=broker-of-this-machine",
        "# Password of the RabbitMQ user `outside`, for services of your own",
        "# CCP_OUTSIDE_PASSWORD=broker-of-this-machine",
    ]
    return "\n".join(lines) + "\n"


def picture() -> str:
    """The services and what travels between them, as a Mermaid flowchart."""
    lines = ["```mermaid", "flowchart LR"]
    heard = listeners(Settings())
    lines += [f"  {name}([{name}])" for name in heard]
    for sender in heard:
        for receiver, types in heard.items():
            topics = sorted({".".join(t.split(".")[1:3]) for t in types if t.startswith(f"{sender}.")})
            if topics:
                lines.append(f'  {sender} -- "{"<br>".join(topics)}" --> {receiver}')
    return "\n".join([*lines, "```", ""])


def readme() -> str:
    """The README with its picture drawn and its example copied from the file that is tested."""
    text = PICTURE.sub(lambda _: picture(), (ROOT / "README.md").read_text())
    return CODE.sub(lambda _: EXAMPLE.read_text(), text)
