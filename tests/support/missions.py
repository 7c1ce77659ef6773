"""Missions: assessed applications in large numbers, a traveller who claims, and the publishers who check."""

from datetime import UTC, datetime
from typing import Any

from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import limits
from services.calls.ledger.store import set_limits
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.domain import Assessment, Criterion, Round, Score
from services.calls.selection.assessment.store import ASSESSMENTS, ROUNDS
from shared.mongo import Transaction
from tests.support.applicants import (
    BRAZIL,
    CRITERIA,
    RATIONALE,
    applicant,
    decides,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.people import Member, Platform, ok

LINE: dict[str, Any] = {
    "category": "travel",
    "cents": 100_000,
    "on": "2016-07-20",
    "evidence": {"title": "Ticket", "link": "https://files.example/ticket.pdf", "sha256": "a" * 64, "size": 48_213},
}

HOTEL: dict[str, Any] = LINE | {
    "category": "accommodation",
    "cents": 50_001,
    "evidence": {"title": "Hotel", "link": "https://files.example/hotel.pdf", "sha256": "b" * 64, "size": 12_001},
}

CROWD = 200


def mission(**more: Any) -> dict[str, Any]:
    return BRAZIL | {"mission": BRAZIL["mission"] | more}


async def assessed_crowd(ccp: Platform, call: dict[str, Any], number: int) -> list[str]:
    """Store applications that two assessors scored, as an open round has them."""
    at = ccp.system.db("calls")
    ids = [f"app{n:03}" for n in range(number)]
    of = {"call_id": call["id"], "call_title": call["title"], "call_kind": "mission", "cut_off": 1}
    now = datetime(2016, 5, 20, tzinfo=UTC)
    made = {"by": "x", "made_at": now, "form": 1, "submissions": 1, "state": State.IN_ASSESSMENT, "sealed": False}
    await APPLICATIONS.insert_new(
        at, [Application(id=id, organisation_id=f"of-{id}", organisation_name=id, **of, **made) for id in ids]
    )
    points = [Score(criterion=c["name"], points=4, rationale=RATIONALE) for c in CRITERIA]
    everybody = ["ada", "bea"]
    await ASSESSMENTS.insert_new(
        at,
        [
            Assessment(id=f"{id}:{who}", application_id=id, assessor_id=who, scores=points, at=now)
            for id in ids
            for who in everybody
        ],
    )
    criteria = [Criterion.model_validate(c) for c in CRITERIA]
    named = {"call_id": call["id"], "cut_off": 1, "assessors": everybody, "criteria": criteria, "opened_at": now}
    await ROUNDS.insert_new(at, [Round(id=f"{call['id']}:1", **named)])
    await at.transact(limited, call["id"])
    return ids


async def limited(tx: Transaction, call_id: str) -> None:
    call = await CALLS.get(tx, call_id)
    assert call
    assert call.mission
    await set_limits(tx, call.id, limits(call.mission, call.budget))


class Traveller:
    """A selected applicant who has travelled, and the publishers who check the claim."""

    def __init__(self, ccp: Platform, anna: Member, call: dict[str, Any], id: str, eve: Member) -> None:
        self.ccp, self.anna, self.call, self.id, self.eve = ccp, anna, call, id, eve

    async def claims(self, body: dict[str, Any]) -> dict[str, Any]:
        return ok(await self.anna.post(f"/applications/{self.id}/claim", body))

    async def step(self, by: Member, claim: dict[str, Any], step: str, body: Any = None) -> Any:
        version = ok(await by.get(f"/claims/{claim['id']}"))["version"]
        return await by.post(f"/claims/{claim['id']}/{step}", body, version=version)


async def traveller(ccp: Platform, call: dict[str, Any] = BRAZIL) -> Traveller:
    [one] = await travellers(ccp, 1, call)
    return one


async def travellers(ccp: Platform, number: int, call: dict[str, Any] = BRAZIL) -> list[Traveller]:
    """Select Anna for a number of missions of Eve's organisation; the operator publishes too."""
    eve, publisher = await applicant(ccp, "Eve")
    anna, cluster = await applicant(ccp, "Anna")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    made = []
    for _ in range(number):
        published = await eve.publishes(call, publisher)
        form = {"fields": [{"name": "people", "label": "How many?", "kind": "number"}]}
        ok(await eve.put(f"/calls/{published['id']}/form", form, version=0))
        body = {"organisation_id": cluster["id"], "answers": {"people": 1}}
        draft = ok(await anna.post(f"/calls/{published['id']}/applications", body))
        ok(await anna.post(f"/applications/{draft['id']}/submit", version=1))
        made.append(Traveller(ccp, anna, published, draft["id"], eve))
    await pass_the_cut_off(ccp)
    for one in made:
        await opens(ccp, one.call, ada, bea)
        for assessor in (ada, bea):
            ok(await scores(assessor, one.id, 5, 5))
        ok(await decides(ccp, one.call, {"application_id": one.id, "outcome": "select"}))
    return made


async def come_back(ccp: Platform) -> None:
    await ccp.system.travel(datetime(2016, 8, 13, 8, tzinfo=UTC) - ccp.system.clock.now())
