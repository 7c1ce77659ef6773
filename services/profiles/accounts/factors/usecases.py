"""Use cases of second factors: begin, switch on and off, use a code, get other recovery codes."""

from services.profiles.accounts.domain import Member
from services.profiles.accounts.factors.domain import (
    Enrolment,
    FactorAlreadyOn,
    FactorNotBegun,
    FactorRequired,
    FactorView,
    RecoveryCodes,
    SecondFactor,
    WrongCode,
)
from services.profiles.accounts.factors.store import SECOND_FACTORS, active_factor
from services.profiles.accounts.sessions.usecases import end_sessions
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import own_account
from shared.auth import Caller
from shared.clock import real_now
from shared.contracts.profiles import FactorChanged
from shared.errors import NotFound
from shared.mongo import Reader, Transaction
from shared.sentences import _
from shared.service import Runtime

WRONG_CODE = _("The code is wrong, or was used already. Wait until the app shows the next one, and type that.")


def operators_need_factor(runtime: Runtime) -> bool:
    """Return whether operators need a second factor."""
    is_needed: bool = runtime.resources.settings.operators_need_second_factor
    return is_needed


async def factor_of(reader: Reader, caller: Caller, *, needed: bool) -> FactorView:
    """Return the state of the caller's second factor; `needed`: whether operators need one. Raises NotFound."""
    member = await own_account(reader, caller.id)
    return FactorView.of(await active_factor(reader, caller.id), required=needed and member.operator)


async def begun_enrolment(reader: Reader, caller: Caller) -> Enrolment | None:
    """Return what the caller's app needs to know, if they began in this session to set up the factor."""
    factor = await SECOND_FACTORS.get(reader, caller.id)
    if factor is None or not factor.is_begun(caller.token_id, real_now()):
        return None
    return Enrolment.of(factor, (await own_account(reader, caller.id)).email)


async def begin_factor(tx: Transaction, known: Member, caller: Caller) -> Enrolment:
    """Store a second factor with a new secret, which is not switched on. Raises FactorAlreadyOn, Stale."""
    if await active_factor(tx, caller.id):
        raise FactorAlreadyOn(_("You have a second factor. Switch it off first, to set up another one."))
    await MEMBERS.touch(tx, known)
    factor = SecondFactor.begun(caller.id, caller.token_id, real_now())
    await SECOND_FACTORS.delete(tx, {"_id": caller.id})
    await SECOND_FACTORS.insert(tx, factor)
    return Enrolment.of(factor, known.email)


async def switch_on(tx: Transaction, codes: list[str], caller: Caller, code: str) -> RecoveryCodes:
    """Switch the second factor on, after a right code, and end all other sessions. Raises FactorNotBegun, WrongCode.

    The session of an operator who had none ends, too: with the factor, they log in as an operator.
    """
    now = real_now()
    before = await SECOND_FACTORS.get(tx, caller.id)
    if before is None or not before.is_begun(caller.token_id, now):
        raise FactorNotBegun(_("This was begun on another device, or more than 15 minutes ago. Begin again."))
    after = before.used(code, now)
    if after is None:
        raise WrongCode(WRONG_CODE, field="code")
    await MEMBERS.touch(tx, await own_account(tx, caller.id))
    await SECOND_FACTORS.change(tx, before, after.replace(on_since=now).with_recovery(codes))
    await end_sessions(tx, caller.id, "" if caller.enrolling else caller.token_id)
    tx.publish(FactorChanged(member_id=caller.id, change="switched_on"))
    return RecoveryCodes(codes=codes, logged_out=caller.enrolling)


async def switch_off(tx: Transaction, caller: Caller, code: str, *, needed: bool) -> None:
    """Remove the second factor after a right code. Raises FactorRequired for operators, NotFound, WrongCode."""
    member = await own_account(tx, caller.id)
    if needed and member.operator:
        raise FactorRequired(_("Operators need a second factor. You can have other recovery codes instead."))
    await MEMBERS.touch(tx, member)
    await use_code(tx, caller.id, code)
    await SECOND_FACTORS.delete(tx, {"_id": caller.id})
    tx.publish(FactorChanged(member_id=caller.id, change="switched_off"))


async def replace_recovery_codes(tx: Transaction, codes: list[str], caller: Caller, code: str) -> RecoveryCodes:
    """Replace the recovery codes after a right code. Raises NotFound, WrongCode."""
    factor = await use_code(tx, caller.id, code)
    await SECOND_FACTORS.change(tx, factor, factor.with_recovery(codes))
    tx.publish(FactorChanged(member_id=caller.id, change="recovery_codes_replaced"))
    return RecoveryCodes(codes=codes, logged_out=False)


async def use_code(tx: Transaction, member_id: str, code: str) -> SecondFactor:
    """Use a code of a member, so that it works once. Raises NotFound, WrongCode."""
    before = await active_factor(tx, member_id)
    if before is None:
        raise NotFound(_("You have no second factor. Set it up first."))
    after = before.used(code, real_now())
    if after is None:
        raise WrongCode(WRONG_CODE, field="code")
    if after.recovery != before.recovery:
        tx.publish(FactorChanged(member_id=member_id, change="recovery_code_used"))
    return await SECOND_FACTORS.change(tx, before, after)
