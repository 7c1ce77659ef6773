"""What calls with a form have in common: applications with receipts, assessors who score, decisions by the ranking."""

from collections.abc import Iterator, Sequence

from ccp.client import Client, Json
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import say


async def invite(cast: Cast, call: str) -> None:
    """The call gets its form and, where it is assessed here, assessors and criteria."""
    publisher, form = cast.publisher(call), {"fields": cast.sequel["forms"][call]}
    await publisher.put(f"/calls/{cast.calls[call]['id']}/form", form, version=0)
    if call in cast.sequel["rounds"]:
        await publisher.put(round_of(cast, call), round_body(cast, call), version=0)


def round_of(cast: Cast, call: str, what: str = "") -> str:
    return f"/calls/{cast.calls[call]['id']}/rounds/1{what}"


def round_body(cast: Cast, call: str, *more: str) -> Json:
    named = cast.sequel["rounds"][call]
    assessors = [cast.people[name].id for name in [*named["assessors"], *more]]
    return {"assessors": assessors, "criteria": named["criteria"]}


# --- who applies --------------------------------------------------------------------------------


async def apply(cast: Cast, fact: Json) -> None:
    """A draft, then a receipt for what was submitted; who is late leaves it at the draft."""
    call, by = fact["call"], cast.contact(fact["organisation"]).me
    path = f"/calls/{cast.calls[call]['id']}/applications"
    draft = await by.post(path, body(cast, fact), key=cast.key(call, fact["organisation"]))
    cast.applications[call, fact["organisation"]] = draft["id"]
    if fact.get("late"):
        return
    receipt = await by.post(f"/applications/{draft['id']}/submit", version=draft["version"])
    if "better" in fact:
        await apply_again(cast, fact, receipt)


async def apply_again(cast: Cast, fact: Json, first: Json) -> None:
    """Better answers before the deadline: the last submission counts, and the first receipt stays genuine."""
    by, path = cast.contact(fact["organisation"]).me, f"/applications/{first['application_id']}"
    saved = await by.put(path, body(cast, fact, **fact["better"]), version=first["version"])
    second = await by.post(f"{path}/submit", version=saved["version"])
    old, new = [await cast.visitor.get(f"/receipts/{one['hash']}") for one in (first, second)]
    name = cast.organisations[fact["organisation"]]["name"]
    cast.note(fact["call"], f"{name} submitted twice: {receipt_in_words(old)}; {receipt_in_words(new)}.")


def receipt_in_words(it: Json) -> str:
    genuine, counts = "genuine" if it["genuine"] else "forged", "counts" if it["counts"] else "counts no more"
    return f"receipt {it['number']} is {genuine} and {counts}"


def body(cast: Cast, fact: Json, **better: object) -> Json:
    partners = [cast.id_of(one) for one in fact.get("partners", [])]
    answers = {**fact["answers"], **better}
    return {"organisation_id": cast.id_of(fact["organisation"]), "partners": partners, "answers": answers}


# --- who assesses -------------------------------------------------------------------------------


async def open_round(cast: Cast, call: str) -> Json:
    publisher = cast.publisher(call)
    version = (await publisher.get(round_of(cast, call)))["version"]
    opened: Json = await publisher.post(round_of(cast, call, "/open"), version=version)
    return opened


async def assess(cast: Cast, call: str, names: Sequence[str], words: str) -> None:
    """Each reads what was submitted, and scores it criterion by criterion with a reason."""
    work = [(name, fact) for name in names for fact in cast.of("applications", call) if name in fact["points"]]
    await cast.each(words, work, lambda pair: score(cast, call, *pair))


async def score(cast: Cast, call: str, name: str, fact: Json) -> None:
    me, path = cast.people[name].me, f"/applications/{cast.applications[call, fact['organisation']]}"
    criteria = cast.sequel["rounds"][call]["criteria"]
    await me.get(f"{path}/submitted")
    scores = [
        {"criterion": it["name"], "points": points, "rationale": f"{points} of 5. {it['label']}: as the form says."}
        for it, points in zip(criteria, fact["points"][name], strict=True)
    ]
    await me.put(f"{path}/assessment", {"scores": scores}, version=0)


# --- who decides --------------------------------------------------------------------------------


async def ranking(cast: Cast, call: str) -> list[Json]:
    items: list[Json] = (await cast.publisher(call).get(round_of(cast, call, "/ranking"), limit=100))["items"]
    return items


async def decide(cast: Cast, call: str, places: int | None = None) -> None:
    """By the ranking: as many as there are places, then the reserve list; nobody who is below a threshold."""
    decisions = list(by_rank(await ranking(cast, call), places))
    await cast.publisher(call).post(round_of(cast, call, "/decisions"), {"decisions": decisions})


def by_rank(ranked: Sequence[Json], places: int | None) -> Iterator[Json]:
    fit = [one for one in ranked if not one["judged"]["below"]]
    reserve = {} if places is None else {one["id"]: number for number, one in enumerate(fit[places:], 1)}
    for one in ranked:
        named = {"application_id": one["id"], "version": one["version"]}
        if below := one["judged"]["below"]:
            yield {**named, "outcome": "reject", "reason": f"Below the threshold in {', '.join(below)}."}
        elif rank := reserve.get(one["id"]):
            yield {**named, "outcome": "reserve", "rank": rank, "reason": "All places are taken."}
        else:
            yield {**named, "outcome": "select"}


# --- what came of it ----------------------------------------------------------------------------


async def standing(cast: Cast, fact: Json) -> Json:
    """The application as its applicant sees it now."""
    by: Client = cast.contact(fact["organisation"]).me
    application: Json = await by.get(f"/applications/{cast.applications[fact['call'], fact['organisation']]}")
    return application


async def scores(cast: Cast, call: str) -> dict[str, str]:
    """Per cent of the best possible, by application; empty while nothing is opened."""
    opened = (await cast.publisher(call).get(round_of(cast, call)))["opened_at"]
    return {one["id"]: f"{one['judged']['mean']} %" for one in await ranking(cast, call)} if opened else {}


def decision(application: Json) -> str:
    """selected, reserve 2, ...; who came from the reserve list keeps its number."""
    state, rank = application["state"], application["rank"]
    if rank is None or state == "withdrawn":
        return say(state)
    return f"reserve {rank}" if state == "reserve" else f"{say(state)} from reserve {rank}"


def receipt(application: Json) -> str:
    """How often it was submitted, and how the newest receipt begins."""
    return f"{application['submissions']}: {application['receipt'][:8]}" if application["receipt"] else ""
