"""Two changes of an account at the same moment: a code works once, an address is unique, an operator stays."""

from datetime import timedelta

import pytest

from services.profiles.accounts.addresses.domain import AddressTaken
from services.profiles.accounts.addresses.store import ADDRESS_CHANGES
from services.profiles.accounts.addresses.usecases import ask_for_address, move
from services.profiles.accounts.factors.domain import WrongCode, new_recovery_codes
from services.profiles.accounts.factors.store import SECOND_FACTORS
from services.profiles.accounts.factors.usecases import begin_factor, switch_on
from services.profiles.accounts.logins.usecases import open_session, refresh
from services.profiles.accounts.operators.domain import LastOperator
from services.profiles.accounts.operators.store import all_operators
from services.profiles.accounts.operators.usecases import appoint, dismiss
from services.profiles.accounts.sessions.domain import Session
from services.profiles.accounts.sessions.store import SESSIONS
from services.profiles.accounts.sessions.usecases import end_session
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import set_password
from shared.auth import REVOKED_TOKENS, Caller
from shared.errors import NotAllowed, NotAuthenticated, Refusal
from shared.ids import new_id
from shared.mongo import Transaction
from tests.support.factors import App, set_up_factor
from tests.support.people import Platform
from tests.support.races import overlap, use

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", ["app", "recovery"])
async def test_a_code_that_is_used_twice_at_once_works_once(shared_ccp: Platform, kind: str) -> None:
    anna, db = await shared_ccp.member("Anna"), shared_ccp.system.db("profiles")
    app = await set_up_factor(anna)
    code = app.code() if kind == "app" else app.recovery[0]
    known = await MEMBERS.get(db, anna.id)
    both = await overlap(db, use(open_session, known, HOUR, "", code), use(open_session, known, HOUR, "", code))
    assert both.conflicted
    assert not isinstance(both.first, Refusal)
    assert isinstance(both.second, WrongCode)


async def test_a_code_that_switches_the_factor_on_twice_at_once_does_it_once(shared_ccp: Platform) -> None:
    anna, db = await shared_ccp.member("Anna"), shared_ccp.system.db("profiles")
    known = await MEMBERS.get(db, anna.id)
    caller = Caller(id=anna.id, token_id="session")
    app = App((await db.transact(begin_factor, known, caller)).secret)
    code, first, second = app.code(), new_recovery_codes(), new_recovery_codes()
    both = await overlap(db, use(switch_on, first, caller, code), use(switch_on, second, caller, code))
    assert both.conflicted
    assert isinstance(both.second, Refusal)
    factor = await SECOND_FACTORS.get(db, anna.id)
    assert factor
    assert list(factor.recovery) == [factor.hash_of(each) for each in first]


async def test_no_log_in_without_a_code_begins_while_the_factor_is_switched_on(shared_ccp: Platform) -> None:
    anna, db = await shared_ccp.member("Anna"), shared_ccp.system.db("profiles")
    known = await MEMBERS.get(db, anna.id)
    caller = Caller(id=anna.id, token_id="session")
    app = App((await db.transact(begin_factor, known, caller)).secret)
    on = use(switch_on, new_recovery_codes(), caller, app.code())
    both = await overlap(db, on, use(open_session, known, HOUR, ""))
    assert both.conflicted
    assert both.second.code == "code_needed"


async def test_two_members_who_move_to_one_address_at_once_do_not_both_have_it(shared_ccp: Platform) -> None:
    db, ids = shared_ccp.system.db("profiles"), [new_id(), new_id()]

    async def ask(tx: Transaction, id: str, member_id: str) -> None:
        known = await MEMBERS.get(tx, member_id)
        assert known
        await ask_for_address(tx, id, known, "one@members.example", may_mail=False)

    for id, name in zip(ids, ("Anna", "Bert"), strict=True):
        await db.transact(ask, id, (await shared_ccp.member(name)).id)
    both = await overlap(db, use(move, ids[0]), use(move, ids[1]))
    assert isinstance(both.second, AddressTaken)
    assert await MEMBERS.count(db, {"email": "one@members.example"}) == 1
    assert await ADDRESS_CHANGES.get(db, ids[0]) is None


async def test_two_operators_who_take_the_role_from_each_other_leave_one(ccp: Platform) -> None:
    db, other = ccp.system.db("profiles"), await ccp.member("Olga")
    await db.transact(appoint, other.email, None)
    one, two = (Caller(id=each.id, operator=True) for each in await all_operators(db))
    both = await overlap(db, use(dismiss, one.id, two), use(dismiss, two.id, one))
    assert both.conflicted
    assert isinstance(both.second, NotAllowed | LastOperator)
    assert len(await all_operators(db)) == 1


async def test_two_operators_of_whom_both_are_dismissed_at_once_leave_one(ccp: Platform) -> None:
    db, other = ccp.system.db("profiles"), await ccp.member("Olga")
    await db.transact(appoint, other.email, None)
    one, two = await all_operators(db)
    both = await overlap(db, use(dismiss, one.id, None), use(dismiss, two.id, None))
    assert both.conflicted
    assert isinstance(both.second, LastOperator)


async def refreshing(ccp: Platform) -> Session:
    """Return the session of a program."""
    anna, db = await ccp.member("Anna"), ccp.system.db("profiles")
    found = await SESSIONS.first(db, {"member_id": anna.id})
    assert found
    return found


async def test_two_refreshes_at_once_get_the_same_next_token(shared_ccp: Platform) -> None:
    session, db = await refreshing(shared_ccp), shared_ccp.system.db("profiles")
    both = await overlap(db, use(refresh, session.id, 0), use(refresh, session.id, 0))
    assert both.conflicted
    assert [each[0].number for each in (both.first, both.second)] == [1, 1]
    assert both.first == both.second


@pytest.mark.parametrize("end", ["session", "password", "role"])
async def test_no_refresh_survives_the_end_of_its_session_at_the_same_moment(shared_ccp: Platform, end: str) -> None:
    session, db = await refreshing(shared_ccp), shared_ccp.system.db("profiles")
    known = await MEMBERS.get(db, session.member_id)
    assert known
    ends = {
        "session": use(end_session, session.id, session.member_id),
        "password": use(set_password, known, known.password_hash),
        "role": use(appoint, known.email, None),
    }
    both = await overlap(db, ends[end], use(refresh, session.id, 0))
    assert both.conflicted
    assert isinstance(both.second, NotAuthenticated)
    assert await REVOKED_TOKENS.get(db, session.id)
    if end == "role":
        await db.transact(dismiss, known.id, None)
