"""Rounds of calls whose applications are sealed no more: several calls with applications, for assessors to score."""

from dataclasses import dataclass
from typing import Any

from tests.support.applicants import BRAZIL, FORM, applicant, applies, many_organisations, opens, pass_the_cut_off
from tests.support.people import Member, Platform, ok


@dataclass
class OpenRound:
    """A call in assessment with the ids of its applications, its publisher and its two assessors."""

    call: dict[str, Any]
    ids: list[str]
    publisher: Member
    assessors: list[Member]


async def open_rounds(ccp: Platform, number: int, applications: int) -> list[OpenRound]:
    """Return open rounds of a number of calls of one publisher."""
    eve, publisher = await applicant(ccp, "Eve")
    anna, assessors = await ccp.member("Anna"), [await ccp.member("Ada"), await ccp.member("Bea")]
    organisations = await many_organisations(ccp, anna, applications)
    made = []
    for n in range(number):
        call = await eve.publishes(BRAZIL | {"title": f"Mission to Brazil {n + 1}"}, publisher)
        ok(await eve.put(f"/calls/{call['id']}/form", {"fields": FORM}, version=0))
        ids = [(await applies(anna, call, each))["application_id"] for each in organisations]
        made.append(OpenRound(call, ids, eve, assessors))
    await pass_the_cut_off(ccp)
    for each in made:
        await opens(ccp, each.call, *assessors)
    return made
