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
    """Give the places to the best; one of them withdraws, and the first on the reserve list moves up."""
    await selection.open_round(cast, CALL)
    await selection.assess(cast, CALL, cast.sequel["rounds"][CALL]["assessors"], "assessors score: Brazil")
    await selection.decide(cast, CALL, cast.calls[CALL]["mission"]["places"])
    for fact in cast.of("withdrawals", CALL):
        await withdraw(cast, fact)


async def withdraw(cast: Cast, fact: Json) -> None:
    application = await selection.application_of(cast, fact)
    path = f"/applications/{application['id']}/withdraw"
    await cast.contact(fact["organisation"]).me.post(path, version=application["version"])
    ranking = await selection.ranking(cast, CALL)
    selected = [each["organisation_name"] for each in ranking if each["state"] == "selected"]
    cast.note(CALL, f"{application['organisation_name']} withdraws. Now selected: {', '.join(selected)}.")


async def come_back(cast: Cast) -> None:
    await cast.each("claims are checked and paid", cast.sequel["claims"], lambda fact: claims.settle(cast, CALL, fact))


async def report(cast: Cast) -> Outcome:
    mission, path = cast.calls[CALL]["mission"], f"/calls/{cast.calls[CALL]['id']}"
    scores = await selection.scores(cast, CALL)
    paid = {claim["application_id"]: claim for claim in (await cast.publisher(CALL).get(f"{path}/claims"))["items"]}
    rows = []
    for fact in cast.of("applications", CALL):
        application = await selection.application_of(cast, fact)
        id, name = application["id"], application["organisation_name"]
        row = [name, selection.receipt(application), scores.get(id, ""), selection.decision(application)]
        rows.append([*row, *(claims.row(paid[id]) if id in paid else [""] * 4)])
    title = f"Mission to Brazil, {mission['series']['number']} of {mission['series']['of']}"
    return Outcome(title, COLUMNS, rows, [*cast.notes[CALL], *await accounts(cast, path)])


async def accounts(cast: Cast, path: str) -> list[str]:
    """Return the platform's figures on places and money."""
    places, money = await cast.visitor.get(f"{path}/places"), await cast.publisher(CALL).get(f"{path}/accounts")
    costs = cast.calls[CALL]["mission"]["costs"]
    scheme = f"{costs['percent']} % of the costs, at most {costs['cap']:,} EUR each"
    figures = ", ".join(f"{name} {euros(money[name])}" for name in ("budget", "committed", "approved", "paid"))
    return [f"Places: {places['taken']} of {places['places']} taken.", f"Money: {scheme}; {figures}."]


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "organisations apply for the mission to Brazil", opened),
        act("2016-06-24T09:00", "Brazil is assessed and decided, and a place goes to the reserve list", decided),
        act("2016-08-15T09:00", "the travellers to Brazil claim their costs, and are paid", come_back),
    ],
    report,
)
