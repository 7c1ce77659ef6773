"""Two rotations of the signing key at the same moment: one private key is left, and only its public key has no end."""

from services.profiles.accounts.keys.usecases import rotate_keys
from shared.auth import PUBLIC_KEYS, SIGNING_KEYS
from tests.support.people import Platform, ok
from tests.support.races import overlap, use


async def test_two_rotations_at_once_leave_one_key(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    both = await overlap(db, use(rotate_keys), use(rotate_keys))
    assert both.conflicted
    assert [key.id for key in await SIGNING_KEYS.find(db, {}, limit=10)] == [both.second]
    own = await PUBLIC_KEYS.find(db, {"issuer": "profiles"}, limit=10)
    assert len(own) == 3
    assert [key.id for key in own if key.ends_at is None] == [both.second]
    await shared_ccp.log_in_operator()
    ok(await shared_ccp.operator.get("/me"))
