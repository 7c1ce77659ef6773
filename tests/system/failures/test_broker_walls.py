"""The broker's users and topology as docker-compose.yml loads them: the rights to publish, bind and replay."""

import json
import re
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused

from services.__main__ import available, listeners
from shared.bus import Message, Outcome, rabbit
from shared.settings import Settings
from tests.chaos.parts import until
from tests.chaos.processes import Broker, find_rabbitmq
from tests.support import ROOT

PASSWORD = "of-the-walls"
OUTSIDE = "outside.my-service"
pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit]


def users() -> dict[str, Any]:
    """Return the definitions of deploy/rabbitmq, all with one password."""
    content = (ROOT / "deploy" / "rabbitmq" / "users.json").read_text()
    given: dict[str, Any] = json.loads(re.sub(r"\$\{CCP_BROKER_PASSWORD_\w+\}", PASSWORD, content))
    return given


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with tempfile.TemporaryDirectory(prefix="ccp-walls-") as name:
        folder = Path(name)
        topology = json.loads((ROOT / "deploy" / "rabbitmq" / "topology.json").read_text())
        definitions = folder / "definitions.json"  # one file: RabbitMQ 3.10 reads no folder
        definitions.write_text(json.dumps({**users(), **topology}))
        configuration = (ROOT / "deploy" / "rabbitmq" / "rabbitmq.conf").read_text()
        (folder / "ccp.conf").write_text(re.sub(r"(?<=local.path = ).+", str(definitions), configuration))
        broker = Broker(folder)
        broker.environment["RABBITMQ_CONFIG_FILE"] = str(folder / "ccp.conf")
        broker.start()
        try:
            until(lambda: broker.answers, "RabbitMQ")
            yield broker
        finally:
            broker.kill()


def url(broker: Broker, user: str) -> str:
    return broker.url.replace("guest:guest", f"{user}:{PASSWORD}")


@asynccontextmanager
async def channel(broker: Broker, user: str) -> AsyncIterator[AbstractChannel]:
    async with await aio_pika.connect(url(broker, user)) as connection:
        yield await connection.channel()


async def send(broker: Broker, user: str, event_type: str, to: str | None = None) -> Outcome:
    bus = rabbit.RabbitBus(url(broker, user), listeners(Settings()))
    try:
        return (await bus.publish([Message("id", event_type, b"{}")], to))[0]
    finally:
        await bus.close()


async def outside_binds(broker: Broker, exchange: str, key: str) -> bool:
    async with channel(broker, "outside") as own:
        queue = await own.declare_queue(OUTSIDE, durable=True, arguments={"x-queue-type": "quorum"})
        try:
            await queue.bind(exchange, key)
        except ChannelAccessRefused:
            return False
        return True


@pytest.mark.parametrize("service", available())
async def test_a_service_publishes_and_replays_its_own_types_only(broker: Broker, service: str) -> None:
    own = {
        "calls": "calls.call.published.v1",
        "profiles": "profiles.member.joined.v1",
        "matchmaking": "matchmaking.partners.proposed.v1",
        "notifications": "notifications.key.published.v1",
    }
    for sender, event_type in own.items():
        to = "profiles.events.v1" if sender == "notifications" else "notifications.events.v1"
        expected = Outcome.CONFIRMED if sender == service else Outcome.UNKNOWN
        assert await send(broker, service, event_type) is expected
        assert await send(broker, service, event_type, to) is expected


async def test_an_outsider_cannot_publish_as_a_service(broker: Broker) -> None:
    for to in (None, "notifications.events.v1"):
        assert await send(broker, "outside", "calls.call.published.v1", to) is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("key", "allowed"),
    [
        (f"calls.call.#.to.{OUTSIDE}", True),
        (f"calls.#.to.{OUTSIDE}", False),
        (f"calls.participant.registered.v1.to.{OUTSIDE}", False),
        (f"calls.call.*.v1.to.{OUTSIDE}", True),
        (f"profiles.organisation.#.to.{OUTSIDE}", True),
        (f"matchmaking.request.published.v1.to.{OUTSIDE}", True),
        (f"matchmaking.partners.proposed.v1.to.{OUTSIDE}", False),
        (f"#.to.{OUTSIDE}", False),
        (f"*.*.*.*.to.{OUTSIDE}", False),
        (f"profiles.#.to.{OUTSIDE}", False),
        (f"profiles.*.published.v1.to.{OUTSIDE}", False),
        (f"profiles.member.registered.v1.to.{OUTSIDE}", False),
        ("calls.#", False),
        ("#", False),
        ("calls.#.to.#", False),
        ("calls.call.published.v1.to.notifications.events.v1", False),
    ],
)
async def test_an_outsider_binds_replays_to_its_own_queue_and_without_personal_data(
    broker: Broker, key: str, allowed: bool
) -> None:
    assert await outside_binds(broker, "ccp.replay", key) is allowed


async def test_a_snapshot_reaches_an_outsider_without_personal_data(broker: Broker) -> None:
    assert await outside_binds(broker, "ccp.replay", f"calls.call.#.to.{OUTSIDE}")
    assert await outside_binds(broker, "ccp.replay", f"profiles.organisation.#.to.{OUTSIDE}")
    assert await send(broker, "calls", "calls.call.published.v1", OUTSIDE) is Outcome.CONFIRMED
    assert await send(broker, "profiles", "profiles.organisation.published.v1", OUTSIDE) is Outcome.CONFIRMED
    assert await send(broker, "profiles", "profiles.member.registered.v1", OUTSIDE) is Outcome.UNROUTED


@pytest.mark.parametrize(
    "key",
    [
        "#",
        "profiles.#",
        "profiles.member.registered.v1",
        "matchmaking.#",
        "matchmaking.partners.proposed.v1",
        "calls.#",
        "calls.question.answered.v1",
    ],
)
async def test_an_outsider_cannot_bind_events_with_personal_data(broker: Broker, key: str) -> None:
    assert not await outside_binds(broker, "ccp.events", key)
    assert await outside_binds(broker, "ccp.events", "calls.call.#")
