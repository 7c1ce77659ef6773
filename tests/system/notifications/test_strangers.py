"""E-mails contain no words of people who have no relation with the receiver."""

import pytest

from tests.support.applicants import CRITERIA
from tests.support.eventlog import WISH
from tests.support.people import MISSION, Member, Platform, ok

WORDS = "Win 1000 EUR at prize.example"


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def last_mail(member: Member) -> str:
    await member.platform.system.settle()
    mail = member.mails[-1]
    return " ".join([mail["Subject"], *(part.get_content() for part in mail.iter_parts())])


async def test_a_question_is_announced_without_its_text(ccp: Platform) -> None:
    eve, stranger = await ccp.member("Eve"), await ccp.member("Stranger")
    call = await eve.publishes(MISSION, await ccp.organisation(eve))
    ok(await stranger.post(f"/calls/{call['id']}/questions", {"question": WORDS}))
    text = await last_mail(eve)
    assert "Answer a question: Mission to Japan" in text
    assert "prize" not in text
    path = f"/calls/{call['id']}/questions"
    assert f"http://ccp.test{path}" in text
    [question] = ok(await eve.get(path, params={"answered": False}))["items"]
    assert question["question"] == WORDS


async def test_partners_are_proposed_by_the_names_that_were_reviewed(ccp: Platform) -> None:
    anna, stranger = await ccp.member("Anna"), await ccp.member("Bert")
    ours, theirs = await ccp.organisation(anna), await ccp.organisation(stranger, name="Alpine Energy")
    for member, organisation, side in ((anna, ours, "request"), (stranger, theirs, "offer")):
        wish = WISH | {"organisation_id": organisation["id"], "side": side, "title": WORDS, "ecosystems": ["tourism"]}
        ok(await member.post("/partner-requests", wish))
    await ccp.operator.publishes(MISSION | {"ecosystems": ["tourism"]})
    text = await last_mail(anna)
    assert "Alpine Energy" in text
    assert "prize" not in text
    [proposals] = ok(await anna.get("/partner-proposals"))["items"]
    assert WORDS in proposals["proposals"][0]["reason"]


async def test_an_assessor_is_asked_without_the_title_of_the_call(ccp: Platform) -> None:
    eve, ada, bea = [await ccp.member(name) for name in ("Erik", "Ada", "Bea")]
    call = await eve.publishes(MISSION | {"title": WORDS}, await ccp.organisation(eve))
    body = {"assessors": [ada.id, bea.id], "criteria": CRITERIA}
    ok(await eve.put(f"/calls/{call['id']}/rounds/1", body, version=0))
    text = await last_mail(ada)
    assert f"http://ccp.test/calls/{call['id']}/rounds/1" in text
    assert "prize" not in text
