"""Poisoned messages among valid ones: each is parked with its reason, and no valid message is."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from shared.bus import Message, Outcome, rabbit
from shared.bus.topology import DELIVERY_LIMIT, queue_name
from shared.contracts.calls import CallClosed
from shared.envelope import wrap
from shared.mongo import initiate_replica_set
from tests.chaos.parts import until
from tests.chaos.processes import Broker, Mongod, Process, find_rabbitmq
from tests.support import poisoned
from tests.support.calls import CALL

pytestmark = [pytest.mark.xdist_group("servers"), pytest.mark.rabbit, pytest.mark.timeout(300)]
VALID_MESSAGES = 200


@dataclass
class Servers:
    mongod: Mongod
    broker: Broker
    service: Process


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    try:
        find_rabbitmq()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    with tempfile.TemporaryDirectory(prefix="ccp-poison-") as name:
        folder = Path(name)
        mongod, broker = Mongod(folder), Broker(folder)
        # A process that dies in a transaction leaves locks: end them after one second instead of ten.
        mongod.command[mongod.command.index("transactionLifetimeLimitSeconds=10")] = "transactionLifetimeLimitSeconds=1"
        command = [sys.executable, "-m", "tests.support.poisoned", mongod.url, broker.url]
        service = Process("poisoned", command, folder, CCP_LEASE_SECONDS="2")
        try:
            mongod.start()
            broker.start()
            until(lambda: mongod.answers, "mongod")
            asyncio.run(initiate_replica_set(f"mongodb://127.0.0.1:{mongod.port}/", f"127.0.0.1:{mongod.port}"))
            until(lambda: broker.answers, "RabbitMQ")
            yield Servers(mongod, broker, service)
        finally:
            for part in (service, broker, mongod):
                part.kill()


def closed(call_id: str, title: str = "A valid call") -> Message:
    call = CALL.model_copy(update={"title": title})
    envelope = wrap(CallClosed(call_id=call_id, call=call), "calls")
    return Message(envelope.id, envelope.type, envelope.to_bytes())


def message(envelope: dict[str, Any]) -> Message:
    return Message(envelope["id"], CallClosed.type, json.dumps(envelope).encode())


def poison() -> dict[str, Message]:
    """Return one message of each kind, by the expected reason."""
    good = json.loads(closed("never").body)
    return {
        "not a CloudEvents 1.0 JSON envelope": Message("not-json", CallClosed.type, b'{"specversion": "1.0", '),
        "calls.call.closed.v1: call.version": message({**good, "id": "schema", "data": {"call_id": "x", "call": {}}}),
        "no contract for event type 'calls.call.sung.v1'": message(
            {**good, "id": "unknown", "type": "calls.call.sung.v1"}
        ),
        "this handler always raises": closed("raises", poisoned.RAISES),
        f"died at each of {DELIVERY_LIMIT + 1} deliveries": closed("kills", poisoned.KILLS),
    }


async def send(broker: Broker, messages: list[Message]) -> None:
    bus = rabbit.RabbitBus(broker.url, poisoned.LISTENERS)
    for outcome in await bus.publish(messages):
        assert outcome is Outcome.CONFIRMED
    await bus.close()


def among(valid: list[Message], others: list[Message]) -> list[Message]:
    """Mix the others in at even distances."""
    step = len(valid) // (len(others) + 1)
    mixed = list(valid)
    for number, other in enumerate(others, 1):
        mixed.insert(number * step + number - 1, other)
    return mixed


@dataclass
class Aftermath:
    """The state after every message was handled or parked."""

    poisoned_messages: dict[str, Message]
    parked: list[dict[str, Any]]
    notes: set[str]
    deaths: int
    log: str

    def row(self, place: int) -> dict[str, Any]:
        """Return the parked row of the poisoned message in this place."""
        id = self.poisoned_messages[list(self.poisoned_messages)[place]].id
        return next(row for row in self.parked if row["event_id"] == id)


@pytest.fixture(scope="module")
def aftermath(servers: Servers) -> Aftermath:
    """Send poisoned messages among valid ones; start the service again each time it dies."""
    valid, poisoned_messages = [closed(f"call-{number}") for number in range(VALID_MESSAGES)], poison()
    asyncio.run(send(servers.broker, among(valid, list(poisoned_messages.values()))))
    with MongoClient[Any](servers.mongod.url) as client:
        database = client[f"ccp_{poisoned.NAME}"]
        deaths = 0

        def done() -> bool:
            """Return whether every message was handled or parked."""
            messages = len(poisoned_messages) + len(valid)
            return database.parked.count_documents({}) + database.notes.count_documents({}) == messages

        while not done():
            servers.service.start()
            until(lambda: not servers.service.is_running or done(), "the service to die or to be done")
            if not servers.service.is_running:
                assert servers.service.wait() == poisoned.EXIT
                deaths += 1
                assert deaths <= DELIVERY_LIMIT + 1

        parked = list(database.parked.find())
        notes = {note["_id"] for note in database.notes.find()}
    return Aftermath(poisoned_messages, parked, notes, deaths, (servers.service.folder / "poisoned.log").read_text())


def test_every_kind_of_poison_is_parked_with_its_reason(aftermath: Aftermath) -> None:
    assert {row["event_id"] for row in aftermath.parked} == {sent.id for sent in aftermath.poisoned_messages.values()}
    for reason, sent in aftermath.poisoned_messages.items():
        [row] = [row for row in aftermath.parked if row["event_id"] == sent.id]
        assert reason in row["reason"]
        assert row["body"] == sent.body
        assert row["traceback"]


def test_no_valid_message_is_lost_or_parked(aftermath: Aftermath) -> None:
    assert aftermath.notes == {f"call-{number}" for number in range(VALID_MESSAGES)}


def test_an_event_whose_handler_raises_is_parked_with_the_traceback(aftermath: Aftermath) -> None:
    raised = aftermath.row(3)
    assert "on_call_closed" in raised["traceback"]
    assert raised["event_type"] == CallClosed.type


def test_an_event_that_kills_its_process_is_parked_after_the_last_delivery(aftermath: Aftermath) -> None:
    killed = aftermath.row(4)
    assert aftermath.deaths == DELIVERY_LIMIT + 1
    assert killed["event_type"] == CallClosed.type
    assert killed["attempts"] == DELIVERY_LIMIT + 1
    assert f"delivery_limit in {queue_name(poisoned.NAME)} at 20" in killed["reason"]
    again = [line for line in aftermath.log.splitlines() if "delivered_again" in line and killed["event_id"] in line]
    assert len(again) == DELIVERY_LIMIT, "the logs name the processes that it killed"
