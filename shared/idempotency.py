"""Idempotency-Key: a repeated request is executed once (draft-ietf-httpapi-idempotency-key-header)."""

import hmac
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from pydantic import BaseModel

from shared import failpoint
from shared.clock import real_now
from shared.errors import Invalid
from shared.ids import stable_id
from shared.models import Document
from shared.mongo import Collection, Database, Duplicate, Transaction, index
from shared.sentences import _

P = ParamSpec("P")
M = TypeVar("M", bound=BaseModel)
DAY = 24 * 3600  # seconds


@dataclass(frozen=True)
class KeyedRequest:
    """An Idempotency-Key, and the fingerprint of the request that it came with."""

    key: str
    fingerprint: str

    @classmethod
    def of(cls, key: str, head: Sequence[str], body: bytes) -> "KeyedRequest":
        """Return the request with this key; `head`: its method, address and headers.

        The fingerprint is an HMAC whose secret is the key itself, which is not stored: a copy of the database does not
        suffice to guess a password in the body.
        """
        return cls(key, hmac.digest(key.encode(), json.dumps(head).encode() + b"\n" + body, "sha256").hex())


class Answer(Document):
    """The fingerprint of the first request with a key, and its answer."""

    request: str
    body: str
    at: datetime
    by: str = ""  # stands for the caller, as `answered_by` makes it


ANSWERS = Collection("answers", Answer, [index("at", ttl=DAY), index("by")])


class IdempotencyKeyReused(Invalid):
    """The key was used for another request."""


async def idempotent(
    db: Database,
    request: KeyedRequest | None,
    caller_id: str,
    model: type[M],
    work: Callable[Concatenate[Transaction, P], Awaitable[M]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> M:
    """Run the work in a transaction that also stores its answer; a repeated request gets the stored answer.

    Without a key, each request is new. Raises IdempotencyKeyReused.
    """
    failpoint.hit("api.before")
    if request is None:
        return await db.transact(work, *args, **kwargs)
    id, fingerprint = stable_id(caller_id, request.key), request.fingerprint

    async def work_and_store(tx: Transaction) -> M:
        if answer := await ANSWERS.get(tx, id):
            return _checked(answer, fingerprint, model)
        result = await work(tx, *args, **kwargs)
        failpoint.hit("api.inside")
        by = answered_by(caller_id)[0]
        answer = Answer(id=id, request=fingerprint, body=result.model_dump_json(), at=real_now(), by=by)
        await ANSWERS.insert(tx, answer)
        return result

    try:
        result = await db.transact(work_and_store)
    except Duplicate:
        if answer := await ANSWERS.get(db, id):  # the same request was sent at the same moment
            return _checked(answer, fingerprint, model)
        raise
    failpoint.hit("api.after")
    return result


async def is_answered(db: Database, request: KeyedRequest | None, caller_id: str) -> bool:
    """Return whether the request repeats one whose answer is stored, so that it will change nothing."""
    if request is None:
        return False
    answer = await ANSWERS.get(db, stable_id(caller_id, request.key))
    return answer is not None and answer.request == request.fingerprint


def answered_by(*caller_ids: str) -> list[str]:
    """Return what stands for callers in the answers to them; a caller may be an address, which is not stored."""
    return [stable_id("answered", id) for id in caller_ids]


def _checked(answer: Answer, fingerprint: str, model: type[M]) -> M:
    """Return the stored answer. Raises IdempotencyKeyReused."""
    if answer.request != fingerprint:
        raise IdempotencyKeyReused(
            _("This Idempotency-Key was used for another request. Use a new key for each request."),
            field="Idempotency-Key",
        )
    return model.model_validate_json(answer.body)
