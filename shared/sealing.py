"""Sealed bytes: anyone with the public key can seal, only the holder of the private key can open.

X25519 agrees on a secret with a new key for each piece, HKDF makes a key of it, ChaCha20-Poly1305 encrypts (RFC 9180,
without its modes). The new public key, 32 bytes, comes before the ciphertext.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE = bytes(12)  # each key encrypts once
PURPOSE = b"ccp export"


class NotSealedForUs(Exception):
    """The bytes were sealed with another key, or changed."""


def new_private_key() -> bytes:
    """Return a new private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key that belongs to a private one."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(public_key: bytes, content: bytes) -> bytes:
    """Return the content, sealed with a public key."""
    once = X25519PrivateKey.generate()
    mark = once.public_key().public_bytes_raw()
    secret = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    return mark + ChaCha20Poly1305(_key(secret, mark + public_key)).encrypt(NONCE, content, None)


def unseal(private_key: bytes, sealed: bytes) -> bytes:
    """Return the content of sealed bytes. Raises NotSealedForUs."""
    mark, encrypted = sealed[:KEY_BYTES], sealed[KEY_BYTES:]
    private = X25519PrivateKey.from_private_bytes(private_key)
    try:
        secret = private.exchange(X25519PublicKey.from_public_bytes(mark))
        key = _key(secret, mark + private.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(NONCE, encrypted, None)
    except (InvalidTag, ValueError) as error:
        raise NotSealedForUs("the piece was sealed with another key, or changed") from error


def _key(secret: bytes, context: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE + context).derive(secret)
