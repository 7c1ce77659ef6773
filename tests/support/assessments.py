"""A call whose applications are assessed, and the actions of its assessors and applicants."""

from typing import Any

from tests.support.applicants import (
    BRAZIL,
    applies,
    call_with_form,
    decides,
    many_organisations,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.people import Member, Platform, ok


class Selection:
    """A call whose applications are in assessment by two assessors."""

    def __init__(self, ccp: Platform, call: dict[str, Any], ids: list[str], assessors: list[Member]) -> None:
        self.ccp, self.call, self.ids, self.assessors = ccp, call, ids, assessors

    async def score(self, *points: int) -> None:
        """Give the same points by all assessors for all criteria, application by application."""
        for id, given in zip(self.ids, points, strict=True):
            for assessor in self.assessors:
                ok(await scores(assessor, id, given, given))

    async def decide(self, *outcomes: str, **more: Any) -> Any:
        """Decide with one outcome each; the reserve list has the order of the applications."""
        ranks = iter(range(1, 100))
        listed = [
            {
                "application_id": id,
                "outcome": outcome,
                "reason": "As the assessors say.",
                **({"rank": next(ranks)} if outcome == "reserve" else {}),
                **more,
            }
            for id, outcome in zip(self.ids, outcomes, strict=True)
        ]
        return await decides(self.ccp, self.call, *listed)


async def selection(ccp: Platform, by: Member, number: int, call: dict[str, Any] = BRAZIL) -> Selection:
    """Return a call to which `number` organisations of a member applied."""
    made = await call_with_form(ccp, call)
    ids = [(await applies(by, made, one))["application_id"] for one in await many_organisations(ccp, by, number)]
    assessors = [await ccp.member("Ada"), await ccp.member("Bea")]
    await pass_the_cut_off(ccp)
    await opens(ccp, made, *assessors)
    return Selection(ccp, made, ids, assessors)


async def state_of(by: Member, id: str) -> str:
    return ok(await by.get(f"/applications/{id}"))["state"]


async def withdraws(by: Member, id: str) -> Any:
    """Withdraw, and repeat if another change came first."""
    while True:
        version = ok(await by.get(f"/applications/{id}"))["version"]
        answer = await by.post(f"/applications/{id}/withdraw", version=version)
        if answer.status_code != 412:
            return answer
