"""Tokens: JWTs signed with EdDSA (RFC 7519, RFC 8037).

Each service keeps copies of the public keys and of the ids of revoked tokens, from events.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self, cast

import jwt
from cachetools import TTLCache
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel

from shared.clock import real_now
from shared.contracts import Event
from shared.contracts.profiles import TokenRevoked
from shared.copies import wait_for_copy
from shared.erased import is_erased
from shared.errors import NotAllowed, NotAuthenticated
from shared.ids import created_at, new_id
from shared.models import Document
from shared.mongo import Collection, Database, Query, Reader, Transaction, index
from shared.parsing import parsed
from shared.scopes import Scope
from shared.sentences import _
from shared.snapshot import SnapshotEvent, SnapshotSource

ALGORITHM = "EdDSA"
KEY_ID = re.compile(r"[\w.:-]{1,80}", re.ASCII)
KNOWN_SECONDS, MOST_KNOWN = 5, 100  # a key may be ended at once
UNKNOWN_SECONDS, MOST_UNKNOWN = 600, 10_000
MOST_AWAITED = 20  # unknown keys for which requests wait at the same time
ACCESS, API = "access", "api"  # purposes of tokens that name a member: of a log-in, of a program
REFRESH = "refresh"  # of a log-in of a program, which gets its next access token with it
ENROLMENT = "enrolment"  # of a log-in that may only set up a second factor
KEPT_LONGER = 3600  # seconds that a revoked token is remembered after its end, because clocks differ


class Caller(BaseModel):
    """The member who sent a request, and whether they operate the platform.

    `token_id` is the id of their log-in, or of the API token if a program sent it; only the latter has a scope.
    `enrolling`: an operator who may only set up a second factor.
    """

    id: str
    operator: bool = False
    scope: Scope | None = None
    token_id: str = ""
    enrolling: bool = False

    def require_operator(self, refusal: str) -> None:
        """Raise NotAllowed, with this text, unless the member operates the platform."""
        if not self.operator:
            raise NotAllowed(refusal)


class PublicKey(Document):
    """A key that verifies tokens of the issuer: the service that published the key, whatever the key itself claims."""

    issuer: str
    jwk: dict[str, str]
    ends_at: datetime | None = None  # then it is no longer trusted; it is kept, so that an old event does not revive it

    def is_trusted(self, now: datetime) -> bool:
        """Return whether the key verifies tokens at this time."""
        return self.ends_at is None or now < self.ends_at


class SigningKey(Document):
    """The private key of this service."""

    private_pem: bytes


class RevokedToken(Document):
    """A token that is refused although it has not ended."""

    ends_at: datetime


PUBLIC_KEYS = Collection("public_keys", PublicKey, [index("issuer", "ends_at")])
REVOKED_TOKENS = Collection("revoked_tokens", RevokedToken, [index("ends_at", ttl=KEPT_LONGER)])
SIGNING_KEYS = Collection("signing_keys", SigningKey)
MOST_KEYS = 1000  # of one service that are trusted


class Signer:
    """Signs tokens as one service. The private key never leaves the database of that service."""

    def __init__(self, issuer: str, key: SigningKey) -> None:
        self._issuer = issuer
        self._take(key)

    def _take(self, key: SigningKey) -> None:
        self._key_id = key.id
        self._private = cast(Ed25519PrivateKey, load_pem_private_key(key.private_pem, password=None))

    async def renewed(self, db: Database) -> Self:
        """Return this signer with the key that the service signs with now; another process may have replaced it."""
        key = await SIGNING_KEYS.first(db, {})
        if key is not None and key.id != self._key_id:
            self._take(key)
        return self

    def sign(
        self, purpose: str, subject: str, lifetime: timedelta, *, since: datetime | None = None, **claims: Any
    ) -> str:
        """Return a token for one purpose that expires after its lifetime. It is the same for the same arguments."""
        now = since or real_now()
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
        await db.transact(_make_first_key, key_published)
        key = await SIGNING_KEYS.first(db, {})
    assert key is not None  # noqa: S101
    return Signer(db.service, key)


async def _make_first_key(tx: Transaction, key_published: type[Event]) -> None:
    if await (await tx.open("signing_key_made")).find_one_and_update(
        {"_id": "once"}, {"$set": {"made": True}}, upsert=True, session=tx.session
    ):
        return  # another replica made the key
    await _make_key(tx, key_published)


async def rotate_key(tx: Transaction, key_published: type[Event], ends_at: datetime) -> str:
    """Sign with a new key from now on, and end all earlier ones at `ends_at` or before. Return the id of the new key.

    Of two rotations at once, the second starts again, because each deletes the private key.
    """
    await SIGNING_KEYS.delete(tx, {})
    for key in await trusted_keys(tx, tx.db.service, ends_at):
        await PUBLIC_KEYS.update(tx, {"_id": key.id}, {"$set": {"ends_at": ends_at}})
        tx.publish(_published(key.replace(ends_at=ends_at), key_published))
    return await _make_key(tx, key_published)


async def _make_key(tx: Transaction, key_published: type[Event]) -> str:
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    jwk: dict[str, str] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    public = PublicKey(id=new_id(), issuer=tx.db.service, jwk=jwk)
    await SIGNING_KEYS.insert(tx, SigningKey(id=public.id, private_pem=pem))
    await PUBLIC_KEYS.insert(tx, public)
    tx.publish(_published(public, key_published))
    return public.id


def _published(key: PublicKey, key_published: type[Event]) -> Event:
    return key_published.read({"key_id": key.id, "issuer": key.issuer, "public_jwk": key.jwk, "ends_at": key.ends_at})


async def trusted_keys(reader: Reader, issuer: str, when: datetime) -> list[PublicKey]:
    """Return the keys of a service that are trusted at this time."""
    return await PUBLIC_KEYS.find(reader, {"issuer": issuer, **_trusted(when)}, limit=MOST_KEYS)


def _trusted(when: datetime) -> Query:
    return {"$or": [{"ends_at": None}, {"ends_at": {"$gt": when}}]}


def own_keys(issuer: str, key_published: type[Event]) -> SnapshotSource[PublicKey]:
    """Return the part of the snapshot with the public keys of this service; keys of other issuers are left out."""

    def events_of(key: PublicKey, _: datetime) -> list[SnapshotEvent]:
        if key.issuer != issuer:
            return []
        return [SnapshotEvent(_published(key, key_published), created_at(key.id))]

    return SnapshotSource(PUBLIC_KEYS, events_of)


async def on_key_published(tx: Transaction, event: Any) -> None:
    """Keep a copy of another service's public key; the event type names the service.

    The earliest end counts, in any order of the events: none comes back.
    """
    issuer = event.type.split(".")[0]
    key = PublicKey(id=event.key_id, issuer=issuer, jwk=event.public_jwk)
    await PUBLIC_KEYS.update(tx, {"_id": key.id}, {"$setOnInsert": {"issuer": issuer, "jwk": key.jwk}}, upsert=True)
    if ends_at := getattr(event, "ends_at", None):
        later = {"_id": key.id, "issuer": issuer, **_trusted(ends_at)}
        await PUBLIC_KEYS.update(tx, later, {"$set": {"ends_at": ends_at}})


async def revoke(tx: Transaction, token_id: str, ends_at: datetime) -> None:
    """Refuse a token in this service from now on. A repetition changes nothing."""
    await REVOKED_TOKENS.update(tx, {"_id": token_id}, {"$setOnInsert": {"ends_at": ends_at}}, upsert=True)


async def on_token_revoked(tx: Transaction, event: TokenRevoked) -> None:
    """Refuse a token that its owner revoked, or whose session they ended."""
    await revoke(tx, event.token_id, event.ends_at)


class KeyRing:
    """The public keys of a running service, and the tokens that it refuses.

    It keeps known keys in memory, and remembers unknown ones for a while.
    """

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

    async def is_revoked(self, token_id: str) -> bool:
        """Return whether a token was revoked."""
        return await REVOKED_TOKENS.get(self._db, token_id) is not None

    async def is_erased(self, member_id: str) -> bool:
        """Return whether the data of a member was erased."""
        return await is_erased(self._db, member_id)

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
        if stored is None or not stored.is_trusted(real_now()):
            return None
        self._known[named] = jwt.PyJWK(stored.jwk, algorithm=ALGORITHM).key
        return self._known[named]


async def verify(keys: KeyRing, token: str, purposes: Sequence[str], issuer: str) -> Mapping[str, Any]:
    """Return the claims of a token that `issuer` signed for one of the purposes. Raises NotAuthenticated."""
    try:
        key_id = str(parsed(jwt.get_unverified_header, token).get("kid", ""))
    except ValueError as error:
        raise NotAuthenticated(_("The token cannot be read. Log in again.")) from error
    key = await keys.find(issuer, key_id) if KEY_ID.fullmatch(key_id) else None
    if key is None:
        raise NotAuthenticated(_("The token was signed with an unknown key. Log in again."))
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=purposes,
            issuer=issuer,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise NotAuthenticated(
            _("The token has expired. Log in again, or create an API token at /me/tokens.")
        ) from error
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated(_("The token is not valid for this request. Log in again.")) from error
    if "jti" in claims and await keys.is_revoked(claims["jti"]):
        raise NotAuthenticated(
            _("The token was revoked. Create another one at /me/tokens.")
            if claims["aud"] == API
            else _("This session has ended. Log in again.")
        )
    if await keys.is_erased(claims["sub"]):
        raise NotAuthenticated(_("This account was erased."))
    return claims
