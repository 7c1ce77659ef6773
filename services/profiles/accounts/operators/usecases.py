"""Use cases of operators: list them, give and take the role; their log-ins end with what they rest on."""

from services.profiles.accounts.domain import Member
from services.profiles.accounts.factors.store import SECOND_FACTORS, active_factor
from services.profiles.accounts.operators.domain import (
    COMMAND,
    AlreadyOperator,
    LastOperator,
    NoSuchMember,
    OperatorView,
    RoleChange,
    RoleChangeView,
)
from services.profiles.accounts.operators.store import MOST_OPERATORS, ROLE_CHANGES, all_operators, newest_changes
from services.profiles.accounts.sessions.usecases import end_sessions
from services.profiles.accounts.store import MEMBERS, member_by_email
from services.profiles.accounts.tokens.usecases import revoke_api_tokens
from services.profiles.accounts.usecases import registered_event
from shared.auth import Caller
from shared.clock import real_now
from shared.contracts.profiles import FactorChanged, OperatorAppointed, OperatorDismissed
from shared.errors import NotAllowed
from shared.ids import new_id
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform see and change who operates it.")
NO_OPERATOR = _("This person does not operate the platform. Read the list again.")


async def operators(reader: Reader, caller: Caller) -> list[OperatorView]:
    """Return the operators for one of them. Raises NotAllowed."""
    caller.require_operator(ONLY_OPERATORS)
    found = await all_operators(reader)
    ids = [each.id for each in found]
    strong = await SECOND_FACTORS.find(reader, {"_id": {"$in": ids}, "on_since": {"$ne": None}}, limit=MOST_OPERATORS)
    with_factor = {each.id for each in strong}
    return [OperatorView.of(each, second_factor=each.id in with_factor) for each in found]


async def role_changes(reader: Reader, caller: Caller) -> list[RoleChangeView]:
    """Return the newest changes of the role, for operators. Raises NotAllowed."""
    caller.require_operator(ONLY_OPERATORS)
    changes = await newest_changes(reader)
    ids = list({id for each in changes for id in (each.member_id, each.by)})
    names = {each.id: each.name for each in await MEMBERS.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))}
    return [
        RoleChangeView(name=names.get(each.member_id, ""), given=each.given, by=names.get(each.by, ""), at=each.at)
        for each in changes
    ]


async def appoint(tx: Transaction, email: str, caller: Caller | None) -> OperatorView:
    """Make a member an operator; `caller`: None for a command. Raises NotAllowed, NoSuchMember, AlreadyOperator.

    Their log-ins and API tokens end: what an operator does begins with a second factor.
    """
    await _require_now(tx, caller)
    member = await member_by_email(tx, email)
    if member is None or not member.is_settled:
        raise NoSuchMember(
            _("No member has confirmed this address. Ask the person to register with it first."), field="email"
        )
    if member.operator:
        raise AlreadyOperator(_("This member operates the platform already."), field="email")
    changed = await _with_role(tx, member, caller, given=True)
    tx.publish(OperatorAppointed(member_id=member.id, version=changed.version))
    return OperatorView.of(changed, second_factor=await active_factor(tx, member.id) is not None)


async def dismiss(tx: Transaction, member_id: str, caller: Caller | None) -> None:
    """Take the role from an operator; their tokens end. Raises NotAllowed, NoSuchMember, LastOperator.

    One of the others is touched, so that two operators who take the role from each other do not both succeed.
    """
    await _require_now(tx, caller)
    member = await MEMBERS.get(tx, member_id)
    if member is None or not member.operator:
        raise NoSuchMember(NO_OPERATOR)
    others = await MEMBERS.find(tx, {"operator": True, "_id": {"$ne": member_id}}, limit=1)
    if not others:
        raise LastOperator(_("This is the last operator. Give another member the role first."))
    if caller is None or others[0].id != caller.id:
        await MEMBERS.touch(tx, others[0])
    changed = await _with_role(tx, member, caller, given=False)
    tx.publish(OperatorDismissed(member_id=member.id, version=changed.version))


async def _require_now(tx: Transaction, caller: Caller | None) -> None:
    """Raise NotAllowed if the caller does not operate the platform any more, whatever their token says."""
    if caller is None:
        return
    caller.require_operator(ONLY_OPERATORS)
    member = await MEMBERS.get(tx, caller.id)
    if member is None or not member.operator:
        raise NotAllowed(ONLY_OPERATORS)
    await MEMBERS.touch(tx, member)


async def _with_role(tx: Transaction, member: Member, caller: Caller | None, *, given: bool) -> Member:
    """Store the role of a member and who changed it, end every token of theirs, and publish the member."""
    changed = await MEMBERS.change(tx, member, member.replace(operator=given, confirmed=True))
    change = RoleChange(
        id=new_id(), member_id=member.id, given=given, by=caller.id if caller else COMMAND, at=real_now()
    )
    await ROLE_CHANGES.insert(tx, change)
    await end_everything(tx, member.id)
    tx.publish(registered_event(changed))
    return changed


async def forget_factor(tx: Transaction, email: str) -> bool:
    """Remove the second factor of a member who lost it, for a command; their tokens end. Return whether it was on."""
    member = await member_by_email(tx, email)
    if member is None or await active_factor(tx, member.id) is None:
        return False
    await MEMBERS.touch(tx, member)
    await SECOND_FACTORS.delete(tx, {"_id": member.id})
    await end_everything(tx, member.id)
    tx.publish(FactorChanged(member_id=member.id, change="switched_off"))
    return True


async def end_log_ins_without_factor(db: Database) -> None:
    """End the sessions and API tokens of operators who have no second factor, made before they needed one."""
    for operator in await all_operators(db):
        if await active_factor(db, operator.id) is None:
            await db.transact(_end_without_factor, operator.id)


async def _end_without_factor(tx: Transaction, member_id: str) -> None:
    member = await MEMBERS.get(tx, member_id)
    if member and await active_factor(tx, member_id) is None:
        await MEMBERS.touch(tx, member)
        await end_everything(tx, member_id)


async def end_everything(tx: Transaction, member_id: str) -> None:
    """Refuse every token of a member from now on, here and in the other services. The caller writes the member."""
    await end_sessions(tx, member_id)
    await revoke_api_tokens(tx, member_id)
