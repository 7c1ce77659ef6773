"""Use cases of resets: request a link, set a new password with it."""

from services.profiles.accounts.domain import Member, normal_email
from services.profiles.accounts.resets.domain import ResetRequested, ResetView
from services.profiles.accounts.store import MEMBERS, member_by_email
from services.profiles.accounts.usecases import set_password
from shared.contracts.profiles import PasswordForgotten
from shared.errors import NotFound
from shared.mongo import Reader, Transaction
from shared.sentences import _


async def request_reset(tx: Transaction, email: str) -> ResetRequested:
    """Let the owner of an account get a link. The answer is the same for every address."""
    email = normal_email(email)
    member = await member_by_email(tx, email)
    if member and member.is_settled:
        tx.publish(PasswordForgotten(member_id=member.id, password_number=member.password_number))
    return ResetRequested(email=email)


async def resettable(reader: Reader, member_id: str, password_number: int) -> Member:
    """Return the account that a link is for. Raises NotFound if its password or address was changed since its request.

    Therefore each link works once, and a new password or address ends all links of the one before it.
    """
    member = await MEMBERS.get(reader, member_id)
    if member is None or member.password_number != password_number:
        raise NotFound(
            _("This link was used, or the password or the address was changed since. Request a new one at /reset.")
        )
    return member


async def reset_password(tx: Transaction, member_id: str, password_number: int, password_hash: str) -> ResetView:
    """Store the new password of the owner of a link. Raises NotFound."""
    member = await resettable(tx, member_id, password_number)
    await set_password(tx, member, password_hash)
    return ResetView(email=member.email)
