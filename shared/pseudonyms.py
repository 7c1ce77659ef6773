"""Pseudonyms of network addresses and accounts in log lines: equal for equal texts, and reversed only with a key."""

from hashlib import blake2b
from secrets import token_hex

from shared.models import Document
from shared.mongo import Collection, Database

ONLY = "only"  # id of the one key


class PseudonymKey(Document):
    """The key of an installation's pseudonyms, in hexadecimal digits."""

    value: str


PSEUDONYM_KEYS = Collection("pseudonym_keys", PseudonymKey)


class Pseudonyms:
    """Makes pseudonyms with one key. Without it, anyone could try all four billion IPv4 addresses."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def __call__(self, text: str) -> str:
        return blake2b(text.encode(), key=self._key, digest_size=6).hexdigest()


def passing_pseudonyms() -> Pseudonyms:
    """Return pseudonyms of this process, until those of its database are loaded."""
    return Pseudonyms(token_hex(32))


async def load_pseudonyms(db: Database) -> Pseudonyms:
    """Return the pseudonyms that all replicas of a service share; the first start makes their key."""
    await PSEUDONYM_KEYS.insert_new(db, [PseudonymKey(id=ONLY, value=token_hex(32))])  # an existing one stays
    key = await PSEUDONYM_KEYS.get(db, ONLY)
    assert key is not None  # noqa: S101
    return Pseudonyms(key.value)
