"""Claims for travel costs: one person validates a claim, another approves it, then it is paid."""

import hashlib

from ccp.client import Client, Json, Problem
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import euros, in_words


async def settle(cast: Cast, call: str, fact: Json) -> None:
    """Submit a claim and take it to the payment."""
    claimant, publisher = cast.contact(fact["organisation"]).me, cast.publisher(call)
    path = f"/applications/{cast.applications[call, fact['organisation']]}/claim"
    body = {"lines": lines(cast, fact["costs"])}
    claim = await claimant.post(path, body, key=cast.key("claim", fact["organisation"]))
    if "returned" in fact:
        claim = await correct(cast, call, fact, claim)
    claim = await step(publisher, claim, "validate")
    await four_eyes(cast, call, claim)
    claim = await step(cast.operator, claim, "approve")
    await step(publisher, claim, "pay", {"reference": f"{call}-{fact['organisation']}"})


async def step(client: Client, claim: Json, verb: str, body: Json | None = None) -> Json:
    after: Json = await client.post(f"/claims/{claim['id']}/{verb}", body, version=claim["version"])
    return after


async def correct(cast: Cast, call: str, fact: Json, claim: Json) -> Json:
    """Return the claim with a reason, and submit it again without the wrong cost."""
    returned = await step(cast.publisher(call), claim, "return", {"reason": fact["returned"]})
    kept = [cost for cost in fact["costs"] if cost["category"] != fact["drops"]]
    claimant, body = cast.contact(fact["organisation"]).me, {"lines": lines(cast, kept)}
    corrected: Json = await claimant.put(f"/claims/{claim['id']}", body, version=returned["version"])
    first = f"{claim['organisation_name']} claimed {euros(claim['total'])}. The claim was returned: {fact['returned']}"
    cast.note(call, f"{first} The corrected claim is {euros(corrected['total'])}.")
    return corrected


async def four_eyes(cast: Cast, call: str, claim: Json) -> None:
    """Try to approve a claim as the person who validated it; the platform refuses."""
    try:
        await step(cast.publisher(call), claim, "approve")
    except Problem as problem:
        note = f"Four-eyes rule: {problem.detail.rstrip('.')}. The platform's operator approved instead."
        if note not in cast.notes[call]:
            cast.note(call, note)


def lines(cast: Cast, costs: list[Json]) -> list[Json]:
    return [line(cast.dated(cost)) for cost in costs]


def line(cost: Json) -> Json:
    """Return a cost with its evidence: a link to the receipt and the hash of its file."""
    receipt = f"{cost['title']}: {cost['cents']} cents on {cost['on']}".encode()
    sha256 = hashlib.sha256(receipt).hexdigest()
    link = f"https://receipts.example/{sha256[:16]}.pdf"
    evidence = {"title": cost["title"], "link": link, "sha256": sha256, "size": len(receipt)}
    return {**{name: cost[name] for name in ("category", "cents", "on")}, "evidence": evidence}


def row(claim: Json) -> list[str]:
    """Return the costs, the amount paid back, its share of the costs, and the claim's state."""
    share = claim["due"]["cents"] / claim["total"]["cents"]
    return [euros(claim["total"]), euros(claim["due"]), f"{share:.1%}", in_words(claim["state"])]
