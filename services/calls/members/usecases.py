"""Keep the copies of members' names, and find members by name."""

from services.calls.members.domain import FEWEST_LETTERS, MemberCopy, folded_words
from services.calls.members.store import MEMBERS, members_named
from shared.contracts.profiles import MemberRegistered
from shared.errors import Invalid
from shared.mongo import Reader, Transaction
from shared.sentences import _


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Keep the name of a member, and neither the address nor the country."""
    copy = MemberCopy(id=event.member_id, version=event.version, name=event.name, words=folded_words(event.name))
    await MEMBERS.keep_newest(tx, copy)


async def find_members(reader: Reader, name: str) -> list[MemberCopy]:
    """Return at most ten members whose names have words that begin like those of `name`. Raises Invalid."""
    beginnings = folded_words(name)
    if sum(map(len, beginnings)) < FEWEST_LETTERS:
        raise Invalid(
            _("Enter at least {fewest_letters} letters of the name.", fewest_letters=FEWEST_LETTERS), field="name"
        )
    return await members_named(reader, beginnings)
