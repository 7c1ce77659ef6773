"""Members are notified of what concerns their own business, also if they follow nothing."""

from datetime import timedelta

import pytest

from shared.testing import until
from tests.support.applicants import ANSWERS, BRAZIL, FORM, applicant, call_with_form, drafts, submits
from tests.support.people import PROFILE, Member, Platform, ok


async def titles(member: Member) -> list[str]:
    await member.platform.system.settle()
    return [alert["title"] for alert in reversed(await member.alerts())]


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    member = await ccp.member("Anna")
    member.organisation = await ccp.organisation(member)
    return member


async def test_an_applicant_hears_of_every_change_of_the_call_and_gets_a_receipt(ccp: Platform, anna: Member) -> None:
    call = await call_with_form(ccp)
    draft = await drafts(anna, call, anna.organisation["id"])
    extension = {"deadline": "2016-06-10T23:59:00+02:00", "reason": "Many asked."}
    call = ok(await ccp.operator.post(f"/calls/{call['id']}/extend", extension, version=call["version"]))
    assert (await titles(anna))[-1] == "Changed: Matchmaking mission to Brazil"
    assert (await anna.alerts())[0]["reason"] == "Your organisation has a draft of an application to this call"
    ok(await ccp.operator.put(f"/calls/{call['id']}/form", {"fields": FORM[:3]}, version=1))
    assert (await titles(anna))[-1] == "New form: Matchmaking mission to Brazil"
    body = {"organisation_id": anna.organisation["id"], "answers": ANSWERS}
    saved = ok(await anna.put(f"/applications/{draft['id']}", body, version=draft["version"]))
    receipt = await submits(anna, saved)
    assert (await titles(anna))[-1] == "Receipt: Matchmaking mission to Brazil"
    [alert, *_] = await anna.alerts()
    assert receipt["hash"] in alert["text"]
    assert ok(await anna.get(alert["url"]))["counts"]
    [mail] = [mail for mail in anna.mails if mail["Subject"].startswith("Receipt")]
    assert receipt["hash"] in mail.get_body(("plain",)).get_content()
    earlier = BRAZIL | {"cut_offs": [{"deadline": "2016-06-01T23:59", "timezone": "Europe/Brussels"}]}
    ok(await ccp.operator.put(f"/calls/{call['id']}", earlier, version=call["version"]))
    await ccp.system.settle()
    assert "brought forward" in (await anna.alerts())[0]["text"]


async def test_only_an_open_draft_is_reminded_of_the_deadline(ccp: Platform, anna: Member) -> None:
    bert, theirs = await applicant(ccp, "Bert")
    cara, others = await applicant(ccp, "Cara")
    call = await call_with_form(ccp)
    await drafts(anna, call, anna.organisation["id"])
    await submits(bert, await drafts(bert, call, theirs["id"]))
    gone = await submits(cara, await drafts(cara, call, others["id"]))
    ok(await cara.post(f"/applications/{gone['application_id']}/withdraw", version=gone["version"]))
    await ccp.system.settle()
    await ccp.system.travel(timedelta(days=25))
    due = "Submit your draft: Matchmaking mission to Brazil"
    assert (await titles(anna)).count(due) == 1
    assert due not in await titles(bert)
    assert due not in await titles(cara)


async def test_the_publisher_hears_of_questions_applications_and_the_end_of_a_cut_off(
    ccp: Platform, anna: Member
) -> None:
    eve, ours = await applicant(ccp, "Eve")
    call = await eve.publishes(BRAZIL, ours)
    ok(await eve.put(f"/calls/{call['id']}/form", {"fields": FORM}, version=0))
    await submits(anna, await drafts(anna, call, anna.organisation["id"]))
    assert (await titles(eve))[-1] == "Application received: Matchmaking mission to Brazil"
    [alert, *_] = await eve.alerts()
    assert anna.organisation["name"] not in alert["text"]
    await ccp.system.travel(timedelta(days=40))
    assert (await titles(eve))[-1] == "Cut-off passed: Matchmaking mission to Brazil"
    assert (await eve.alerts())[0]["reason"] == "Your organisation published this call"


async def test_operators_hear_of_what_concerns_the_calls_that_they_published(ccp: Platform, anna: Member) -> None:
    call = await call_with_form(ccp)
    ok(await anna.post(f"/calls/{call['id']}/questions", {"text": "May a science park apply?"}))
    await submits(anna, await drafts(anna, call, anna.organisation["id"]))
    heard = await titles(ccp.operator)
    assert "Answer a question: Matchmaking mission to Brazil" in heard
    assert "Application received: Matchmaking mission to Brazil" in heard


async def test_the_end_of_a_call_without_applications_here_is_no_news_for_operators(ccp: Platform) -> None:
    await ccp.operator.publishes(BRAZIL)
    await ccp.system.settle()
    await ccp.system.travel(timedelta(days=40))
    assert await titles(ccp.operator) == []


