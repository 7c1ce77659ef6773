"""The Interreg call with one deadline: eligibility answers with reasons, and a question that the publisher answers."""

from ccp.client import Json
from ccp.demo.cast import Cast
from ccp.demo.chapters.plot import Chapter, Outcome, act, in_words

CALL = "nwe-3"
COLUMNS = ["Who asks", "With", "When", "Answer", "Why, and what would change it"]


async def open_to_questions(cast: Cast) -> None:
    """Ask the publisher a question, and ask the platform about eligibility."""
    await cast.each("a question is answered", cast.of("questions", CALL), lambda fact: ask(cast, fact))
    asking = cast.of("eligibility", CALL)
    cast.rows[CALL] = await cast.each("'am I eligible?' is answered", asking, lambda fact: am_i_eligible(cast, fact))


async def ask(cast: Cast, fact: Json) -> None:
    path, publisher = f"/calls/{cast.calls[CALL]['id']}/questions", cast.publisher(CALL)
    await cast.people[fact["member"]].me.post(path, {"question": fact["text"]}, key=cast.key(fact["text"]))
    waiting = (await publisher.get(path, answered=False))["items"]
    question = next(each for each in waiting if each["question"] == fact["text"])
    await publisher.post(f"{path}/{question['id']}/answer", {"answer": fact["answer"]}, version=question["version"])
    cast.note(CALL, f"{fact['member']} asked: {fact['text']} The publisher answered: {fact['answer']}")


async def am_i_eligible(cast: Cast, fact: Json) -> list[str]:
    """Ask whether an organisation may apply as coordinator, with its partners. Return a row."""
    slug, partners = fact["organisation"], fact.get("partners", [])
    question: Json = {"organisation_id": cast.id_of(slug), "role": "coordinator"}
    if partners:
        question["partner_id"] = [cast.id_of(partner) for partner in partners]
    answer = await cast.contact(slug).me.get(f"/calls/{cast.calls[CALL]['id']}/eligibility", **question)
    reasons = [reason(check) for check in answer["checks"] if check["answer"] != "holds"] or ["every rule holds"]
    names = ", ".join(cast.organisations[partner]["name"] for partner in partners)
    return [answer["organisation_name"], names, await cast.today(), in_words(answer["verdict"]), "; ".join(reasons)]


def reason(check: Json) -> str:
    return f"{check['reason']} -> {check['change']}"


async def close_in_a_week(cast: Cast) -> None:
    call = await cast.visitor.get(f"/calls/{cast.calls[CALL]['id']}")
    cast.note(
        CALL,
        f"On {await cast.today()} it is {in_words(call['status'])}. Members who follow its topics got a reminder.",
    )


async def closed(cast: Cast) -> None:
    """Ask about eligibility again, after the deadline."""
    cast.rows[CALL].append(await am_i_eligible(cast, cast.of("eligibility", CALL)[-1]))


async def report(cast: Cast) -> Outcome:
    return Outcome("Interreg North-West Europe: one deadline", COLUMNS, cast.rows[CALL], cast.notes[CALL])


CHAPTER = Chapter(
    CALL,
    [
        act("2016-05-09T09:00", "members ask whether they may apply to Interreg", open_to_questions),
        act("2016-05-21T09:00", "members are reminded that Interreg closes in a week", close_in_a_week),
        act("2016-06-03T09:00", "Interreg has closed, and Brazil closes in a week", closed),
    ],
    report,
)
