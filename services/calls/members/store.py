"""The collection of members' names; every query by name."""

import re
from collections.abc import Collection as Many

from services.calls.members.domain import MOST_FOUND, MemberCopy
from shared.erased import FORMER_MEMBER, erased_among
from shared.mongo import Collection, Reader, index

MEMBERS = Collection("member_copies", MemberCopy, [index("words")])


async def names_of(reader: Reader, ids: Many[str]) -> dict[str, str]:
    """Return the names of members by id: "a former member" if they were erased; one not known yet is missing."""
    rows = await MEMBERS.rows(reader, {"_id": {"$in": [*ids]}}, ["name"], limit=max(1, len(ids)))
    names = {row["_id"]: row["name"] for row in rows}
    return names | dict.fromkeys(await erased_among(reader, {*ids} - names.keys()), FORMER_MEMBER)


async def members_named(reader: Reader, beginnings: Many[str]) -> list[MemberCopy]:
    """Return the first members of whose name a word begins with each of the beginnings, in order of name."""
    query = {"$and": [{"words": {"$regex": f"^{re.escape(beginning)}"}} for beginning in beginnings]}
    return await MEMBERS.find(reader, query, sort=[("name", 1), ("_id", 1)], limit=MOST_FOUND)
