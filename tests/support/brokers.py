"""A RabbitMQ for each pytest-xdist worker: a virtual host of its own, or turns on a shared one."""

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from shared.ids import new_id

HOW_TO_GET_RABBITMQ = (
    "no RabbitMQ: set CCP_BROKER_URL, or `apt-get install rabbitmq-server` and start it, "
    "or start Docker (../shared/lab/up) for testcontainers"
)
HERE = {"127.0.0.1", "localhost"}


@dataclass(frozen=True)
class VirtualHost:
    """A virtual host; `turns` is the file that is locked while a test uses it, if workers share it."""

    url: str
    turns: Path | None = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other worker uses the virtual host, and keep the others out."""
        if not self.turns:
            yield
            return
        with self.turns.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def find_virtual_host(stack: contextlib.ExitStack, turns: Path) -> VirtualHost | None:
    """Return the RabbitMQ of CCP_BROKER_URL, of this machine or of a container; `turns`: a folder of all workers."""
    shared = os.environ.get("CCP_BROKER_URL") or local_url()
    if not shared:
        return container(stack)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return VirtualHost(shared)
    own = stack.enter_context(added_beside(shared))
    return VirtualHost(own) if own else VirtualHost(shared, turns / "rabbitmq.turns")


def local_url() -> str | None:
    with socket.socket() as probe:
        probe.settimeout(1)
        return "amqp://guest:guest@127.0.0.1/" if probe.connect_ex(("127.0.0.1", 5672)) == 0 else None


def container(stack: contextlib.ExitStack) -> VirtualHost | None:
    """Start a container; each worker has one."""
    if not shutil.which("docker"):
        return None
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.rabbitmq import RabbitMqContainer

    try:
        started = stack.enter_context(RabbitMqContainer("rabbitmq:4.0-management"))
    except Exception:  # no engine, no image: as good as no Docker
        return None
    return VirtualHost(f"amqp://guest:guest@{started.get_container_host_ip()}:{started.get_exposed_port(5672)}/")


@contextlib.contextmanager
def added_beside(url: str) -> Iterator[str | None]:
    """Add a virtual host beside the one of the URL, while it is used; None if rabbitmqctl cannot."""
    parts, name = urlsplit(url), f"ccp-tests-{new_id()[-12:]}"
    if parts.hostname not in HERE or not control("add_vhost", name):
        yield None
        return
    try:
        allowed = control("set_permissions", "-p", name, parts.username or "guest", ".*", ".*", ".*")
        yield parts._replace(path=f"/{name}").geturl() if allowed else None
    finally:
        control("delete_vhost", name)


def control(*command: str) -> bool:
    """Return whether a command of this machine's RabbitMQ succeeded."""
    tool = shutil.which("rabbitmqctl")
    return bool(tool) and not subprocess.run([tool, "-q", *command], capture_output=True, check=False).returncode
