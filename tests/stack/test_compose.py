"""docker-compose.yml, really run: the demo's story in containers, the walls between them, the e-mails in MailDev."""

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial

import aio_pika
import httpx
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused
from testcontainers.compose import DockerCompose

from tests.support import ROOT
from tests.support.passwords import new_passwords

GATEWAY, OPERATORS, MAILDEV = "http://127.0.0.1:8080", "http://127.0.0.1:8081", "http://127.0.0.1:1080"
OUTSIDE = "outside.tests"
SERVICES = ["calls", "matchmaking", "notifications", "profiles"]
PARTS = ["parked", "events"]
get = partial(httpx.get, timeout=60)  # seconds: the machine may be busy
SERVERS = ["mongo", "rabbitmq", "maildev", "gateway"]
pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.stack, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def passwords(engine: None) -> Iterator[dict[str, str]]:
    """New passwords in the environment, which counts before any .env."""
    with pytest.MonkeyPatch.context() as patch:
        made = new_passwords()
        for name, password in made.items():
            patch.setenv(name, password)
        patch.setenv("CCP_OPERATORS_NEED_SECOND_FACTOR", "false")
        yield made


@pytest.fixture(scope="module")
def compose(passwords: dict[str, str]) -> Iterator[DockerCompose]:
    compose = DockerCompose(ROOT, build=True, wait=True)
    try:
        compose.start()
    except subprocess.CalledProcessError as error:
        said = docker_compose("ps", "-a") + docker_compose("logs", "--no-color", "--tail", "20")
        compose.stop()
        pytest.fail(f"{error.stderr.decode()[-3000:]}\n{said}")
    yield compose
    compose.exec_in_container(["true"], "gateway")  # it is still there
    compose.stop()


