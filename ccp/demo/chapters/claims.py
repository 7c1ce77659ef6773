"""Costs of a journey, claimed with evidence: validated by one, approved by another, paid; or returned and corrected."""

import hashlib

from ccp.client import Client, Json, Problem
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import euros, say


async def settle(cast: Cast, call: str, fact: Json) -> None:
    """From the first version of a claim to the money."""
    by, publisher = cast.contact(fact["organisation"]).me, cast.publisher(call)
    path = f"/applications/{cast.applications[call, fact['organisation']]}/claim"
    claim = await by.post(path, {"lines": lines(cast, fact["costs"])}, key=cast.key("claim", fact["organisation"]))
    if "returned" in fact:
        claim = await correct(cast, call, fact, claim)
    claim = await step(publisher, claim, "validate")
    await four_eyes(cast, call, claim)
    claim = await step(cast.operator, claim, "approve")
    await step(publisher, claim, "pay", {"reference": f"{call}-{fact['organisation']}"})


async def step(by: Client, claim: Json, verb: str, body: Json | None = None) -> Json:
    after: Json = await by.post(f"/claims/{claim['id']}/{verb}", body, version=claim["version"])
    return after


async def correct(cast: Cast, call: str, fact: Json, claim: Json) -> Json:
    """Returned with a reason, and submitted again without the cost that is none."""
    returned = await step(cast.publisher(call), claim, "return", {"reason": fact["returned"]})
    kept = [cost for cost in fact["costs"] if cost["category"] != fact["drops"]]
    by, body = cast.contact(fact["organisation"]).me, {"lines": lines(cast, kept)}
    corrected: Json = await by.put(f"/claims/{claim['id']}", body, version=returned["version"])
    words = f"{claim['organisation_name']} claimed {euros(claim['total'])}, returned: {fact['returned']}"
    cast.note(call, f"{words} Corrected to {euros(corrected['total'])}.")
    return corrected


async def four_eyes(cast: Cast, call: str, claim: Json) -> None:
    """Who validated a claim tries to approve it too."""
    try:
        await step(cast.publisher(call), claim, "approve")
    except Problem as problem:
        words = f"Four eyes: {problem.detail}; the platform's operator approved."
        if words not in cast.notes[call]:
            cast.note(call, words)


def lines(cast: Cast, costs: list[Json]) -> list[Json]:
    return [line(cast.dated(cost)) for cost in costs]


def line(cost: Json) -> Json:
    """A cost with its evidence: where the receipt lies, and which file was meant."""
    receipt = f"{cost['title']}: {cost['cents']} cents on {cost['on']}".encode()
    sha256 = hashlib.sha256(receipt).hexdigest()
    link = f"https://receipts.example/{sha256[:16]}.pdf"
    evidence = {"title": cost["title"], "link": link, "sha256": sha256, "size": len(receipt)}
    return {**{name: cost[name] for name in ("category", "cents", "on")}, "evidence": evidence}


def row(claim: Json) -> list[str]:
    """Costs, what is paid back, its share of them, the claim's state."""
    share = claim["due"]["cents"] / claim["total"]["cents"]
    return [euros(claim["total"]), euros(claim["due"]), f"{share:.1%}", say(claim["state"])]
