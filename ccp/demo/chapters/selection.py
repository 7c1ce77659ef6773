"""The steps of every call with a form: apply with a receipt, assess, and decide by the ranking."""

from collections.abc import Iterator, Sequence

from ccp.client import Client, Json
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import in_words


async def invite(cast: Cast, call: str) -> None:
    """Give the call its form and, if it is assessed on the platform, assessors and criteria."""
    publisher, form = cast.publisher(call), {"fields": cast.sequel["forms"][call]}
    await publisher.put(f"/calls/{cast.calls[call]['id']}/form", form, version=0)
    if call in cast.sequel["rounds"]:
        await publisher.put(round_of(cast, call), round_body(cast, call), version=0)


def round_of(cast: Cast, call: str, what: str = "") -> str:
    return f"/calls/{cast.calls[call]['id']}/rounds/1{what}"


def round_body(cast: Cast, call: str, *more: str) -> Json:
    facts = cast.sequel["rounds"][call]
    assessors = [cast.people[name].id for name in [*facts["assessors"], *more]]
    return {"assessors": assessors, "criteria": facts["criteria"]}


# --- applications -------------------------------------------------------------------------------


async def apply(cast: Cast, fact: Json) -> None:
    """Save a draft and submit it; a late applicant only saves the draft."""
    call, applicant = fact["call"], cast.contact(fact["organisation"]).me
    path = f"/calls/{cast.calls[call]['id']}/applications"
    draft = await applicant.post(path, body(cast, fact), key=cast.key(call, fact["organisation"]))
    cast.applications[call, fact["organisation"]] = draft["id"]
    if fact.get("late"):
        return
    receipt = await applicant.post(f"/applications/{draft['id']}/submit", version=draft["version"])
    if "better" in fact:
        await apply_again(cast, fact, receipt)


async def apply_again(cast: Cast, fact: Json, first: Json) -> None:
    """Submit better answers. The last submission counts, and the first receipt stays genuine."""
    applicant, path = cast.contact(fact["organisation"]).me, f"/applications/{first['application_id']}"
    saved = await applicant.put(path, body(cast, fact, **fact["better"]), version=first["version"])
    second = await applicant.post(f"{path}/submit", version=saved["version"])
    old, new = [await cast.visitor.get(f"/receipts/{receipt['hash']}") for receipt in (first, second)]
    name = cast.organisations[fact["organisation"]]["name"]
    cast.note(fact["call"], f"{name} submitted twice: {receipt_in_words(old)}; {receipt_in_words(new)}.")


def receipt_in_words(receipt: Json) -> str:
    genuine = "genuine" if receipt["genuine"] else "forged"
    counts = "counts" if receipt["counts"] else "no longer counts"
    return f"receipt {receipt['number']} is {genuine} and {counts}"


def body(cast: Cast, fact: Json, **better: object) -> Json:
    partners = [cast.id_of(partner) for partner in fact.get("partners", [])]
    answers = {**fact["answers"], **better}
    return {"organisation_id": cast.id_of(fact["organisation"]), "partners": partners, "answers": answers}


# --- assessments --------------------------------------------------------------------------------


async def open_round(cast: Cast, call: str) -> Json:
    publisher = cast.publisher(call)
    version = (await publisher.get(round_of(cast, call)))["version"]
    opened: Json = await publisher.post(round_of(cast, call, "/open"), version=version)
    return opened


async def assess(cast: Cast, call: str, names: Sequence[str], words: str) -> None:
    """Let each assessor read the applications and score every criterion with a reason."""
    work = [(name, fact) for name in names for fact in cast.of("applications", call) if name in fact["points"]]
    await cast.each(words, work, lambda pair: score(cast, call, *pair))


async def score(cast: Cast, call: str, name: str, fact: Json) -> None:
    me, path = cast.people[name].me, f"/applications/{cast.applications[call, fact['organisation']]}"
    criteria = cast.sequel["rounds"][call]["criteria"]
    await me.get(f"{path}/submitted")
    scores = [
        {"criterion": each["name"], "points": points, "rationale": f"{points} of 5. {each['label']}: see the form."}
        for each, points in zip(criteria, fact["points"][name], strict=True)
    ]
    await me.put(f"{path}/assessment", {"scores": scores}, version=0)


# --- decisions ----------------------------------------------------------------------------------


async def ranking(cast: Cast, call: str) -> list[Json]:
    items: list[Json] = (await cast.publisher(call).get(round_of(cast, call, "/ranking"), limit=100))["items"]
    return items


async def decide(cast: Cast, call: str, places: int | None = None) -> None:
    """Decide by the ranking: select for the places, then the reserve list, and reject below a threshold."""
    decisions = list(by_rank(await ranking(cast, call), places))
    await cast.publisher(call).post(round_of(cast, call, "/decisions"), {"decisions": decisions})


def by_rank(ranked: Sequence[Json], places: int | None) -> Iterator[Json]:
    """Yield a decision on each application. Without a number of places there is no reserve list."""
    eligible = [application for application in ranked if not application["judged"]["below"]]
    waiting = [] if places is None else eligible[places:]
    ranks = {application["id"]: rank for rank, application in enumerate(waiting, 1)}
    for application in ranked:
        decision = {"application_id": application["id"], "version": application["version"]}
        if below := application["judged"]["below"]:
            yield {**decision, "outcome": "reject", "reason": f"Below the threshold in {', '.join(below)}."}
        elif rank := ranks.get(application["id"]):
            yield {**decision, "outcome": "reserve", "rank": rank, "reason": "All places are taken."}
        else:
            yield {**decision, "outcome": "select"}


# --- outcomes -----------------------------------------------------------------------------------


async def application_of(cast: Cast, fact: Json) -> Json:
    """Return the application as its applicant sees it now."""
    applicant: Client = cast.contact(fact["organisation"]).me
    id = cast.applications[fact["call"], fact["organisation"]]
    application: Json = await applicant.get(f"/applications/{id}")
    return application


async def scores(cast: Cast, call: str) -> dict[str, str]:
    """Return the score of each application as a percentage; empty before the assessment opens."""
    opened = (await cast.publisher(call).get(round_of(cast, call)))["opened_at"]
    return {each["id"]: f"{each['judged']['mean']} %" for each in await ranking(cast, call)} if opened else {}


def decision(application: Json) -> str:
    """Return the decision in words: selected, reserve 2, selected from reserve 1."""
    state, rank = application["state"], application["rank"]
    if rank is None or state == "withdrawn":
        return in_words(state)
    return f"reserve {rank}" if state == "reserve" else f"{in_words(state)} from reserve {rank}"


def receipt(application: Json) -> str:
    """Return the number of submissions and the beginning of the newest receipt."""
    return f"{application['submissions']}: {application['receipt'][:8]}" if application["receipt"] else ""
