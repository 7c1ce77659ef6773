"""Claimants, publishers and participants are notified at each step, in words that name what it is about."""

from datetime import timedelta

from tests.support.applicants import applicant
from tests.support.gatherings import OF_TWO, leaves, registers
from tests.support.missions import HOTEL, LINE, come_back, traveller
from tests.support.people import MISSION, Member, Platform, ok


async def newest(member: Member, number: int) -> list[tuple[str, str, str]]:
    """Return title, text and reason of the newest alerts, the newest last."""
    await member.platform.system.settle()
    alerts = (await member.alerts())[:number]
    return [(each["title"].partition(":")[0], each["text"], each["reason"]) for each in reversed(alerts)]


async def test_each_step_of_a_claim_is_told_to_the_side_that_acts_next(ccp: Platform) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE, HOTEL]})
    check = "The claim of Cluster of Anna waits for you: "
    published = "Your organisation published this call"
    assert await newest(it.eve, 1) == [("Validate a claim", f"{check}check its evidence.", published)]

    ok(await it.step(it.eve, claim, "return", {"reason": "The ticket cannot be read."}))
    text = "Your claim was returned. Read the reason in the claim, correct it and submit it again."
    assert await newest(it.anna, 1) == [("Correct your claim", text, "You belong to Cluster of Anna")]
    [alert, *_] = await it.anna.alerts()
    assert "The ticket cannot be read." in (await it.anna.get(alert["url"])).text

    ok(await it.anna.put(f"/claims/{claim['id']}", {"lines": [LINE]}, version=2))
    assert [title for title, *_ in await newest(it.eve, 2)] == ["Validate a claim"] * 2
    ok(await it.step(it.eve, claim, "validate"))
    text = f"{check}approve it, which another person does."
    assert await newest(it.eve, 1) == [("Approve a claim", text, published)]
    ok(await it.step(ccp.operator, claim, "approve"))
    assert (await newest(it.anna, 1))[0][:2] == ("Claim approved", "Your claim was approved and will be paid next.")
    assert (await newest(it.eve, 1))[0][:2] == ("Pay a claim", f"{check}pay it.")
    ok(await it.step(it.eve, claim, "pay", {"reference": "SEPA 1"}))
    assert (await newest(it.anna, 1))[0][:2] == ("Paid", "800.00 EUR were paid.")
    subjects = [mail["Subject"].partition(":")[0] for mail in it.anna.mails]
    assert [subjects.count(word) for word in ("Correct your claim", "Claim approved", "Paid")] == [1, 1, 1]


async def test_a_rejected_claim_is_told_to_the_claimant(ccp: Platform) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE]})
    ok(await it.step(it.eve, claim, "reject", {"reason": "No one travelled."}))
    text = "Your claim was rejected and nothing will be paid for it. Read the reason in the claim."
    assert await newest(it.anna, 1) == [("Claim rejected", text, "You belong to Cluster of Anna")]
    await ccp.system.settle()
    assert [mail["Subject"].partition(":")[0] for mail in it.anna.mails].count("Claim rejected") == 1


async def test_publishers_are_not_invited_to_what_they_publish_themselves(ccp: Platform) -> None:
    eve, ours = await applicant(ccp, "Eve")
    bert = await ccp.member("Bert")
    for member in (eve, bert):
        await member.follows(ecosystems=["digital"])
    call = await eve.publishes(MISSION, ours)
    ok(await eve.post("/gatherings", OF_TWO | {"organisation_id": ours["id"]}))
    body = MISSION | {"organisation_id": ours["id"], "summary": "Ten companies."}
    ok(await eve.put(f"/calls/{call['id']}", body, version=call["version"]))
    await ccp.system.settle()
    await ccp.system.travel(timedelta(days=46))
    await ccp.system.settle()
    invitations = {"Apply", "Closes in 7 days", "Save the date"}
    assert invitations <= {title for title, *_ in await newest(bert, 20)}
    titles = {title for title, *_ in await newest(eve, 20)}
    assert not titles & invitations
    assert "Changed" in titles


async def test_a_waiting_member_is_told_of_the_place_that_becomes_free_and_of_the_cancellation(ccp: Platform) -> None:
    eve, ours = await applicant(ccp, "Eve")
    gathering = ok(await eve.post("/gatherings", OF_TWO | {"organisation_id": ours["id"]}))
    path = f"/gatherings/{gathering['id']}"
    first, second, third, fourth = [await ccp.member(name) for name in ("Ada", "Bo", "Cy", "Di")]
    for member in (first, second, third, fourth):
        await registers(member, path)
    assert [[title for title, *_ in await newest(who, 9)] for who in (second, third)] == [["You are registered"], []]
    await leaves(first, path)
    [(title, text, reason)] = await newest(third, 1)
    assert (title, reason) == ("You have a place", "You registered for this gathering")
    assert text.startswith("A place became free and is now yours. If you cannot come, cancel your registration")
    ok(await eve.post(f"{path}/cancel", {"reason": "The hall burnt down."}, version=gathering["version"]))
    heard = {who.name: [title for title, *_ in await newest(who, 9)][-1:] for who in (first, second, third, fourth)}
    assert heard == {"Ada": ["You are registered"], "Bo": ["Cancelled"], "Cy": ["Cancelled"], "Di": ["Cancelled"]}
