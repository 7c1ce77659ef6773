"""Two operators decide at once, a report comes beside a decision, a member reports twice at once."""

import pytest

from services.profiles.moderation.domain import AlreadyReported, DecisionBody, ReportBody
from services.profiles.moderation.store import CASES, RECORD, REPORTS
from services.profiles.moderation.usecases import decide, report_thing
from shared.auth import Caller
from shared.errors import Stale
from shared.ids import new_id
from shared.models import ExpectedVersion
from tests.support.people import Platform
from tests.support.races import overlap, use

OPERATOR, OTHER = Caller(id="operator", operator=True), Caller(id="other operator", operator=True)
WARNED = DecisionBody(outcome="warned", reason="It is out of date.")
DOWN = DecisionBody(outcome="taken_down", reason="It does not exist.")


async def reported(ccp: Platform, name: str) -> tuple[str, ReportBody]:
    owner = await ccp.member("Olga")
    ours = (await ccp.organisation(owner, name=name))["id"]
    return f"organisation:{ours}", ReportBody(about=f"/organisations/{ours}", cause="wrong", text="It is not so.")


async def test_two_decisions_at_once_are_one(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    case, body = await reported(shared_ccp, "Racing decisions")
    await db.transact(report_thing, new_id(), body, None)
    version = ExpectedVersion(frozenset({1}))
    works = [use(decide, case, WARNED, OPERATOR, version), use(decide, case, DOWN, OTHER, version)]
    both = await overlap(db, *works)
    assert both.conflicted, f"both committed: {both}"
    assert isinstance(both.second, Stale)
    assert await RECORD.count(db, {"case_id": case, "action": "decided"}) == 1


@pytest.mark.parametrize("first", ["report", "decide"])
async def test_a_report_beside_a_decision_is_not_lost(shared_ccp: Platform, first: str) -> None:
    db = shared_ccp.system.db("profiles")
    case, body = await reported(shared_ccp, f"Racing {first}")
    await db.transact(report_thing, new_id(), body, None)
    report = use(report_thing, new_id(), body, None)
    decision = use(decide, case, WARNED, OPERATOR, ExpectedVersion(None))
    both = await overlap(db, *((report, decision) if first == "report" else (decision, report)))
    assert both.conflicted, f"both committed: {both}"
    stored = await CASES.get(db, case)
    assert stored is not None
    assert (stored.round, stored.reports) == ((1, 2) if first == "report" else (2, 1))


async def test_a_member_who_sends_a_report_twice_at_once_has_one(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    case, body = await reported(shared_ccp, "Racing reports")
    anna = Caller(id=(await shared_ccp.member("Anna")).id)
    both = await overlap(db, *[use(report_thing, new_id(), body, anna) for _ in range(2)])
    assert both.conflicted, f"both committed: {both}"
    assert isinstance(both.second, AlreadyReported)
    assert await REPORTS.count(db, {"case_id": case}) == 1
