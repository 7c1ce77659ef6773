"""docker-compose.yml, the gateway and the script of passwords, as files: what is closed stays closed."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import ROOT
from tests.support.passwords import write_passwords

COMPOSE = (ROOT / "docker-compose.yml").read_text()
CONTAINERS: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["services"]
NETWORKS: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE)["networks"]
VARIABLES = set(re.findall(r"\$\{(CCP_\w*PASSWORD\w*)", COMPOSE))
GATEWAY = (ROOT / "deploy" / "gateway" / "Caddyfile").read_text()


def test_the_script_writes_a_password_for_each_account_once(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("CCP_PUBLIC_URL=https://ccp.example\nCCP_OPERATOR_PASSWORD=chosen by hand")
    made = write_passwords(file)
    assert made.keys() == VARIABLES | {"CCP_PUBLIC_URL"}
    assert made["CCP_OPERATOR_PASSWORD"] == "chosen by hand"
    random = [value for name, value in made.items() if name not in {"CCP_PUBLIC_URL", "CCP_OPERATOR_PASSWORD"}]
    assert len(set(random)) == len(random) == 10
    assert all(re.fullmatch(r"[0-9a-f]{48}", value) for value in random)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert write_passwords(file) == made


def test_every_password_is_described() -> None:
    described = set(re.findall(r"^# (CCP_\w*PASSWORD\w*)=$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert described == VARIABLES


def test_no_account_has_a_default_password() -> None:
    assert re.findall(r"\$\{CCP_\w*PASSWORD\w*:-[^}]*\}", COMPOSE) == []
    assert "of-this-machine" not in "".join(path.read_text() for path in ROOT.glob("*.*") if path.is_file())


def test_no_command_has_a_password_as_its_argument() -> None:
    """Every account of the machine can list the arguments of every process."""
    commands = [container.get(key) for container in CONTAINERS.values() for key in ("entrypoint", "command")]
    commands += [container.get("healthcheck", {}).get("test") for container in CONTAINERS.values()]
    assert "PASSWORD" not in str(commands).upper()


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_has_no_right_that_it_does_not_need(name: str) -> None:
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "gateway" else [])
    assert container["networks"]
    assert all(port.startswith("127.0.0.1:") for port in container.get("ports", []))


def test_databases_and_queues_are_on_networks_without_a_way_out() -> None:
    internal = {name for name, network in NETWORKS.items() if network.get("internal")}
    assert internal == {"database", "broker", "edge"}
    assert CONTAINERS["mongo"]["networks"] == ["database"]
    outward = {name: set(container["networks"]) - internal for name, container in CONTAINERS.items()}
    assert {name: networks for name, networks in outward.items() if networks} == {
        "rabbitmq": {"outside"},
        "maildev": {"mail"},
        "notifications": {"mail"},
        "gateway": {"public"},
    }


def test_the_gateway_routes_strangers_to_no_operations_and_no_metrics() -> None:
    blocks = dict(re.findall(r"^(\S+) \{\n(.*?)^\}", GATEWAY, re.MULTILINE | re.DOTALL))
    assert blocks.keys() == {"(platform)", ":8080", ":8081"}
    assert "/metrics" not in GATEWAY
    assert "/operations" not in blocks["(platform)"] + blocks[":8080"]
    assert blocks[":8081"].count("path /operations/") == 4
