"""The behaviour of every bus, specified once and run on both adapters."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from shared.bus import Bus, Message, Outcome, Subscription, rabbit
from shared.bus.memory import MemoryBus
from shared.ids import new_id
from shared.testing import until

TYPE, OTHER_TYPE = "calls.call.published.v1", "calls.call.closed.v1"
LISTENERS = {"listener": [TYPE], "other": [TYPE, OTHER_TYPE]}


class Listener:
    """A service that keeps the messages it received; `failures` makes it fail first."""

    def __init__(self, name: str, failures: int = 0) -> None:
        self.name, self.failures = name, failures
        self.got: list[Message] = []
        self.dead: list[Message] = []
        self.open = asyncio.Event()
        self.open.set()

    async def receive(self, message: Message) -> None:
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise RuntimeError("not now")
        self.got.append(message)

    async def receive_dead(self, message: Message) -> None:
        self.dead.append(message)

    @property
    def subscription(self) -> Subscription:
        return Subscription(self.name, LISTENERS[self.name], self.receive, self.receive_dead)


@pytest.fixture(params=["memory", "rabbit"])
async def bus(request: pytest.FixtureRequest, any_broker: Callable[[], str]) -> AsyncIterator[Bus]:
    if request.param == "memory":
        bus: Bus = MemoryBus()
    else:
        url = any_broker()
        await rabbit.remove(url, list(LISTENERS))
        bus = rabbit.RabbitBus(url, LISTENERS)
    yield bus
    await bus.close()
    if request.param == "rabbit":
        await rabbit.remove(url, list(LISTENERS))


@pytest.fixture
def any_broker(request: pytest.FixtureRequest) -> Callable[[], str]:
    return lambda: request.getfixturevalue("broker_url")


def message(event_type: str = TYPE) -> Message:
    return Message(new_id(), event_type, b'{"n": 1}')


async def test_each_listening_service_gets_its_own_copy(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    sent = [message() for _ in range(30)]
    assert await confirmed(bus, sent)
    await until(lambda: received(one, 30))
    await until(lambda: received(two, 30))
    assert {m.id for m in one.got} == {m.id for m in two.got} == {m.id for m in sent}
    assert one.got[0].body == b'{"n": 1}'


async def test_a_service_gets_only_the_types_it_asked_for(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    assert await confirmed(bus, [message(OTHER_TYPE), message()])
    await until(lambda: received(two, 2))
    await until(lambda: received(one, 1))
    assert [m.type for m in one.got] == [TYPE]


async def test_an_event_published_before_the_start_is_delivered(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    early = asyncio.create_task(bus.publish([message()]))
    await asyncio.wait([early], timeout=0.1)
    await bus.start([one.subscription, two.subscription])
    assert await early == [Outcome.CONFIRMED]
    await until(lambda: received(one, 1))


async def test_an_event_without_listener_is_reported_as_unrouted(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    assert await confirmed(bus, [message()])
    assert await bus.publish([message("nothing.without.listener.v1")]) == [Outcome.UNROUTED]


async def test_a_message_to_one_queue_reaches_that_service_alone(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    sent = [message() for _ in range(30)]
    assert await confirmed(bus, sent, to="other.events.v1")
    assert await confirmed(bus, [last := message()])
    await until(lambda: received(two, 31))
    await until(lambda: received(one, 1))
    assert {m.id for m in two.got} == {m.id for m in [*sent, last]}
    assert {m.type for m in two.got} == {TYPE}
    assert [m.id for m in one.got] == [last.id]


async def test_a_message_to_a_queue_that_is_not_bound_is_unrouted(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    assert await confirmed(bus, [message()])  # both services listen now
    assert await bus.publish([message(OTHER_TYPE)], to="listener.events.v1") == [Outcome.UNROUTED]
    assert await bus.publish([message()], to="missing.events.v1") == [Outcome.UNROUTED]
    outcomes = await bus.publish([message(OTHER_TYPE), message()], to="other.events.v1")
    assert outcomes == [Outcome.CONFIRMED] * 2


async def test_a_message_to_one_queue_is_redelivered_after_an_error(bus: Bus) -> None:
    one, two = Listener("listener", failures=2), Listener("other")
    await bus.start([one.subscription, two.subscription])
    assert await confirmed(bus, [message()], to="listener.events.v1")
    await until(lambda: received(one, 1))
    assert two.got == []


async def test_a_message_is_redelivered_after_its_receiver_failed(bus: Bus) -> None:
    """The in-process bus reports an unknown outcome, so that the relay publishes again; RabbitMQ redelivers."""
    one, two = Listener("listener", failures=2), Listener("other")
    await bus.start([one.subscription, two.subscription])
    sent = message()
    assert await confirmed(bus, [sent])
    await until(lambda: received(one, 1))
    assert one.got[0].id == sent.id


async def test_a_slow_listener_loses_no_message(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    one.open.clear()
    async with asyncio.TaskGroup() as group:
        group.create_task(confirmed(bus, [message() for _ in range(60)]))
        await until(lambda: received(two, 1))
        one.open.set()
    await until(lambda: received(one, 60))


async def test_nothing_is_delivered_after_the_stop(bus: Bus) -> None:
    one, two = Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    assert await confirmed(bus, [message()])
    await until(lambda: received(one, 1))
    await bus.stop_delivering()
    assert await bus.publish([message()]) in ([Outcome.UNKNOWN], [Outcome.CONFIRMED])
    assert len(one.got) == 1


async def confirmed(bus: Bus, messages: list[Message], to: str | None = None) -> bool:
    """Publish until every message is confirmed, as the relay does."""
    while messages:
        outcomes = await bus.publish(messages, to)
        assert Outcome.UNROUTED not in outcomes
        messages = [m for m, outcome in zip(messages, outcomes, strict=True) if outcome is Outcome.UNKNOWN]
    return True


async def received(listener: Listener, number: int) -> bool:
    return len({m.id for m in listener.got}) >= number


async def test_a_lost_connection_leaves_nothing_unacknowledged(
    any_broker: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was in delivery when the connection broke does not block later messages."""
    url = any_broker()
    await rabbit.remove(url, list(LISTENERS))
    bus, one, two = rabbit.RabbitBus(url, LISTENERS), Listener("listener"), Listener("other")
    await bus.start([one.subscription, two.subscription])
    one.open.clear()
    assert await confirmed(bus, [message()])
    await until(lambda: received(two, 1))
    connection = bus._consumer.transport.connection
    connection.writer.transport.abort() if hasattr(connection, "writer") else await connection.close(ConnectionError())
    one.open.set()
    await until(lambda: received(two, 1))
    sent = [message() for _ in range(rabbit.FULL_PREFETCH + 50)]
    assert await confirmed(bus, sent)

    async def all_of_it() -> bool:
        return {m.id for m in sent} <= {m.id for m in one.got}

    await until(all_of_it, "everything after the break")
    await bus.close()
    await rabbit.remove(url, list(LISTENERS))
