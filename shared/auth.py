"""Tokens: JWTs signed with EdDSA (RFC 7519, RFC 8037). Each service keeps copies of the public keys, from events."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel

from shared.clock import real_now
from shared.contracts import Event
from shared.copies import wait_for_copy
from shared.errors import NotAuthenticated
from shared.ids import created_at, new_id
from shared.models import Document
from shared.mongo import Collection, Database, Transaction
from shared.parsing import parsed
from shared.snapshot import SnapshotEvent, SnapshotSource

ALGORITHM = "EdDSA"
KEY_ID = re.compile(r"[\w.:-]{1,80}", re.ASCII)
KNOWN_SECONDS, MOST_KNOWN = 300, 100
UNKNOWN_SECONDS, MOST_UNKNOWN = 600, 10_000
MOST_AWAITED = 20  # unknown keys for which requests wait at the same time


class Caller(BaseModel):
    """The member who sent a request, and whether they operate the platform."""

    id: str
    operator: bool = False


class PublicKey(Document):
    """A key that verifies tokens of the issuer: the service that published the key, whatever the key itself claims."""

    issuer: str
    jwk: dict[str, str]


class SigningKey(Document):
    """The private key of this service."""

    private_pem: bytes


PUBLIC_KEYS = Collection("public_keys", PublicKey)
SIGNING_KEYS = Collection("signing_keys", SigningKey)


class Signer:
    """Signs tokens as one service. The private key never leaves the database of that service."""

    def __init__(self, issuer: str, key: SigningKey) -> None:
        self._issuer = issuer
        self._key_id = key.id
        self._private = cast(Ed25519PrivateKey, load_pem_private_key(key.private_pem, password=None))

    def sign(self, purpose: str, subject: str, lifetime: timedelta, **claims: Any) -> str:
        """Return a token for one purpose that expires after its lifetime."""
        now = real_now()
        payload = {
            "iss": self._issuer,
            "aud": purpose,
            "sub": subject,
            "iat": now,
            "exp": now + lifetime,
            **claims,
        }
        return jwt.encode(payload, self._private, algorithm=ALGORITHM, headers={"kid": self._key_id})


async def load_signer(db: Database, key_published: type[Event]) -> Signer:
    """Return the service's signer; at the first start, make the key pair and publish the public key."""
    key = await SIGNING_KEYS.first(db, {})
    if key is None:
        await db.transact(_make_key, key_published)
        key = await SIGNING_KEYS.first(db, {})
    assert key is not None  # noqa: S101
    return Signer(db.service, key)


async def _make_key(tx: Transaction, key_published: type[Event]) -> None:
    if await (await tx.open("signing_key_made")).find_one_and_update(
        {"_id": "once"}, {"$set": {"made": True}}, upsert=True, session=tx.session
    ):
        return  # another replica made the key
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_id = new_id()
    public: dict[str, str] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    issuer = tx.db.service
    await SIGNING_KEYS.insert(tx, SigningKey(id=key_id, private_pem=pem))
    await PUBLIC_KEYS.insert(tx, PublicKey(id=key_id, issuer=issuer, jwk=public))
    tx.publish(key_published(key_id=key_id, issuer=issuer, public_jwk=public))


def own_keys(issuer: str, key_published: type[Event]) -> SnapshotSource[PublicKey]:
    """Return the part of the snapshot with the public keys of this service; keys of other issuers are left out."""

    def events_of(key: PublicKey, _: datetime) -> list[SnapshotEvent]:
        event = key_published.read({"key_id": key.id, "issuer": issuer, "public_jwk": key.jwk})
        return [SnapshotEvent(event, created_at(key.id))] if key.issuer == issuer else []

    return SnapshotSource(PUBLIC_KEYS, events_of)


async def on_key_published(tx: Transaction, event: Any) -> None:
    """Keep a copy of another service's public key; the event type names the service."""
    issuer = event.type.split(".")[0]
    key = PublicKey(id=event.key_id, issuer=issuer, jwk=event.public_jwk)
    await PUBLIC_KEYS.update(tx, {"_id": key.id}, {"$setOnInsert": {"issuer": issuer, "jwk": key.jwk}}, upsert=True)


class KeyRing:
    """The public keys of a running service. It keeps known keys in memory, and remembers unknown ones for a while."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: TTLCache[tuple[str, str], Any] = TTLCache(MOST_KNOWN, KNOWN_SECONDS)
        self._unknown: TTLCache[tuple[str, str], bool] = TTLCache(MOST_UNKNOWN, UNKNOWN_SECONDS)
        self._awaited: dict[tuple[str, str], asyncio.Task[Any]] = {}

    async def find(self, issuer: str, key_id: str) -> Any | None:
        """Return a key, or None. The first request with an unknown key waits a moment for the event that brings it.

        Later requests with the same key do not wait: they ask the database once, so that they see it when it arrives.
        """
        named = issuer, key_id
        if named in self._known:
            return self._known[named]
        if named not in self._awaited:
            if named in self._unknown or len(self._awaited) >= MOST_AWAITED:
                return await self._stored(named)
            self._awaited[named] = asyncio.create_task(self._wait(named))
        return await asyncio.shield(self._awaited[named])

    async def _wait(self, named: tuple[str, str]) -> Any | None:
        try:
            key = await wait_for_copy(partial(self._stored, named))
            if key is None:
                self._unknown[named] = True
            return key
        finally:
            del self._awaited[named]

    async def _stored(self, named: tuple[str, str]) -> Any | None:
        issuer, key_id = named
        stored = await PUBLIC_KEYS.first(self._db, {"_id": key_id, "issuer": issuer})
        if stored is None:
            return None
        self._known[named] = jwt.PyJWK(stored.jwk, algorithm=ALGORITHM).key
        return self._known[named]


async def verify(keys: KeyRing, token: str, purpose: str, issuer: str) -> Mapping[str, Any]:
    """Return the claims of a token that `issuer` signed for `purpose`. Raises NotAuthenticated."""
    try:
        key_id = str(parsed(jwt.get_unverified_header, token).get("kid", ""))
    except ValueError as error:
        raise NotAuthenticated("The token cannot be read. Log in again.") from error
    key = await keys.find(issuer, key_id) if KEY_ID.fullmatch(key_id) else None
    if key is None:
        raise NotAuthenticated("The token was signed with an unknown key. Log in again.")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=purpose,
            issuer=issuer,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise NotAuthenticated("The token has expired. Log in again.") from error
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated("The token is not valid for this request. Log in again.") from error
    return claims
