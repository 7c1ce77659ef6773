"""The ledger of e-mails: storage, and every step of an e-mail from one state to the next."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.notifications.mailing.domain import PRIORITY, Addressee, Mail, MailWindow, State
from services.notifications.preferences.domain import Scope
from shared.clock import real_now
from shared.ids import new_id
from shared.jobs import backoff
from shared.mongo import Collection, Database, Query, Reader, Transaction, behind, index
from shared.personal import Person

ATTEMPTS = 12
WINDOW = timedelta(minutes=10)
MOST_IN_WINDOW = 5
CANDIDATES_PER_CLAIM = 8
DAYS_KEPT = 8  # of an address without an account

MAILS = Collection(
    "mails",
    Mail,
    [
        index("state", PRIORITY, "send_after", "_id"),
        index("state", "lease"),
        index("token", "_id"),
        index("state", "release_at", "member_id"),
        index("member_id", "state", "_id"),
        index("-created_at", "_id"),
    ],
)
WINDOWS = Collection("mail_windows", MailWindow)
ADDRESSEES = Collection(
    "addressees", Addressee, [index("at", ttl=DAYS_KEPT * 24 * 3600), index("email"), index("wanted_by")]
)


async def add_mail(tx: Transaction, mail: Mail) -> None:
    """Store an e-mail, unless it is stored already."""
    values = mail.to_mongo()
    await MAILS.update(tx, {"_id": values.pop("_id")}, {"$setOnInsert": values}, upsert=True)
    tx.notify("mailer")


async def add_addressee(tx: Transaction, addressee: Addressee) -> None:
    """Store an address, and keep it from the latest registration on."""
    values = {"$set": {"email": addressee.email, "wanted_by": addressee.wanted_by}, "$max": {"at": addressee.at}}
    await ADDRESSEES.update(tx, {"_id": addressee.id}, values, upsert=True)


async def keep_last_address(db: Database, person: Person) -> None:
    """Keep the address of a member who was erased for the last e-mail: until it is sent, eight days at most."""
    if person.email:
        await ADDRESSEES.delete(db, {"_id": person.id})
        await ADDRESSEES.insert_new(db, [Addressee(id=person.id, email=person.email, at=real_now())])


async def forget_addressees(reader: Reader, mails: Sequence[Mail]) -> None:
    """Delete the addresses of last e-mails that were sent, or that no server takes."""
    last = [mail.member_id for mail in mails if mail.kind == "farewell"]
    if last:
        await ADDRESSEES.delete(reader, {"_id": {"$in": last}})


def to_addresses_of(person: Person) -> Query:
    """Return the query for who got e-mails at the address of a member, or at one that the member wanted."""
    wanted = {"wanted_by": person.id}
    return {"$or": [wanted, {"email": person.email, "_id": {"$ne": person.id}}]} if person.email else wanted


async def delete_mails_to_address(db: Database, person: Person) -> None:
    """Delete the e-mails that were caused by registrations, invitations and changes of the address of a member."""
    while rows := await ADDRESSEES.rows(db, to_addresses_of(person), ["_id"], limit=100):
        ids = [row["_id"] for row in rows]
        await MAILS.delete(db, {"member_id": {"$in": ids}})
        await ADDRESSEES.delete(db, {"_id": {"$in": ids}})


async def list_mails(reader: Reader, state: State | None, after: tuple[datetime, str] | None, limit: int) -> list[Mail]:
    """Return the e-mails of the ledger, or those in one state, the newest first."""
    query = behind("created_at", after, newest_first=True)
    if state:
        query["state"] = state
    return await MAILS.find(reader, query, sort=[("created_at", -1), ("_id", 1)], limit=limit)


async def claim(db: Database, size: int, settle_seconds: float) -> list[Mail]:
    """Claim the next e-mails to send, leased under one new token."""
    now, token = real_now(), new_id()
    due = {"state": State.PENDING, "send_after": {"$lte": now - timedelta(seconds=settle_seconds)}}
    order = [(PRIORITY, 1), ("send_after", 1), ("_id", 1)]
    taken = {"$set": {"state": State.CLAIMED, "token": token, "lease": now + db.lease}}
    while candidates := await db.raw("mails").find(due, {"_id": 1}).sort(order).to_list(size * CANDIDATES_PER_CLAIM):
        # Other workers see the same candidates: a random sample seldom collides with theirs.
        sample = random.sample(candidates, min(size, len(candidates)))
        if await MAILS.update(db, {**due, "_id": {"$in": [row["_id"] for row in sample]}}, taken):
            return await MAILS.find(db, {"token": token, "state": State.CLAIMED}, limit=size)
    return []


async def settle(reader: Reader, mail: Mail, state: State, **values: Any) -> bool:
    """Move a claimed e-mail to a state. Return False if another worker has claimed it since."""
    return bool(await MAILS.update(reader, {"_id": mail.id, "token": mail.token}, {"$set": {"state": state, **values}}))


async def hand_over(reader: Reader, mails: Sequence[Mail]) -> list[Mail]:
    """Mark e-mails as handing, under a new lease, and return those that are still claimed by this worker."""
    handing = {"state": State.HANDING, "lease": real_now() + reader.lease}
    if await MAILS.update(reader, {**_claimed(mails), "state": State.CLAIMED}, {"$set": handing}) == len(mails):
        return list(mails)
    kept = await MAILS.find(reader, {**_claimed(mails), **handing}, limit=max(len(mails), 1))
    kept_ids = {mail.id for mail in kept}
    return [mail for mail in mails if mail.id in kept_ids]


async def mark_sent(reader: Reader, mails: Sequence[Mail]) -> None:
    """Mark e-mails as sent."""
    if mails:
        sent = {"state": State.SENT, "sent_at": real_now(), "note": ""}
        await MAILS.update(reader, _claimed(mails), {"$set": sent})


async def release(reader: Reader, mails: Iterable[Mail]) -> None:
    """Make e-mails pending again that were certainly not sent, also if they were marked as ambiguous meanwhile."""
    unsent = {"state": {"$in": [State.CLAIMED, State.HANDING, State.AMBIGUOUS]}}
    pending = {"state": State.PENDING, "token": None, "note": ""}
    await MAILS.update(reader, {**_claimed(mails), **unsent}, {"$set": pending})


def _claimed(mails: Iterable[Mail]) -> dict[str, Any]:
    """Return the query for those of the e-mails that no other worker has claimed since."""
    tokens = {mail.id: mail.token for mail in mails}
    return {"_id": {"$in": list(tokens)}, "token": {"$in": list(set(tokens.values()))}}


async def defer(reader: Reader, mail: Mail, reason: str, *, counts: bool) -> None:
    """Schedule another attempt. An attempt that counts may be the last one: the e-mail has then failed."""
    attempts = mail.attempts + counts
    state = State.FAILED if attempts >= ATTEMPTS else State.PENDING
    later = real_now() + backoff(max(attempts, 1))
    await settle(reader, mail, state, attempts=attempts, note=reason, send_after=later)


async def admit(db: Database, mails: Sequence[Mail]) -> list[Mail]:
    """Admit five e-mails about calls to a member within ten minutes; hold the others until the ten minutes are over.

    A member's own business is never held.
    """
    limited = [mail for mail in mails if mail.kind == "alerts" and mail.scope is Scope.CALLS]
    now = db.now()
    admissions = [({"_id": mail.member_id}, _admission(mail.id, now)) for mail in limited]
    await WINDOWS.update_each(db, admissions, upsert=True)
    member_ids = list({mail.member_id for mail in limited})
    windows = await WINDOWS.find(db, {"_id": {"$in": member_ids}}, limit=max(len(member_ids), 1))
    window_of = {window.id: window for window in windows}  # without one that the database removed since: it is over
    held = [
        mail for mail in limited if mail.member_id in window_of and mail.id not in window_of[mail.member_id].admitted
    ]
    for mail in held:
        await settle(db, mail, State.HELD, release_at=window_of[mail.member_id].opened_at + WINDOW)
    return [mail for mail in mails if mail not in held]


def _admission(mail_id: str, now: datetime) -> list[dict[str, Any]]:
    """Return an update of a window that admits an e-mail if there is room. A repetition changes nothing."""
    ended = {"$lte": [{"$ifNull": ["$opened_at", now - WINDOW]}, now - WINDOW]}
    inside = {"$in": [mail_id, "$admitted"]}
    full = {"$gte": [{"$size": "$admitted"}, MOST_IN_WINDOW]}
    keep = {"$cond": [{"$or": [inside, full]}, "$admitted", {"$concatArrays": ["$admitted", [mail_id]]}]}
    return [
        {"$set": {"admitted": {"$ifNull": ["$admitted", []]}}},
        {
            "$set": {
                "admitted": {"$cond": [{"$and": [ended, {"$not": inside}]}, [mail_id], keep]},
                "opened_at": {"$cond": [{"$and": [ended, {"$not": inside}]}, now, "$opened_at"]},
            }
        },
    ]


async def sweep(db: Database) -> None:
    """Settle e-mails whose lease ended: claimed ones are pending again, handing ones are ambiguous."""
    ended = {"lease": {"$lt": real_now()}}
    await MAILS.update(db, {"state": State.CLAIMED, **ended}, {"$set": {"state": State.PENDING, "token": None}})
    ambiguous = {"state": State.AMBIGUOUS, "note": "The worker stopped during the handover."}
    await MAILS.update(db, {"state": State.HANDING, **ended}, {"$set": ambiguous})


async def count_by_state(reader: Reader) -> dict[str, int]:
    """Return the number of e-mails in each state."""
    rows = await MAILS.aggregate(reader, [{"$group": {"_id": "$state", "n": {"$sum": 1}}}], limit=len(State))
    return {row["_id"]: row["n"] for row in rows}
