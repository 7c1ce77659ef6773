"""The end of the story: something is open, and something waits for operators, when people look around."""

from ccp.client import Json
from ccp.demo import prologue
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import act


async def look_ahead(cast: Cast) -> None:
    """Publish what is open when the story ends."""
    sequel = cast.sequel
    await cast.each("gatherings are announced", sequel["later_gatherings"], lambda fact: prologue.gather(cast, fact))
    await cast.each("calls open anew", sequel["later_calls"], lambda fact: prologue.publish(cast, fact))


async def leave_work(cast: Cast) -> None:
    """Submit a profile and an achievement, which no operator has reviewed when the story ends."""
    await cast.each("a profile is submitted", cast.sequel["waiting_organisations"], lambda fact: apply(cast, fact))
    await cast.each("an achievement is submitted", cast.sequel["waiting_achievements"], lambda fact: tell(cast, fact))


async def apply(cast: Cast, fact: Json) -> None:
    """Submit the profile of an organisation for review."""
    author, body = cast.contact(fact["contact"]).me, {name: fact[name] for name in fact if name != "contact"}
    draft = await author.post("/organisations", body, key=cast.key(fact["name"]))
    await author.post(f"/organisations/{draft['id']}/submit", version=draft["version"])


async def tell(cast: Cast, fact: Json) -> None:
    """Submit an achievement for review."""
    author = cast.contact(fact["organisation"]).me
    body = {name: fact[name] for name in fact if name != "organisation"}
    body["organisation_id"] = cast.id_of(fact["organisation"])
    draft = await author.post("/achievements", body, key=cast.key(fact["title"]))
    await author.post(f"/achievements/{draft['id']}/submit", version=draft["version"])


ACTS = [
    act("2017-01-04T09:00", "new calls and a conference are announced for 2017", look_ahead),
    act("2017-01-04T10:00", "a profile and an achievement await a review", leave_work),
]
