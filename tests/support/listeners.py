"""A small service that stores a note for each event, for tests of the kernel."""

from fastapi import APIRouter

from shared.bus import Message
from shared.contracts.calls import CallClosed
from shared.envelope import wrap
from shared.jobs import Job
from shared.models import Versioned
from shared.mongo import Collection, Database, Transaction
from shared.service import Service
from shared.testing import System
from tests.support.calls import CALL


class Note(Versioned):
    text: str = ""


NOTES = Collection("notes", Note)


class Listener:
    """A service that stores a note for each event; `failures` are the errors that it raises first."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.jobs_run: list[str] = []

    async def on_call_closed(self, tx: Transaction, event: CallClosed) -> None:
        await NOTES.insert(tx, Note(id=event.call_id))
        if self.failures:
            raise self.failures.pop()

    async def work(self, database: Database, job: Job) -> None:
        self.jobs_run.append(job.id)
        if self.failures:
            raise self.failures.pop()

    def service(self) -> Service:
        return Service("listener", APIRouter(), {CallClosed: self.on_call_closed}, [], [NOTES], {"work": self.work})


def closed(call_id: str) -> CallClosed:
    return CallClosed(call_id=call_id, call=CALL)


def message_of(event: CallClosed) -> Message:
    envelope = wrap(event, "test")
    return Message(envelope.id, envelope.type, envelope.to_bytes())


async def deliver(system: System, message: Message) -> None:
    await system.runtimes["listener"].consumer.receive(message)


async def notes(system: System) -> int:
    return await NOTES.count(system.db("listener"), {})
