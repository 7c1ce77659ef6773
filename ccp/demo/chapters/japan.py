"""The mission to Japan: applications are accepted from the opening to the deadline, and refused before and after."""

from ccp.client import Json, Problem
from ccp.demo.cast import Cast
from ccp.demo.chapters import selection
from ccp.demo.chapters.plot import Chapter, Outcome, act, in_words

CALL = "japan"


async def announced(cast: Cast) -> None:
    """Publish the form, and try to apply before the opening."""
    await selection.invite(cast, CALL)
    early = cast.of("applications", CALL)[0]
    try:
        await selection.apply(cast, early)
    except Problem as problem:
        name = cast.contact(early["organisation"]).name
        cast.note(CALL, f"On {await cast.today()} {name} applies: {problem.detail.rstrip('.')}.")


async def opened(cast: Cast) -> None:
    """Apply after the opening, of which the followers of the call were notified."""
    call = await cast.visitor.get(f"/calls/{cast.calls[CALL]['id']}")
    cast.note(CALL, f"On {await cast.today()} it is {in_words(call['status'])}. Its followers got an alert.")
    await cast.each("applications: Japan", cast.of("applications", CALL), lambda fact: selection.apply(cast, fact))


async def too_late(cast: Cast) -> None:
    """Try to submit drafts after the deadline."""
    for fact in cast.of("applications", CALL):
        if fact.get("late"):
            await submit_late(cast, fact)


async def submit_late(cast: Cast, fact: Json) -> None:
    applicant, application = cast.contact(fact["organisation"]), await selection.application_of(cast, fact)
    try:
        await applicant.me.post(f"/applications/{application['id']}/submit", version=application["version"])
    except Problem as problem:
        cast.note(CALL, f"On {await cast.today()} {applicant.name} submits: {problem.detail.rstrip('.')}.")


async def report(cast: Cast) -> Outcome:
    facts = [fact for fact in cast.of("applications", CALL) if (CALL, fact["organisation"]) in cast.applications]
    rows = [row(await selection.application_of(cast, fact)) for fact in facts]
    return Outcome("Mission to Japan", ["Who applies", "Receipt", "State"], rows, cast.notes[CALL])


def row(application: Json) -> list[str]:
    return [application["organisation_name"], selection.receipt(application), in_words(application["state"])]


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "Japan is announced before it opens", announced),
        act("2016-05-23T10:00", "Japan has opened, and ICT clusters apply", opened),
        act("2016-07-01T09:00", "Japan has closed, and a late application is refused", too_late),
    ],
    report,
)
