"""Those who apply, assess and decide, and what they do, in their own words."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.calls.organisations.domain import MembershipCopy, OrganisationCopy
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS
from shared.testing import System
from tests.support.people import PROFILE, Member, Platform, ok

FORM: list[dict[str, Any]] = [
    {"name": "motivation", "label": "Why this mission?", "kind": "long_text", "least": 10},
    {"name": "people", "label": "How many of you travel?", "kind": "number", "least": 1, "most": 3},
    {"name": "topics", "label": "Topics", "kind": "choices", "options": ["Buildings", "Grids", "Storage"]},
    {"name": "website", "label": "Your page about it", "kind": "link", "required": False},
]
ANSWERS: dict[str, Any] = {"motivation": "We build houses that need no heating.", "people": 2, "topics": ["Buildings"]}
CRITERIA = [
    {"name": "fit", "label": "Fits the mission", "weight": 3, "threshold": 3},
    {"name": "plan", "label": "Plan of the visit", "weight": 2},
]
BRAZIL: dict[str, Any] = {
    "title": "Matchmaking mission to Brazil",
    "kind": "mission",
    "countries": ["BR"],
    "ecosystems": ["construction"],
    "cut_offs": [{"deadline": "2016-06-08T23:59", "timezone": "Europe/Brussels"}],
    "budget": {"total": 6000},
    "mission": {
        "starts_on": "2016-08-08",
        "ends_on": "2016-08-12",
        "destinations": ["BR"],
        "places": 3,
        "costs": {"kind": "rate", "percent": 80, "cap": 2000},
        "late_at_own_cost": True,
        "series": {"name": "Four missions", "number": 1, "of": 4},
    },
}
CUT_OFF = datetime.fromisoformat("2016-06-08T23:59:00+02:00")
RATIONALE = "Their plan names whom they meet."


class Frozen:
    """The business clock, standing still until it is set."""

    def __init__(self, system: System, patch: pytest.MonkeyPatch, at: datetime) -> None:
        self.at = at
        patch.setattr(system.clock, "now", lambda: self.at)

    def pass_to(self, at: datetime) -> None:
        self.at = at


async def call_with_form(ccp: Platform, call: dict[str, Any] = BRAZIL, fields: Any = FORM) -> dict[str, Any]:
    made = await ccp.operator.publishes(call)
    ok(await ccp.operator.put(f"/calls/{made['id']}/form", {"fields": fields}, version=0))
    return made


async def applicant(ccp: Platform, name: str, **profile: Any) -> tuple[Member, dict[str, Any]]:
    """Somebody, and a published organisation of hers."""
    member = await ccp.member(name)
    made = await ccp.organisation(member, **{"name": f"Cluster of {name}", **profile})
    return member, made


async def many_organisations(ccp: Platform, member: Member, number: int) -> list[str]:
    """Copies as events bring them: she acts for each of these."""
    ids = [f"org{n:03}" for n in range(number)]
    at = ccp.system.db("calls")
    facts = {"country": PROFILE["country"], "kind": PROFILE["kind"], "ecosystems": PROFILE["ecosystems"]}
    await ORGANISATIONS.insert_new(at, [OrganisationCopy(id=id, name=f"Cluster {id}", **facts) for id in ids])
    await MEMBERSHIPS.insert_new(at, [MembershipCopy(id=f"{id}:{member.id}", role="administrator") for id in ids])
    return ids


async def drafts(by: Member, call: dict[str, Any], organisation_id: str, **answers: Any) -> dict[str, Any]:
    body = {"organisation_id": organisation_id, "answers": ANSWERS | answers}
    return ok(await by.post(f"/calls/{call['id']}/applications", body))


async def submits(by: Member, application: dict[str, Any]) -> dict[str, Any]:
    return ok(await by.post(f"/applications/{application['id']}/submit", version=application["version"]))


async def applies(by: Member, call: dict[str, Any], organisation_id: str) -> dict[str, Any]:
    return await submits(by, await drafts(by, call, organisation_id))


async def pass_the_cut_off(ccp: Platform) -> None:
    """A minute after it; tokens are real time's and stay valid."""
    await ccp.system.travel(CUT_OFF + timedelta(minutes=1) - ccp.system.clock.now())


async def opens(ccp: Platform, call: dict[str, Any], *assessors: Member, number: int = 1) -> dict[str, Any]:
    body = {"assessors": [one.id for one in assessors], "criteria": CRITERIA}
    path = f"/calls/{call['id']}/rounds/{number}"
    made = ok(await ccp.operator.put(path, body, version=0))
    return ok(await ccp.operator.post(f"{path}/open", version=made["version"]))


async def scores(by: Member, application_id: str, fit: int, plan: int, version: int = 0) -> Any:
    given = [
        {"criterion": "fit", "points": fit, "rationale": RATIONALE},
        {"criterion": "plan", "points": plan, "rationale": RATIONALE},
    ]
    return await by.put(f"/applications/{application_id}/assessment", {"scores": given}, version=version)


async def decides(ccp: Platform, call: dict[str, Any], *decisions: dict[str, Any]) -> Any:
    """Each decision at the version that its application has now."""
    listed = ok(await ccp.operator.get(f"/calls/{call['id']}/rounds/1/applications", params={"limit": 100}))["items"]
    versions = {one["id"]: one["version"] for one in listed}
    body = {"decisions": [{"version": versions[one["application_id"]], **one} for one in decisions]}
    return await ccp.operator.post(f"/calls/{call['id']}/rounds/1/decisions", body)


def own_cost_closed() -> dict[str, Any]:
    return BRAZIL | {"mission": BRAZIL["mission"] | {"late_at_own_cost": False}}
