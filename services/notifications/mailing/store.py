"""The ledger of e-mails: pending -> claimed -> handing -> sent | failed | ambiguous; or held, bundled, dropped."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.notifications.mailing.domain import Mail, MailWindow, State
from shared.clock import real_now
from shared.ids import new_id
from shared.jobs import backoff
from shared.lease import LEASE
from shared.mongo import Collection, Database, Reader, Transaction, index

ATTEMPTS = 12
WINDOW = timedelta(minutes=10)
MOST_IN_WINDOW = 5
MOST_IN_BUNDLE = 500
CLAIMANTS = 8


MAILS = Collection(
    "mails",
    Mail,
    [
        index("state", "lane", "send_after", "_id"),
        index("state", "lease"),
        index("token"),
        index("state", "release_at", "member_id"),
        index("member_id", "state"),
        index("-created_at", "_id"),
    ],
)
WINDOWS = Collection("mail_windows", MailWindow)


async def add_mail(tx: Transaction, mail: Mail) -> None:
    """Into the ledger, unless it is there: to ask for it twice sends it once."""
    values = mail.to_mongo()
    await MAILS.update(tx, {"_id": values.pop("_id")}, {"$setOnInsert": values}, upsert=True)
    tx.notify("mailer")


async def claim(db: Database, size: int, settle_seconds: float) -> list[Mail]:
    """The next e-mails to send, leased under one fresh token."""
    now, token = real_now(), new_id()
    due = {"state": State.PENDING, "send_after": {"$lte": now - timedelta(seconds=settle_seconds)}}
    order = [("lane", 1), ("send_after", 1), ("_id", 1)]
    taken = {"$set": {"state": State.CLAIMED, "token": token, "lease": now + LEASE}}
    while candidates := await db.raw("mails").find(due, {"_id": 1}).sort(order).to_list(size * CLAIMANTS):
        # Others look at the same ones: a slice at random is seldom theirs too.
        mine = random.sample(candidates, min(size, len(candidates)))
        if await MAILS.update(db, {**due, "_id": {"$in": [row["_id"] for row in mine]}}, taken):
            return await MAILS.find(db, {"token": token, "state": State.CLAIMED}, limit=size)
    return []


async def settle(reader: Reader, mail: Mail, state: State, **values: Any) -> bool:
    """Move a claimed e-mail to a state; False if it is somebody else's by now."""
    return bool(await MAILS.update(reader, {"_id": mail.id, "token": mail.token}, {"$set": {"state": state, **values}}))


async def hand_over(reader: Reader, mails: Sequence[Mail]) -> list[Mail]:
    """The last step before they leave; returns those that are still ours, under a fresh lease."""
    taken = {"state": State.HANDING, "lease": real_now() + LEASE}
    if await MAILS.update(reader, {**_of(mails), "state": State.CLAIMED}, {"$set": taken}) == len(mails):
        return list(mails)
    ours = {mail.id for mail in await MAILS.find(reader, {**_of(mails), **taken}, limit=max(len(mails), 1))}
    return [mail for mail in mails if mail.id in ours]


async def mark_sent(reader: Reader, mails: Sequence[Mail]) -> None:
    if mails:
        await MAILS.update(reader, _of(mails), {"$set": {"state": State.SENT, "sent_at": real_now(), "note": ""}})


async def release(reader: Reader, mails: Iterable[Mail]) -> None:
    """Give back what is known not to have left, whatever was thought of it meanwhile."""
    unsent = {"state": {"$in": [State.CLAIMED, State.HANDING, State.AMBIGUOUS]}}
    await MAILS.update(reader, {**_of(mails), **unsent}, {"$set": {"state": State.PENDING, "token": None, "note": ""}})


def _of(mails: Iterable[Mail]) -> dict[str, Any]:
    """These e-mails, as far as they are still their claimant's."""
    tokens = {mail.id: mail.token for mail in mails}
    return {"_id": {"$in": list(tokens)}, "token": {"$in": list(set(tokens.values()))}}


async def defer(reader: Reader, mail: Mail, reason: str, *, counts: bool) -> None:
    """Try again later; what is the recipient's doing counts, and has a last time."""
    attempts = mail.attempts + counts
    state = State.FAILED if attempts >= ATTEMPTS else State.PENDING
    later = real_now() + backoff(max(attempts, 1))
    await settle(reader, mail, state, attempts=attempts, note=reason, send_after=later)


async def admit(db: Database, mails: Sequence[Mail]) -> list[Mail]:
    """No floods: five e-mails to a member within ten minutes pass, more are held until the window ends."""
    limited = [mail for mail in mails if mail.kind == "alerts"]
    now = db.now()
    await WINDOWS.update_each(db, [({"_id": m.member_id}, _admission(m.id, now)) for m in limited], upsert=True)
    members = list({mail.member_id for mail in limited})
    windows = {w.id: w for w in await WINDOWS.find(db, {"_id": {"$in": members}}, limit=max(len(members), 1))}
    held = [mail for mail in limited if mail.id not in windows[mail.member_id].admitted]
    for mail in held:
        await settle(db, mail, State.HELD, release_at=windows[mail.member_id].opened_at + WINDOW)
    return [mail for mail in mails if mail not in held]


def _admission(mail_id: str, now: datetime) -> list[dict[str, Any]]:
    """An update that admits a mail if it may pass; doing it twice changes nothing."""
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


async def release_bundles(db: Database) -> None:
    """When a window ends, what was held for its member becomes one e-mail."""
    due = {"state": State.HELD, "release_at": {"$lte": db.now()}}
    for mail in {m.member_id: m for m in await MAILS.find(db, due, limit=200)}.values():
        await db.transact(_bundle, mail.member_id)
        db.notify("mailer")


async def _bundle(tx: Transaction, member_id: str) -> None:
    held = await MAILS.find(tx, {"member_id": member_id, "state": State.HELD}, limit=MOST_IN_BUNDLE)
    if not held:
        return
    first, rest = held[0], held[1:]
    values = {
        "state": State.PENDING,
        "occasions": [o for m in held for o in m.occasions],
        "send_after": real_now(),
    }
    await MAILS.update(tx, {"_id": first.id, "state": State.HELD}, {"$set": values})
    absorbed = {"_id": {"$in": [mail.id for mail in rest]}, "state": State.HELD}
    await MAILS.update(tx, absorbed, {"$set": {"state": State.BUNDLED, "note": f"in {first.id}"}})


async def sweep(db: Database) -> None:
    """Leases that ran out: what had not left is pending again, what may have left is held as ambiguous."""
    ended = {"lease": {"$lt": real_now()}}
    await MAILS.update(db, {"state": State.CLAIMED, **ended}, {"$set": {"state": State.PENDING, "token": None}})
    lost = {"state": State.AMBIGUOUS, "note": "the sender died while handing it over"}
    await MAILS.update(db, {"state": State.HANDING, **ended}, {"$set": lost})


async def count_by_state(reader: Reader) -> dict[str, int]:
    rows = await MAILS.aggregate(reader, [{"$group": {"_id": "$state", "n": {"$sum": 1}}}], limit=len(State))
    return {row["_id"]: row["n"] for row in rows}
