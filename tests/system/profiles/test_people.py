"""People of an organisation: invited, joining, with other roles, removed, leaving, handing over."""

from datetime import timedelta

import pytest

from services.calls.organisations.store import MEMBERSHIPS
from services.profiles.organisations.people.store import MOST_INVITATIONS
from tests.support.browsing import Browser, browser_of
from tests.support.people import PASSWORD, PROFILE, Member, Platform, ok, refused

EDITOR, ADMINISTRATOR = {"role": "editor"}, {"role": "administrator"}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def path(anna: Member) -> str:
    return f"/organisations/{ok(await anna.post('/organisations', PROFILE))['id']}"


async def invites(member: Member, path: str, email: str, role: str = "editor") -> object:
    return await member.post(f"{path}/invitations", {"email": email, "role": role})


async def deletes(member: Member, path: str) -> object:
    return await member.platform.http.delete(path, headers=member.headers)


async def roles(member: Member, path: str) -> dict[str, str]:
    return {each["name"]: each["role"] for each in ok(await member.get(f"{path}/people"))["items"]}


async def role_in_calls(ccp: Platform, path: str, member: Member) -> str | None:
    await ccp.system.settle()
    copy = await MEMBERSHIPS.get(ccp.system.db("calls"), f"{path.rpartition('/')[2]}:{member.id}")
    return copy.role if copy else None


