"""The mission to Japan: published with its deadline, applied to while it is open, and not a minute longer."""

from ccp.client import Json, Problem
from ccp.demo.cast import Cast
from ccp.demo.chapters import selection
from ccp.demo.chapters.plot import Chapter, Outcome, act, say

CALL = "japan"


async def opened(cast: Cast) -> None:
    await selection.invite(cast, CALL)
    await cast.each("applications: Japan", cast.of("applications", CALL), lambda fact: selection.apply(cast, fact))


async def too_late(cast: Cast) -> None:
    """The draft of one who was late cannot be submitted any more."""
    for fact in cast.of("applications", CALL):
        if fact.get("late"):
            await submit_late(cast, fact)


async def submit_late(cast: Cast, fact: Json) -> None:
    by, application = cast.contact(fact["organisation"]), await selection.standing(cast, fact)
    try:
        await by.me.post(f"/applications/{application['id']}/submit", version=application["version"])
    except Problem as problem:
        cast.note(CALL, f"On {await cast.today()} {by.name} submits: {problem.detail}.")


async def report(cast: Cast) -> Outcome:
    facts = cast.of("applications", CALL)
    rows = [await row(cast, await selection.standing(cast, fact)) for fact in facts]
    return Outcome("Mission to Japan", ["Who applies", "Receipt", "State"], rows, cast.notes[CALL])


async def row(cast: Cast, it: Json) -> list[str]:
    return [it["organisation_name"], selection.receipt(it), say(it["state"])]


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "ICT clusters apply for Japan", opened),
        act("2016-07-01T09:00", "Japan has closed, and a late application is refused", too_late),
    ],
    report,
)
