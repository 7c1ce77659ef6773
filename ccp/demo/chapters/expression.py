"""The call for expression of interest, open to the end of the year: from applications to partnerships."""

import asyncio

from ccp.client import Json, Problem
from ccp.demo.cast import PATIENCE, Cast
from ccp.demo.chapters import selection
from ccp.demo.chapters.plot import Chapter, Outcome, act

CALL = "escp-s3"
COLUMNS = ["Who applies", "With", "Receipt", "Score", "Decision", "Partnership"]


async def opened(cast: Cast) -> None:
    await selection.invite(cast, CALL)
    facts = cast.of("applications", CALL)
    await cast.each("applications: partnerships", facts, lambda fact: selection.apply(cast, fact))


async def decided(cast: Cast) -> None:
    """Assess with two assessors. One declares a conflict of interest, so a third one steps in before the decision."""
    opened = await selection.open_round(cast, CALL)
    for fact in cast.of("conflicts", CALL):
        await declare_conflict(cast, fact)
    facts = cast.sequel["rounds"][CALL]
    await selection.assess(cast, CALL, facts["assessors"], "assessors score: partnerships")
    try:
        await selection.decide(cast, CALL)
    except Problem as problem:
        await step_in(cast, facts["substitute"], opened["version"], problem)
        await selection.decide(cast, CALL)
    await partnerships_formed(cast)


async def declare_conflict(cast: Cast, fact: Json) -> None:
    id = cast.applications[CALL, fact["organisation"]]
    reason = {"reason": fact["reason"]}
    await cast.people[fact["assessor"]].me.post(f"/applications/{id}/conflict", reason)
    name = cast.organisations[fact["organisation"]]["name"]
    cast.note(CALL, f"{fact['assessor']} does not assess {name}: {fact['reason']}")


async def step_in(cast: Cast, name: str, version: int, refused: Problem) -> None:
    cast.note(CALL, f"One assessment is not enough for a decision ({refused.code}), so {name} steps in.")
    body = selection.round_body(cast, CALL, name)
    await cast.publisher(CALL).put(selection.round_of(cast, CALL), body, version=version)
    await selection.assess(cast, CALL, [name], "a third assessor steps in")


async def partnerships_formed(cast: Cast) -> None:
    """Wait until matchmaking shows each selected application as a partnership."""
    ranking = await selection.ranking(cast, CALL)
    selected = [application["id"] for application in ranking if application["state"] == "selected"]
    async with asyncio.timeout(PATIENCE):
        while not {*selected} <= (await partnerships(cast)).keys():
            await asyncio.sleep(0.1)


async def partnerships(cast: Cast) -> dict[str, Json]:
    """Return the partnerships of this call, by the id of their application."""
    items = (await cast.visitor.get("/partnerships", limit=100))["items"]
    return {each["id"]: each for each in items if each["call_id"] == cast.calls[CALL]["id"]}


async def report(cast: Cast) -> Outcome:
    formed, scores, rows = await partnerships(cast), await selection.scores(cast, CALL), []
    for fact in cast.of("applications", CALL):
        application = await selection.application_of(cast, fact)
        id, receipt = application["id"], selection.receipt(application)
        partners = ", ".join(cast.organisations[slug]["name"] for slug in fact["partners"])
        decision = selection.decision(application)
        partnership = size(formed[id]) if id in formed else ""
        rows.append([application["organisation_name"], partners, receipt, scores.get(id, ""), decision, partnership])
    title = "Expression of interest: strategic cluster partnerships"
    return Outcome(title, COLUMNS, rows, cast.notes.get(CALL, []))


def size(partnership: Json) -> str:
    return f"formed, of {1 + len(partnership['partners'])}"


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "organisations apply together for a partnership", opened),
        act("2017-01-02T09:00", "expressions of interest are assessed, and partnerships form", decided),
    ],
    report,
)
