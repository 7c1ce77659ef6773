"""Tokens: EdDSA-signed JWTs (RFC 7519, RFC 8037); public keys travel as events, each service keeps a copy."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel

from shared.clock import real_now
from shared.contracts import Event
from shared.errors import NotAuthenticated
from shared.ids import created_at, new_id
from shared.models import Document
from shared.mongo import Collection, Database, Reader, Transaction
from shared.snapshot import Fact, Source

ALGORITHM = "EdDSA"


class Caller(BaseModel):
    """Who is asking: a member, perhaps one who operates the platform."""

    id: str
    operator: bool = False


class PublicKey(Document):
    """A key that verifies the issuer's tokens. The issuer is who announced it, not who it says it is."""

    issuer: str
    jwk: dict[str, str]


class SigningKey(Document):
    private_pem: bytes


PUBLIC_KEYS = Collection("public_keys", PublicKey)
SIGNING_KEYS = Collection("signing_keys", SigningKey)


class Signer:
    """Signs as one service. The private key never leaves that service's own database."""

    def __init__(self, issuer: str, key: SigningKey) -> None:
        self._issuer = issuer
        self._key_id = key.id
        self._private = cast(Ed25519PrivateKey, load_pem_private_key(key.private_pem, password=None))

    def sign(self, purpose: str, subject: str, lifetime: timedelta, **claims: Any) -> str:
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


async def load_signer(db: Database, announcement: type[Event]) -> Signer:
    """The service's signer; its first start makes the key and announces the public half."""
    key = await SIGNING_KEYS.first(db, {})
    if key is None:
        await db.transact(_make_key, announcement)
        key = await SIGNING_KEYS.first(db, {})
    assert key is not None  # noqa: S101
    return Signer(db.service, key)


async def _make_key(tx: Transaction, announcement: type[Event]) -> None:
    if await (await tx.open("signing_key_made")).find_one_and_update(
        {"_id": "once"}, {"$set": {"made": True}}, upsert=True, session=tx.session
    ):
        return  # another replica was first
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key_id = new_id()
    public: dict[str, str] = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
    issuer = tx.database.service
    await SIGNING_KEYS.insert(tx, SigningKey(id=key_id, private_pem=pem))
    await PUBLIC_KEYS.insert(tx, PublicKey(id=key_id, issuer=issuer, jwk=public))
    tx.publish(announcement(key_id=key_id, issuer=issuer, public_jwk=public))


def own_keys(issuer: str, announcement: type[Event]) -> Source[PublicKey]:
    """For newcomers: the keys with which this service signs, of all those that it knows."""

    def facts(key: PublicKey, _: datetime) -> list[Fact]:
        event = announcement.read({"key_id": key.id, "issuer": issuer, "public_jwk": key.jwk})
        return [Fact(event, created_at(key.id))] if key.issuer == issuer else []

    return Source(PUBLIC_KEYS, facts)


async def on_key_published(tx: Transaction, event: Any) -> None:
    """Keep a copy of another service's public key; the event's type says whose it is."""
    issuer = event.type.split(".")[0]
    key = PublicKey(id=event.key_id, issuer=issuer, jwk=event.public_jwk)
    await PUBLIC_KEYS.update(tx, {"_id": key.id}, {"$setOnInsert": {"issuer": issuer, "jwk": key.jwk}}, upsert=True)


async def verify(reader: Reader, token: str, purpose: str, issuer: str) -> Mapping[str, Any]:
    """The claims of a token signed by `issuer` for `purpose`. Raises NotAuthenticated, KeyUnknown."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid", "")
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated("the token cannot be read") from error
    key = await PUBLIC_KEYS.first(reader, {"_id": str(key_id), "issuer": issuer})
    if key is None:
        raise KeyUnknown("the token was signed by a key that is not known here")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            jwt.PyJWK(key.jwk, algorithm=ALGORITHM).key,
            algorithms=[ALGORITHM],
            audience=purpose,
            issuer=issuer,
            options={"require": ["exp", "sub", "aud", "iss"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise NotAuthenticated("the token has expired; log in again") from error
    except jwt.InvalidTokenError as error:
        raise NotAuthenticated(f"the token is not valid here: {error}") from error
    return claims


class KeyUnknown(NotAuthenticated):
    """Perhaps its announcement is still under way."""