def docker_compose(*command: str) -> str:
    done = subprocess.run(["docker", "compose", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def summary(compose: DockerCompose) -> str:
    """Play the demo on the containers, and return its last line."""
    command = [sys.executable, "-m", "ccp", "demo", "--url", GATEWAY]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


def run(compose: DockerCompose, service: str, *command: str) -> tuple[str, str, int]:
    return compose.exec_in_container(list(command), service)


def test_the_demo_tells_the_same_story_and_its_emails_are_in_maildev(summary: str) -> None:
    calls, members, alerts, emails = map(int, re.findall(r"\d+", summary))
    assert summary == f"demo: {calls} calls, {members} members, {alerts} alerts, {emails} emails"
    assert (calls, members, alerts) == (4, 35, 142)
    messages = get(f"{MAILDEV}/api/email").json()
    assert len([m for m in messages if m["to"][0]["address"].endswith("@members.example")]) >= emails
    apply = next(m for m in messages if m["subject"].startswith("Apply: Third Interreg"))
    assert "Why you get this: You follow" in apply["text"]


@pytest.mark.parametrize(
    "path", ["/", "/calls", "/organisations", "/gatherings", "/partner-requests", "/login", "/developers"]
)
def test_the_gateway_serves_pages_to_people(summary: str, path: str) -> None:
    page = get(GATEWAY + path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<h1>" in page.text


def test_the_address_of_the_api_leads_to_the_page_for_developers(summary: str) -> None:
    answer = get(f"{GATEWAY}/docs")
    assert (answer.status_code, answer.headers["location"]) == (302, "/developers")


@pytest.mark.parametrize("path", ["/metrics", *(f"/operations/{name}/{part}" for name in SERVICES for part in PARTS)])
def test_the_gateway_shows_strangers_no_metrics_and_no_operations(summary: str, path: str) -> None:
    answer = get(GATEWAY + path)
    assert (answer.status_code, answer.text) == (404, "Page not found. The start page is /.")
    assert answer.headers["cache-control"] == "no-store"


def test_operators_reach_their_routes_on_a_port_of_this_machine(summary: str) -> None:
    assert get(f"{OPERATORS}/metrics").status_code == 404
    assert get(f"{OPERATORS}/operations/calls/parked").status_code == 401
    command = [sys.executable, "-m", "ccp", "parked", "list", "--url", OPERATORS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "parked" in done.stdout.lower()  # nothing, or what another test sent


def test_only_this_machine_reaches_the_published_ports(compose: DockerCompose) -> None:
    done = subprocess.run(["docker", "compose", "ps", "--format", "json"], cwd=ROOT, capture_output=True, check=True)
    published = {
        (row["Service"], port["TargetPort"]): port["URL"]
        for row in map(json.loads, done.stdout.splitlines())
        for port in row["Publishers"] or []
        if port["PublishedPort"]
    }
    ports = {("gateway", 8080), ("gateway", 8081), ("maildev", 1080), ("rabbitmq", 5672)}
    assert published == dict.fromkeys(ports, "127.0.0.1")


@pytest.mark.parametrize("service", [*SERVICES, *SERVERS])
def test_no_container_has_a_right_that_it_does_not_need(compose: DockerCompose, service: str) -> None:
    container = subprocess.run(
        ["docker", "compose", "ps", "-q", service], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    done = subprocess.run(["docker", "inspect", container], capture_output=True, check=True)
    host = json.loads(done.stdout)[0]["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert (host["CapAdd"] or []) == (["NET_BIND_SERVICE"] if service == "gateway" else [])
    assert "no-new-privileges:true" in host["SecurityOpt"]
    out, _, _ = run(compose, service, "sh", "-c", "touch /usr/x 2>&1 || true")
    assert "Read-only file system" in out


REACHED = {  # by whom
    "mongo:27017": SERVICES,
    "rabbitmq:5672": SERVICES,
    "maildev:1025": ["notifications"],
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_reaches_only_the_servers_that_it_needs(compose: DockerCompose, service: str) -> None:
    code = """
import socket, sys
for address in sys.argv[1:]:
    host, port = address.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=3).close()
        print(address)
    except OSError:
        pass
"""
    done = subprocess.run(
        ["docker", "compose", "exec", "-T", service, "python", "-c", code, *REACHED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [address for address, services in REACHED.items() if service in services]


def test_nothing_leaves_this_machine_from_the_networks_of_databases_queues_and_services(compose: DockerCompose) -> None:
    names = [f"ccp_{name}" for name in ("database", "broker", "edge")]
    done = subprocess.run(["docker", "network", "inspect", *names], capture_output=True, check=True)
    assert [network["Internal"] for network in json.loads(done.stdout)] == [True, True, True]


@pytest.mark.parametrize("service", SERVICES)
def test_no_container_of_a_service_knows_the_password_of_another(
    compose: DockerCompose, service: str, passwords: dict[str, str]
) -> None:
    out, _, _ = compose_code(compose, service, "import os; print(*os.environ.values())")
    known = {name for name, password in passwords.items() if password in out}
    own = {f"CCP_{server}_PASSWORD_{service.upper()}" for server in ("MONGO", "BROKER")}
    assert known == own | ({"CCP_OPERATOR_PASSWORD"} if service == "profiles" else set())


def test_a_service_logs_in_nowhere_with_the_password_of_another(
    compose: DockerCompose, passwords: dict[str, str]
) -> None:
    code = f"""
import pymongo
for user in ("calls", "profiles"):
    try:
        url = f"mongodb://{{user}}:{passwords["CCP_MONGO_PASSWORD_CALLS"]}@mongo/ccp_{{user}}?replicaSet=ccp"
        pymongo.MongoClient(url)[f"ccp_{{user}}"].list_collection_names()
        print("in")
    except pymongo.errors.OperationFailure as error:
        print(error.details["codeName"])
"""
    out, err, _ = compose_code(compose, "calls", code)
    assert out.split() == ["in", "AuthenticationFailed"], err


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_has_its_own_code_only_no_root_and_nowhere_to_write(compose: DockerCompose, service: str) -> None:
    out, _, _ = run(compose, service, "sh", "-c", "ls -d services/[a-z]*/; id -u; touch /app/x 2>&1 || true")
    lines = out.split("\n")
    assert lines[0] == f"services/{service}/"
    assert lines[1] == "10001"
    assert "Read-only file system" in out
    ours = {"argon2": "profiles", "aiosmtplib": "notifications"}
    for package, owner in ours.items():
        _, _, code = compose_code(compose, service, f"import {package}")
        assert (code == 0) == (service == owner), (service, package)


def compose_code(compose: DockerCompose, service: str, code: str) -> tuple[str, str, int]:
    done = subprocess.run(
        ["docker", "compose", "exec", "-T", service, "python", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


def test_a_service_sees_only_its_own_database(summary: str, compose: DockerCompose) -> None:
    code = """
import os, pymongo
client = pymongo.MongoClient(os.environ["CCP_MONGO_URL"])
print(client.ccp_calls.calls.count_documents({}))
try:
    client.ccp_profiles.members.find_one()
except pymongo.errors.OperationFailure as error:
    print(error.details["codeName"])
"""
    out, err, _ = compose_code(compose, "calls", code)
    assert out.split() == ["4", "Unauthorized"] or int(out.split()[0]) >= 4, err
    assert out.split()[1] == "Unauthorized"


def test_a_service_reads_its_own_queue_and_may_change_no_topology(compose: DockerCompose) -> None:
    code = """
import asyncio, os, aio_pika
async def main():
    async with await aio_pika.connect(os.environ["CCP_BROKER_URL"]) as connection:
        for queue in ("calls.events.v1", "profiles.events.v1"):
            channel = await connection.channel()
            try:
                await (await channel.get_queue(queue)).get(fail=False)
                print("reads")
            except Exception as error:
                print(type(error).__name__)
        channel = await connection.channel()
        try:
            await channel.declare_queue("calls.mine", durable=True)
        except Exception as error:
            print(type(error).__name__)
asyncio.run(main())
"""
    out, err, _ = compose_code(compose, "calls", code)
    assert out.split() == ["reads", "ChannelAccessRefused", "ChannelAccessRefused"], err


REFUSED: dict[str, Callable[[AbstractChannel], Awaitable[object]]] = {
    "read a service's queue": lambda at: queue(at, "notifications.events.v1", "get", fail=False),
    "consume from it": lambda at: queue(at, "notifications.events.v1", "consume", print),
    "read what the broker gave up": lambda at: queue(at, "profiles.dead.v1", "get", fail=False),
    "empty it": lambda at: queue(at, "calls.events.v1", "purge"),
    "delete it": lambda at: queue(at, "calls.events.v1", "delete", if_unused=False, if_empty=False),
    "bind something else to it": lambda at: queue(at, "calls.events.v1", "bind", "ccp.events", "calls.#"),
    "cut it off": lambda at: queue(at, "calls.events.v1", "unbind", "ccp.events", "profiles.organisation.published.v1"),
    "make a queue in a service's name": lambda at: at.declare_queue("notifications.mine", durable=True),
    "make one without the prefix": lambda at: at.declare_queue("mine", durable=True),
    "listen to members": lambda at: queue(at, OUTSIDE, "bind", "ccp.events", "profiles.member.#"),
    "listen to members by another pattern": lambda at: queue(at, OUTSIDE, "bind", "ccp.events", "*.member.#"),
    "listen to everything": lambda at: queue(at, OUTSIDE, "bind", "ccp.events", "#"),
    "listen to what is dead": lambda at: queue(at, OUTSIDE, "bind", "ccp.dead", "profiles"),
    "announce a call": lambda at: publish(at, "ccp.events", "calls.call.published.v1"),
    "publish anything": lambda at: publish(at, "ccp.events", "outside.thing.published.v1"),
    "put a message into a queue": lambda at: publish(at, "", "notifications.events.v1"),
    "delete the exchange": lambda at: at.exchange_delete("ccp.events"),
}


async def queue(at: AbstractChannel, name: str, deed: str, *args: object, **kwargs: object) -> object:
    return await getattr(await at.get_queue(name, ensure=False), deed)(*args, **kwargs)


async def publish(at: AbstractChannel, exchange: str, key: str) -> object:
    return await (await at.get_exchange(exchange, ensure=False)).publish(aio_pika.Message(b"{}"), key)


def broker(user: str) -> str:
    """Return the address of the published port, with the password of an account."""
    return f"amqp://{user}:{os.environ[f'CCP_BROKER_PASSWORD_{user.upper()}']}@127.0.0.1:5673/"


@pytest.fixture
async def outside(compose: DockerCompose) -> AsyncIterator[AbstractChannel]:
    """A channel of the account for outsiders, with a queue of its own, over the published port."""
    async with await aio_pika.connect(broker("outside")) as connection:
        own = await connection.channel()
        listening = await own.declare_queue(OUTSIDE, durable=True)
        yield await connection.channel()
        await listening.delete(if_unused=False, if_empty=False)


async def test_an_outsider_receives_calls_in_its_own_queue(outside: AbstractChannel) -> None:
    listening = await outside.get_queue(OUTSIDE, ensure=False)
    for key in ("calls.call.#", "matchmaking.request.#", "profiles.organisation.#"):
        await listening.bind("ccp.events", key)
    async with await aio_pika.connect(broker("calls")) as connection:
        await publish(await connection.channel(), "ccp.events", "calls.call.published.v1")
    async with listening.iterator(timeout=20) as messages:
        heard = await anext(messages)
        await heard.ack()
    assert heard.routing_key == "calls.call.published.v1"


@pytest.mark.parametrize("attempt", REFUSED)
async def test_an_outsider_may_do_nothing_else(outside: AbstractChannel, attempt: str) -> None:
    with pytest.raises(ChannelAccessRefused):
        await REFUSED[attempt](outside)


def test_every_container_is_healthy_and_within_its_limits(summary: str, compose: DockerCompose) -> None:
    states = subprocess.run(
        ["docker", "compose", "ps", "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    rows = [json.loads(line) for line in states.splitlines()]
    assert {row["Service"] for row in rows} == {*SERVICES, *SERVERS}
    assert all(row["State"] == "running" for row in rows)
    assert all(row["Health"] in {"healthy", ""} for row in rows)


def test_sigterm_ends_a_service_in_order_with_status_0(summary: str, compose: DockerCompose) -> None:
    def docker(*command: str) -> str:
        return subprocess.run(["docker", *command], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    container = docker("compose", "ps", "-q", "matchmaking")
    docker("stop", "--time", "30", container)
    assert docker("inspect", "-f", "{{.State.ExitCode}}", container) == "0"
    docker("compose", "up", "--wait", "--no-build")  # leave it as it was for whichever test is next