async def test_an_invited_member_accepts_and_edits(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.member("Bea")
    invitation = ok(await invites(anna, path, bea.email.upper()))
    assert (invitation["email"], invitation["role"]) == (bea.email, "editor")
    assert ok(await anna.get(f"{path}/invitations")) == [invitation]
    refused(await bea.get(f"{path}/people"), 404)
    link = await ccp.path_in_mail(bea.email, "invitations")
    assert ok(await bea.get(link))["organisation_name"] == PROFILE["name"]
    assert ok(await bea.post(link))["role"] == "editor"
    refused(await bea.post(link), 404)
    assert await roles(anna, path) == {"Anna": "administrator", "Bea": "editor"}
    assert ok(await anna.get(f"{path}/invitations")) == []
    assert await role_in_calls(ccp, path, bea) == "editor"
    assert [alert["text"] for alert in await anna.alerts()] == ["Bea joined, and is an editor."]
    assert await bea.alerts() == []
    refused(await invites(bea, path, "friend@people.example"), 404)
    refused(await invites(anna, path, bea.email), 409, "email", "already_member")
    ok(await bea.put(path, PROFILE | {"city": "Lund"}, version=1))


async def test_a_person_without_an_account_registers_first(ccp: Platform, anna: Member, path: str) -> None:
    ok(await invites(anna, path, "cleo@members.example", "administrator"))
    link = await ccp.path_in_mail("cleo@members.example", "invitations")
    visitor = Browser(ccp.http)
    page = await visitor.open(link)
    assert page.heading == "Log in"
    cleo = await ccp.member("Cleo")
    page = await (await visitor.open(link)).submit("Log in", email=cleo.email, password=PASSWORD)
    assert (page.heading, "decide who belongs to it" in page.text) == ("Join an organisation", True)
    page = await page.submit("Accept the invitation")
    assert (page.heading, page.notice) == ("My organisations", "You belong to this organisation now.")
    page = await (await page.follow(PROFILE["name"])).follow("People: roles and invitations")
    assert {"Anna", "Cleo"} <= {each.get_text() for each in page.soup.select(".rows h2")}


async def test_only_the_owner_of_the_invited_address_accepts(ccp: Platform, anna: Member, path: str) -> None:
    ok(await invites(anna, path, "dora@members.example"))
    link = await ccp.path_in_mail("dora@members.example", "invitations")
    eve = await ccp.member("Eve")
    refused(await eve.post(link), 403, None, "other_address")
    refused(await eve.post("/invitations/no-token"), 404)
    assert (await ccp.http.post(link)).status_code == 401
    mail = ccp.mails_to("dora@members.example")[-1].get_body(("plain",)).get_content()
    assert PROFILE["name"] not in mail, "a name that was not reviewed is not sent to strangers"


async def test_an_invitation_ends_by_withdrawal_or_after_14_days(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.member("Bea")
    first = ok(await invites(anna, path, bea.email))
    refused(await invites(anna, path, bea.email), 409, "email", "already_invited")
    link = await ccp.path_in_mail(bea.email, "invitations")
    ok(await deletes(anna, f"{path}/invitations/{first['id']}"))
    refused(await deletes(anna, f"{path}/invitations/{first['id']}"), 404)
    refused(await bea.post(link), 404)
    ok(await invites(anna, path, bea.email))
    await ccp.system.settle()
    later = await ccp.path_in_mail(bea.email, "invitations")
    assert later != link
    await ccp.system.travel(timedelta(days=14))
    refused(await bea.get(later), 404)
    refused(await bea.post(later), 404)
    assert ok(await anna.get(f"{path}/invitations")) == []
    ok(await invites(anna, path, bea.email))


async def test_a_few_invitations_are_open_and_few_e_mails_go_to_one_address(anna: Member, path: str) -> None:
    for number in range(MOST_INVITATIONS):
        ok(await invites(anna, path, f"person{number}@many.example"))
    refused(await invites(anna, path, "one@more.example"), 409, None, "quota_reached")
    assert len(ok(await anna.get(f"{path}/invitations"))) == MOST_INVITATIONS
    others = [f"/organisations/{ok(await anna.post('/organisations', PROFILE))['id']}" for _ in range(6)]
    answers = [await invites(anna, other, "victim@strangers.example") for other in others]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]


async def test_the_last_administrator_neither_leaves_nor_becomes_an_editor(anna: Member, path: str) -> None:
    refused(await anna.post(f"{path}/leave", {}), 409, None, "last_administrator")
    refused(await anna.put(f"{path}/people/{anna.id}", EDITOR, version=1), 409, None, "last_administrator")
    refused(await deletes(anna, f"{path}/people/{anna.id}"), 409, None, "last_administrator")
    assert await roles(anna, path) == {"Anna": "administrator"}


async def test_roles_change_and_other_services_follow(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.colleague(anna, path.rpartition("/")[2], "Bea")
    [person] = [each for each in ok(await anna.get(f"{path}/people"))["items"] if each["id"] == bea.id]
    url = f"{path}/people/{bea.id}"
    refused(await bea.put(url, ADMINISTRATOR, version=person["version"]), 404)
    changed = ok(await anna.put(url, {"role": "member"}, version=person["version"]))
    assert await role_in_calls(ccp, path, bea) == "member"
    refused(await anna.put(url, ADMINISTRATOR, version=person["version"]), 412)
    ok(await anna.put(url, ADMINISTRATOR, version=changed["version"]))
    assert await role_in_calls(ccp, path, bea) == "administrator"
    ok(await bea.put(f"{path}/people/{anna.id}", EDITOR, version=1))
    ok(await deletes(bea, f"{path}/people/{anna.id}"))
    assert await role_in_calls(ccp, path, anna) is None
    assert [alert["title"].partition(":")[0] for alert in await bea.alerts()] == ["Your role changed"] * 2
    assert [alert["title"] for alert in await anna.alerts()] == [
        "You no longer belong to Nordic ICT Cluster",
        "Your role changed: Nordic ICT Cluster",
        "New colleague: Nordic ICT Cluster",
    ]
    refused(await anna.get(f"{path}/people"), 404)
    ok(await invites(bea, path, anna.email))
    ok(await anna.post(await ccp.path_in_mail(anna.email, "invitations")))
    assert await role_in_calls(ccp, path, anna) == "editor"


async def test_an_administrator_hands_over_and_leaves(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.colleague(anna, path.rpartition("/")[2], "Bea")
    refused(await bea.post(f"{path}/leave", {"successor": anna.id}), 403, "successor")
    refused(await anna.post(f"{path}/leave", {"successor": "unknown"}), 404, "successor")
    ok(await anna.post(f"{path}/leave", {"successor": bea.id}))
    assert await roles(bea, path) == {"Bea": "administrator"}
    assert await role_in_calls(ccp, path, bea) == "administrator"
    assert await role_in_calls(ccp, path, anna) is None
    refused(await anna.post(f"{path}/leave", {}), 404)


async def test_an_operator_appoints_an_administrator(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.member("Bea")
    refused(await bea.post(f"{path}/administrators", {"email": bea.email}), 403)
    refused(await ccp.operator.post(f"{path}/administrators", {"email": "no@members.example"}), 404, "email")
    ok(await ccp.operator.post(f"{path}/administrators", {"email": bea.email}))
    assert await roles(ccp.operator, path) == {"Anna": "administrator", "Bea": "administrator"}


async def test_an_administrator_does_all_of_it_in_a_browser(ccp: Platform, anna: Member, path: str) -> None:
    page = await (await browser_of(anna)).open(path)
    page = await page.follow("People: roles and invitations")
    wrong = await page.submit("Send the invitation", email="nowhere")
    assert wrong.status == 422
    page = await wrong.submit("Send the invitation", email="bea-in-a-browser@members.example")
    assert page.notice.startswith("The invitation is on its way.")
    page = await page.submit("Withdraw")
    assert page.notice == "The invitation is withdrawn. Its link no longer works."
    bea = await ccp.colleague(anna, path.rpartition("/")[2], "Bea")
    page = await page.browser.open(f"{path}/people")
    page = await page.submit("Change the role", role="administrator")
    assert page.notice == "The role is changed."
    await page.submit("Leave the organisation")
    assert await roles(bea, path) == {"Bea": "administrator"}
    carl = await ccp.colleague(bea, path.rpartition("/")[2], "Carl")
    page = await (await browser_of(carl)).open(path)
    page = await (await page.follow("Your role in this organisation")).submit("Leave the organisation")
    assert (page.heading, page.notice) == ("My organisations", "You no longer belong to the organisation.")
    page = await (await browser_of(bea)).open(f"{path}/people")
    page = await page.submit("Leave the organisation")
    assert "there is no other one" in page.problem