async def test_those_who_asked_hear_of_changes_and_of_other_answers(ccp: Platform, anna: Member) -> None:
    bert = await ccp.member("Bert")
    call = await ccp.operator.publishes(BRAZIL)
    path = f"/calls/{call['id']}/questions"
    first = ok(await anna.post(path, {"text": "May a science park apply?"}))
    ok(await bert.post(path, {"text": "Is the flight paid for?"}))
    ok(await ccp.operator.post(f"{path}/{first['id']}/answer", {"answer": "Yes."}, version=first["version"]))
    assert (await titles(anna))[-1] == (await titles(bert))[-1] == "Answered: Matchmaking mission to Brazil"
    [theirs], [own, *_] = await bert.alerts(), await anna.alerts()
    assert theirs["text"].startswith("A question about this call: May a science park apply?")
    assert (theirs["reason"], own["reason"]) == ("You asked a question about this call", "You asked this question")
    changed = BRAZIL | {"title": "Mission to Brazil and Chile"}
    ok(await ccp.operator.put(f"/calls/{call['id']}", changed, version=call["version"]))
    assert (await titles(bert))[-1] == "Changed: Mission to Brazil and Chile"


async def test_a_partner_hears_that_an_application_names_it_without_the_words_of_strangers(
    ccp: Platform, anna: Member
) -> None:
    bert, theirs = await applicant(ccp, "Bert")
    cara, others = await applicant(ccp, "Cara")
    call = await call_with_form(ccp, BRAZIL | {"title": "Win 1000 EUR at prize.example"})
    body = {"organisation_id": anna.organisation["id"], "partners": [theirs["id"]], "answers": ANSWERS}
    draft = ok(await anna.post(f"/calls/{call['id']}/applications", body))
    body["partners"] = [theirs["id"], others["id"]]
    ok(await anna.put(f"/applications/{draft['id']}", body, version=draft["version"]))
    for partner in (bert, cara):
        assert (await titles(partner)).count("You are named as a partner") == 1
        mail = next(mail for mail in partner.mails if mail["Subject"] == "You are named as a partner")
        text = mail.get_body(("plain",)).get_content()
        assert PROFILE["name"] in text
        assert "prize" not in text


async def test_operators_are_asked_to_review_a_profile_and_its_change_without_its_words(
    ccp: Platform, anna: Member
) -> None:
    made = ok(await anna.post("/organisations", PROFILE | {"name": "Win 1000 EUR at prize.example"}))
    ok(await anna.post(f"/organisations/{made['id']}/submit", version=made["version"]))
    ours = anna.organisation
    ok(await anna.put(f"/organisations/{ours['id']}", PROFILE | {"name": "prize.example"}, version=ours["version"]))
    await ccp.system.settle()
    asked = (await ccp.operator.alerts())[:2]
    assert [alert["title"] for alert in asked] == ["Review a change of a profile", "Review a profile"]
    assert [alert["url"] for alert in asked] == [f"/organisations/{ours['id']}", f"/organisations/{made['id']}"]
    assert "prize" not in str(asked)


async def test_who_follows_a_call_and_is_involved_in_it_gets_one_alert(ccp: Platform, anna: Member) -> None:
    await anna.follows(kinds=["mission"])
    call = await call_with_form(ccp)
    await drafts(anna, call, anna.organisation["id"])
    ok(await ccp.operator.put(f"/calls/{call['id']}", BRAZIL | {"summary": "New."}, version=call["version"]))

    async def changed() -> bool:
        return any(title.startswith("Changed") for title in await titles(anna))

    await until(changed, "the alert about the change")
    [alert] = [alert for alert in await anna.alerts() if alert["title"].startswith("Changed")]
    assert alert["reason"] == "Your organisation has a draft of an application to this call"
    assert sum(mail["Subject"].startswith("Changed") for mail in anna.mails) == 1


async def test_who_follows_a_call_hears_of_its_deadline_and_of_its_questions(ccp: Platform, anna: Member) -> None:
    call, bert = await ccp.operator.publishes(BRAZIL), await ccp.member("Bert")
    follow = f"/follows/call/{call['id']}"
    for _ in range(2):
        assert (await ccp.http.put(follow, headers=bert.headers)).status_code == 204
    [followed] = ok(await bert.get("/follows"))
    assert (followed["kind"], followed["id"]) == ("call", call["id"])
    path = f"/calls/{call['id']}/questions"
    asked = ok(await anna.post(path, {"text": "May a science park apply?"}))
    ok(await ccp.operator.post(f"{path}/{asked['id']}/answer", {"answer": "Yes."}, version=asked["version"]))
    assert await titles(bert) == ["Answered: Matchmaking mission to Brazil"]
    await ccp.system.travel(timedelta(days=25))
    assert (await titles(bert))[-1] == "Closes in 7 days: Matchmaking mission to Brazil"
    assert (await bert.alerts())[0]["reason"] == "You follow this call"
    assert (await ccp.http.delete(follow, headers=bert.headers)).status_code == 204
    assert ok(await bert.get("/follows")) == []
