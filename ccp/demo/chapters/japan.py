"""The mission to Japan: applications are accepted until the deadline, and refused afterwards."""

from ccp.client import Json, Problem
from ccp.demo.cast import Cast
from ccp.demo.chapters import selection
from ccp.demo.chapters.plot import Chapter, Outcome, act, in_words

CALL = "japan"


async def opened(cast: Cast) -> None:
    await selection.invite(cast, CALL)
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
    facts = cast.of("applications", CALL)
    rows = [row(await selection.application_of(cast, fact)) for fact in facts]
    return Outcome("Mission to Japan", ["Who applies", "Receipt", "State"], rows, cast.notes[CALL])


def row(application: Json) -> list[str]:
    return [application["organisation_name"], selection.receipt(application), in_words(application["state"])]


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "ICT clusters apply for Japan", opened),
        act("2016-07-01T09:00", "Japan has closed, and a late application is refused", too_late),
    ],
    report,
)
