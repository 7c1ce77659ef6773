"""The platform as processes on this machine: services, mongod, RabbitMQ, and an SMTP server that keeps all mail."""

import asyncio
import contextlib
import email
import email.policy
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import httpx
from aiosmtpd.controller import Controller

from shared.mongo import initiate_replica_set
from shared.mongod import SERVER_OPTIONS, find_mongod, free_port
from tests.chaos.parts import SETTINGS, TIMEOUT, Part, Sink, Site, start_all
from tests.support import ROOT


@contextlib.contextmanager
def processes(folder: Path, grouping: Sequence[Sequence[str]], sink: "SmtpSink | None" = None) -> Iterator[Site]:
    """Start the servers and define the services. `grouping`: the services of each process, with all replicas."""
    mongod, broker, sink = Mongod(folder), Broker(folder), sink or SmtpSink()
    urls = {"CCP_MONGO_URL": mongod.url, "CCP_BROKER_URL": broker.url, "CCP_MAIL_URL": sink.url}
    names = ["+".join(group) for group in grouping]
    services = [
        ServiceProcess(f"{name}-{names[: place + 1].count(name)}", name.split("+"), folder, **SETTINGS, **urls)
        for place, name in enumerate(names)
    ]
    by_service = {service: part.url for part in reversed(services) for service in part.services}
    site = Site(mongod, broker, services, sink, mongod.url, broker.url, by_service)
    with sink.receiving():
        try:
            start_all([mongod, broker])
            asyncio.run(initiate_replica_set(f"mongodb://127.0.0.1:{mongod.port}/", f"127.0.0.1:{mongod.port}"))
            yield site
        finally:
            for part in (mongod, broker, *services):
                part.kill()


class Process(Part):
    """A process that can be started, killed, paused and started again with the same data."""

    def __init__(self, name: str, command: list[str], folder: Path, **environment: str) -> None:
        self.name = name
        self.command = command
        self.folder = folder
        self.environment = {**os.environ, **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env={**self.environment, **more}, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        if self.process and self.is_running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def kill(self) -> None:
        if self.process:
            self.signal(signal.SIGKILL)
            self.wait()

    def pause(self) -> None:
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.signal(signal.SIGCONT)

    def stop(self) -> int:
        """End the process with SIGTERM, as an operator would. Return its status."""
        self.resume()
        self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        assert self.process is not None
        try:
            return self.process.wait(TIMEOUT)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            raise


class Mongod(Process):
    """A replica set with one member; its data stays when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        data = folder / "mongo"
        data.mkdir(parents=True)
        command = [str(find_mongod()), "--dbpath", str(data), "--port", str(self.port), "--bind_ip", "127.0.0.1"]
        super().__init__("mongo", [*command, *SERVER_OPTIONS, "--wiredTigerCacheSizeGB", "0.5"], folder)
        self.url = f"mongodb://127.0.0.1:{self.port}/?replicaSet=ccp"

    @property
    def answers(self) -> bool:
        return listens(self.port)


class Broker(Process):
    """A separate RabbitMQ node, independent of others on this machine."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        node = f"chaos{self.port}@localhost"
        home = folder / "rabbitmq"
        home.mkdir(parents=True)
        own = {
            "RABBITMQ_NODENAME": node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(home),
            "RABBITMQ_LOG_BASE": str(home),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(home / "none"),
            "HOME": str(home),
        }
        super().__init__("rabbitmq", [find_rabbitmq()], folder, **own)
        self.url = f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def control(self, *command: str) -> None:
        """Run a rabbitmqctl command on the node."""
        tool = Path(find_rabbitmq()).with_name("rabbitmqctl")
        node = self.environment["RABBITMQ_NODENAME"]
        subprocess.run([tool, "-q", "-n", node, *command], env=self.environment, check=True, capture_output=True)

    @property
    def answers(self) -> bool:
        return listens(self.port)


def find_rabbitmq() -> str:
    """Return the path of the server. The distribution's wrapper is not used: it changes the user."""
    for path in ("/usr/lib/rabbitmq/bin/rabbitmq-server", shutil.which("rabbitmq-server")):
        if path and Path(path).exists():
            return path
    raise FileNotFoundError("rabbitmq-server not found: apt-get install rabbitmq-server")


class ServiceProcess(Process):
    """A process of one or more services, as `python -m services` runs them."""

    def __init__(self, name: str, services: list[str], folder: Path, **settings: str) -> None:
        self.port = free_port()
        self.services = services
        super().__init__(
            name,
            [sys.executable, "-m", "services", *services],
            folder,
            CCP_PORT=str(self.port),
            CCP_DATA_DIR=str(folder / "var"),
            CCP_LOG_LEVEL="warning",
            **settings,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class SmtpSink(Sink):
    """An SMTP server that notes Message-ID and recipient of each message."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.bodies: dict[str, bytes] = {}  # the last content by recipient
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: object, session: object, envelope: SimpleNamespace) -> str:  # noqa: N802
        message_id = str(email.message_from_bytes(envelope.content)["Message-ID"])
        for recipient in envelope.rcpt_tos:
            self.seen.append((message_id, recipient))
            self.bodies[recipient] = envelope.content
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(message_id for message_id, _ in self.seen)

    def text_to(self, address: str) -> str | None:
        if address not in self.bodies:
            return None
        message = email.message_from_bytes(self.bodies[address], policy=email.policy.default)
        return str(message.get_body(("plain",)).get_content())

    @contextlib.contextmanager
    def receiving(self) -> Iterator[None]:
        self._controller.start()
        yield
        self._controller.stop()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
