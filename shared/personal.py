"""What a service holds of its members, as data, and the erasure that every service does with it.

The table of a service says for each collection how the documents of a member are found, and what becomes of them:
they are deleted, or they stay without the person. The id of a former member stays in what is kept. It names no one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared import failpoint
from shared.auth import PUBLIC_KEYS, REVOKED_TOKENS, SIGNING_KEYS
from shared.clock import real_now
from shared.consumer import INBOX, Handlers
from shared.contracts import Event
from shared.contracts.base import ErasedThings, ErasureAnswered, SealedPiece
from shared.contracts.profiles import MemberErased
from shared.erased import ERASED, HARMLESS, ErasedMember, due_at
from shared.idempotency import ANSWERS, answered_by
from shared.jobs import JOBS, Job, JobHandler, enqueue
from shared.models import Document
from shared.mongo import Collection, Database, Query, Reader, Transaction
from shared.outbox import OUTBOX
from shared.parking import PARKED
from shared.pseudonyms import PSEUDONYM_KEYS
from shared.quota import CLAIMED
from shared.snapshot import SnapshotEvent, SnapshotSource

ERASE = "erase_member"  # kind of the job
AGAIN_AFTER = timedelta(minutes=2)  # longer than any transaction: what began before the erasure has ended by then
AT_ONCE = 500  # rows of messages that are read together
MESSAGES = (OUTBOX, JOBS, PARKED, ANSWERS)  # collections of the kernel that `forget_messages` searches
NAMELESS = (INBOX, CLAIMED, ERASED, PSEUDONYM_KEYS, PUBLIC_KEYS, REVOKED_TOKENS, SIGNING_KEYS)  # they have ids only
NO_DOCUMENT: Query = {"_id": {"$in": []}}


@dataclass(frozen=True)
class Person:
    """A member as a service knows them. The address and the name are empty if it does not know them."""

    id: str
    email: str = ""
    name: str = ""

    @property
    def marks(self) -> list[bytes]:
        """The texts by which a message is about the person."""
        return [mark.encode() for mark in (self.id, self.email) if mark]


@dataclass(frozen=True)
class Holding:
    """Documents that a service holds of a member, and what becomes of them at the erasure."""

    collection: Collection[Any]
    what: str  # in words, marked for translation
    of: Callable[[Person], Query]
    kept_because: str = ""  # why they stay, without the person; empty: they are deleted
    without: Any = None  # update that takes the person out of what stays
    before: Callable[[Database, Person], Awaitable[None]] | None = None  # what is owed to others first
    secret: frozenset[str] = frozenset()  # fields that no copy for the member has
    shown: Sequence[str] | None = None  # the only fields that a copy has: the rest is that of others; None: all


@dataclass(frozen=True)
class PersonalData:
    """What a service holds of members. Each of its collections is in one of the two tables.

    Documents that name the person come last, so that an erasure which was interrupted finds the others again.
    """

    holdings: Sequence[Holding]
    nothing: Sequence[Collection[Any]]  # collections without data of members
    person: Callable[[Reader, str], Awaitable[Person]]
    exported: type[SealedPiece]  # the event with a piece of the copy for the member
    answered: type[ErasureAnswered] | None = None  # the event with the answer; profiles asks and does not answer
    first: Callable[[Database, Person], Awaitable[None]] | None = None  # what is done before anything is erased

    @property
    def handlers(self) -> Handlers:
        """The handler of erasures, for the table of the service."""
        return {MemberErased: partial(on_member_erased, self)}

    @property
    def jobs(self) -> Mapping[str, JobHandler]:
        """The job that erases, for the table of the service."""
        return {ERASE: partial(erase_job, self)}

    @property
    def snapshot(self) -> SnapshotSource[ErasedMember]:
        """The part of the snapshot that tells profiles whom it erased, also after profiles was restored."""

        def answers(member: ErasedMember, _: datetime) -> list[SnapshotEvent]:
            return [SnapshotEvent(self.answer(member), member.at)] if member.is_done else []

        return SnapshotSource(ERASED, answers)

    def answer(self, member: ErasedMember) -> ErasureAnswered:
        """Return the event that tells what was erased of a member."""
        assert self.answered  # noqa: S101
        return self.answered(member_id=member.id, version=member.version, things=member.things or [])


def of_member(field: str = "member_id") -> Callable[[Person], Query]:
    """Return the query for documents with the id of a member in a field."""
    return lambda person: {field: person.id}


def of_address(field: str = "email") -> Callable[[Person], Query]:
    """Return the query for documents with the address of a member in a field."""
    return lambda person: {field: person.email} if person.email else NO_DOCUMENT


async def by_id(_: Reader, member_id: str) -> Person:
    """Return a member of whom a service knows only the id."""
    return Person(member_id)


async def on_member_erased(personal: PersonalData, tx: Transaction, event: MemberErased) -> None:
    """Note that a member was erased, and store the job that erases; answer again if it has been done."""
    known = await ERASED.get(tx, event.member_id)
    if known is None:
        await note_erased(tx, event.member_id)
        await enqueue(tx, ERASE, {"member_id": event.member_id})
    elif known.is_done and personal.answered:
        tx.publish(personal.answer(known))


async def note_erased(tx: Transaction, member_id: str, things: Sequence[ErasedThings] | None = None) -> None:
    """Refuse what is sent in the name of a member, and what would bring them back, from now on."""
    kept = list(things) if things is not None else None
    again_at = real_now() + AGAIN_AFTER if things is not None else None
    await ERASED.insert(tx, ErasedMember(id=member_id, at=tx.now, things=kept, again_at=again_at))


async def erase_job(personal: PersonalData, db: Database, job: Job) -> None:
    """Erase what the service holds of a member, and answer. A repetition after a crash answers the same."""
    member_id = job.data["member_id"]
    member = await ERASED.get(db, member_id)
    if member is None:
        return
    known = await personal.person(db, member_id)
    person = Person(member_id, job.data.get("email", known.email), job.data.get("name", known.name))
    if member.things is None:
        things = await counted(personal, db, person)
        await ERASED.update(db, {"_id": member_id}, {"$set": {"things": [each.model_dump() for each in things]}})
    if personal.first:
        await personal.first(db, person)
    await forget_messages(db, person)
    await erase(personal, db, person)
    failpoint.hit("erasure.before_answer")
    await db.transact(_answer, personal, member_id)


async def counted(personal: PersonalData, reader: Reader, person: Person) -> list[ErasedThings]:
    """Return what a service holds of a member, by kind."""
    numbers = [(holding, await holding.collection.count(reader, holding.of(person))) for holding in personal.holdings]
    return [
        ErasedThings(what=holding.what, number=number, kept_because=holding.kept_because)
        for holding, number in numbers
        if number
    ]


async def erase(personal: PersonalData, reader: Reader, person: Person) -> None:
    """Delete what a service holds of a member, and take the person out of what stays. It may be repeated.

    What is owed to others first has transactions of its own, so it is not done within one.
    """
    for holding in personal.holdings:
        query = holding.of(person)
        if holding.before and isinstance(reader, Database):
            await holding.before(reader, person)
        if not holding.kept_because:
            await holding.collection.delete(reader, query)
        elif holding.without:
            await holding.collection.update(reader, query, holding.without)


async def _answer(tx: Transaction, personal: PersonalData, member_id: str) -> None:
    before = await ERASED.get(tx, member_id)
    if before is None:
        return
    after = await ERASED.change(tx, before, before.replace(again_at=real_now() + AGAIN_AFTER))
    if personal.answered:
        tx.publish(personal.answer(after))


async def erase_again(personal: PersonalData, db: Database) -> None:
    """Erase what requests and events in flight stored while a member was erased, and answer if there was something."""
    for member in await ERASED.find(db, due_at(real_now()), sort=[("again_at", 1)], limit=AT_ONCE):
        person = Person(member.id)
        late = [each for each in await counted(personal, db, person) if not each.kept_because]
        await forget_messages(db, person)
        await erase(personal, db, person)
        await db.transact(_settle, personal, member.id, late)


async def _settle(tx: Transaction, personal: PersonalData, member_id: str, late: Sequence[ErasedThings]) -> None:
    before = await ERASED.get(tx, member_id)
    if before is None or before.again_at is None:  # another replica has done it
        return
    things = {(each.what, each.kept_because): each.number for each in before.things or []}
    for each in late:
        things[each.what, ""] = things.get((each.what, ""), 0) + each.number
    all_things = [ErasedThings(what=what, kept_because=why, number=n) for (what, why), n in things.items()]
    after = await ERASED.change(tx, before, before.replace(things=all_things, again_at=None))
    if late and personal.answered:
        tx.publish(personal.answer(after))


async def forget_messages(db: Database, person: Person) -> None:
    """Delete the messages about a member: in the event log, waiting jobs, parked ones, and answers to requests.

    Other services erase by themselves, so they need no event that waits. What waits about the erasure stays.
    """
    await ANSWERS.delete(db, {"by": {"$in": answered_by(person.id, person.email)}})
    naming = [name for name, contract in Event.registry.items() if _names_members(contract)]
    own = [name for name in naming if name.startswith(f"{db.service}.")]
    personal = [name for name in naming if name.startswith("profiles.member.")]
    await _forget(OUTBOX, db, {"type": {"$in": own}}, person, lambda row: row.state == "sent" or row.type in personal)
    await _forget(PARKED, db, {"event_type": {"$in": personal}}, person)
    await _forget(JOBS, db, {}, person, lambda job: job.kind != ERASE and job.data.get("type") in personal)
    await _forget(ANSWERS, db, {}, person)


def _names_members(contract: type[Event]) -> bool:
    is_personal = contract.type.startswith("profiles.member.") or "member_id" in contract.model_fields
    return is_personal and not issubclass(contract, HARMLESS)


async def _forget(
    collection: Collection[Any],
    db: Database,
    query: Query,
    person: Person,
    which: Callable[[Any], bool] = lambda _: True,
) -> None:
    """Delete those of the messages that are about a person, in order of id, a page at a time."""
    after = ""
    while page := await collection.find(db, {**query, "_id": {"$gt": after}}, limit=AT_ONCE):
        after = page[-1].id
        found = [row.id for row in page if which(row) and _is_about(row, person)]
        if found:
            await collection.delete(db, {"_id": {"$in": found}})


def _is_about(row: Document, person: Person) -> bool:
    body: Any = getattr(row, "body", b"")
    text = (body if isinstance(body, bytes) else body.encode()) + repr(getattr(row, "data", "")).encode()
    return any(mark in text for mark in person.marks)
