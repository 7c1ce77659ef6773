"""The platform in containers: the project's docker-compose.yml, with replicas of notifications. Needs Docker."""

import contextlib
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import docker
import httpx
from docker.models.containers import Container as Handle

from shared.mongod import free_port
from tests.chaos.parts import SETTINGS, Part, Sink, Site
from tests.support import ROOT
from tests.support.passwords import new_passwords

PROJECT = "ccp-chaos"
FILES = ["-f", "docker-compose.yml", "-f", "tests/chaos/compose.yml"]
SERVICES = ["calls", "matchmaking", "notifications", "profiles"]
PASSWORD = "under-attack"  # of the account that puts poisoned messages into any queue
METRICS = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/metrics', timeout=10).read().decode())"


@contextlib.contextmanager
def containers(replicas: int) -> Iterator[Site]:
    """Run a separate platform with empty volumes, and remove it before and afterwards."""
    ports = {name: free_port() for name in ("mongo", "broker", "mail", "gateway")}
    published = {f"CHAOS_{name.upper()}_PORT": str(port) for name, port in ports.items()}
    own = {**new_passwords(), "CHAOS_PASSWORD": PASSWORD, "CCP_LOG_FORMAT": "json"}
    environment = {**os.environ, **own, **SETTINGS, **published}  # before any .env
    maildev = httpx.Client(base_url=f"http://127.0.0.1:{ports['mail']}", timeout=30)
    with maildev, contextlib.closing(docker.from_env()) as engine:
        compose(environment, "down", "--volumes")  # what an interrupted run left
        try:
            compose(environment, "up", "--build", "--wait", "--scale", f"notifications={replicas}")
            yield site(engine, ports, MailDev(maildev), own["CCP_MONGO_PASSWORD_ROOT"])
        finally:
            compose(environment, "kill")
            compose(environment, "down", "--volumes")


def compose(environment: dict[str, str], *command: str) -> None:
    """Run docker compose. Raises RuntimeError with its error output."""
    done = subprocess.run(
        ["docker", "compose", "-p", PROJECT, *FILES, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"docker compose {' '.join(command)}: {done.stderr[-2000:]}")


def site(engine: docker.DockerClient, ports: dict[str, int], sink: Sink, root: str) -> Site:
    found = engine.containers.list(filters={"label": f"com.docker.compose.project={PROJECT}"})
    parts = {part.name: part for part in sorted(map(Container, found), key=lambda part: part.name)}
    return Site(
        mongo=parts["mongo-1"],
        broker=parts["rabbitmq-1"],
        services=[part for name, part in parts.items() if name.partition("-")[0] in SERVICES],
        sink=sink,
        mongo_url=f"mongodb://root:{root}@127.0.0.1:{ports['mongo']}/?authSource=admin&directConnection=true",
        broker_url=f"amqp://chaos:{PASSWORD}@127.0.0.1:{ports['broker']}/",
        urls=dict.fromkeys(SERVICES, f"http://127.0.0.1:{ports['gateway']}"),
    )


class Container(Part):
    """One container. After a kill it stays stopped: `restart: unless-stopped` applies to containers that end alone."""

    def __init__(self, handle: Handle) -> None:
        self.handle = handle
        self.name = handle.name.removeprefix(f"{PROJECT}-")

    def start(self) -> None:
        self.handle.start()

    def kill(self) -> None:
        with contextlib.suppress(docker.errors.APIError):  # it has just ended by itself
            self.handle.kill()

    def pause(self) -> None:
        with contextlib.suppress(docker.errors.APIError):
            self.handle.pause()

    def resume(self) -> None:
        self.handle.reload()
        if self.handle.status == "paused":
            self.handle.unpause()

    @property
    def is_running(self) -> bool:
        self.handle.reload()
        return self.handle.status in {"running", "paused", "restarting"}

    @property
    def answers(self) -> bool:
        self.handle.reload()
        return self.handle.status == "running" and self.handle.health == "healthy"

    def metrics(self) -> str:
        """Return its metrics, which start at zero with the process."""
        return self.handle.exec_run(["python", "-c", METRICS]).output.decode()

    def logged(self, event: str) -> int:
        """Return the number of log lines with this event, over all its starts."""
        return self.handle.logs().count(f'"event": "{event}"'.encode())


class MailDev(Sink):
    """The mail catcher of docker-compose.yml, read through its API."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    @property
    def counts(self) -> Counter[str]:
        return Counter(mail["headers"]["message-id"] for mail in self.http.get("/api/email").json())

    def text_to(self, address: str) -> str | None:
        mails = self.http.get("/api/email", params={"to.address": address}).json()
        return mails[-1]["text"] if mails else None


def out_of_memory(since: float) -> list[str]:
    """Return the containers that ran out of memory, from Docker's events."""
    with contextlib.closing(docker.from_env()) as engine:
        wanted = {"event": "oom", "label": f"com.docker.compose.project={PROJECT}"}
        found = engine.events(since=int(since), until=int(time.time()) + 1, decode=True, filters=wanted)
        return [event["Actor"]["Attributes"]["name"] for event in found]
