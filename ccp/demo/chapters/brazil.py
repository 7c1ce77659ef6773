"""The mission to Brazil: fewer places than applicants, a reserve list, and up to 80 % of the costs paid back."""

from ccp.client import Json
from ccp.demo.cast import Cast
from ccp.demo.chapters import claims, selection
from ccp.demo.chapters.plot import Chapter, Outcome, act, euros

CALL = "brazil"
COLUMNS = ["Who applies", "Receipt", "Score", "Decision", "Costs", "Paid back", "Share", "Claim"]


async def opened(cast: Cast) -> None:
    await selection.invite(cast, CALL)
    await cast.each("applications: Brazil", cast.of("applications", CALL), lambda fact: selection.apply(cast, fact))


async def decided(cast: Cast) -> None:
    """The best have the places; one of them cannot come, and the first of the reserve list can."""
    await selection.open_round(cast, CALL)
    await selection.assess(cast, CALL, cast.sequel["rounds"][CALL]["assessors"], "assessors score: Brazil")
    await selection.decide(cast, CALL, cast.calls[CALL]["mission"]["places"])
    for fact in cast.of("withdrawals", CALL):
        await step_back(cast, fact)


async def step_back(cast: Cast, fact: Json) -> None:
    it = await selection.standing(cast, fact)
    await cast.contact(fact["organisation"]).me.post(f"/applications/{it['id']}/withdraw", version=it["version"])
    was = [one["organisation_name"] for one in await selection.ranking(cast, CALL) if one["state"] == "selected"]
    cast.note(CALL, f"{it['organisation_name']} steps back. These travel: {', '.join(was)}.")


async def come_back(cast: Cast) -> None:
    await cast.each("claims are checked and paid", cast.sequel["claims"], lambda fact: claims.settle(cast, CALL, fact))


async def report(cast: Cast) -> Outcome:
    mission, path = cast.calls[CALL]["mission"], f"/calls/{cast.calls[CALL]['id']}"
    scores = await selection.scores(cast, CALL)
    paid = {one["application_id"]: one for one in (await cast.publisher(CALL).get(f"{path}/claims"))["items"]}
    rows = []
    for fact in cast.of("applications", CALL):
        it = await selection.standing(cast, fact)
        row = [it["organisation_name"], selection.receipt(it), scores.get(it["id"], ""), selection.decision(it)]
        rows.append([*row, *(claims.row(paid[it["id"]]) if it["id"] in paid else [""] * 4)])
    title = f"Mission to Brazil, {mission['series']['number']} of {mission['series']['of']}"
    return Outcome(title, COLUMNS, rows, [*cast.notes[CALL], *await accounts(cast, path)])


async def accounts(cast: Cast, path: str) -> list[str]:
    """Places and money, as the platform keeps them."""
    places, money = await cast.visitor.get(f"{path}/places"), await cast.publisher(CALL).get(f"{path}/accounts")
    costs = cast.calls[CALL]["mission"]["costs"]
    scheme = f"{costs['percent']} % of the costs, at most {costs['cap']:,} EUR each"
    said = ", ".join(f"{name} {euros(money[name])}" for name in ("budget", "committed", "approved", "paid"))
    return [f"Places: {places['taken']} of {places['places']} taken.", f"Money: {scheme}; {said}."]


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "organisations apply for the mission to Brazil", opened),
        act("2016-06-24T09:00", "Brazil is assessed and decided, and a place goes to the reserve list", decided),
        act("2016-08-15T09:00", "the travellers to Brazil claim their costs, and are paid", come_back),
    ],
    report,
)
