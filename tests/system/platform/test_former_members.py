"""A member who did everything leaves for good: no database has anything that tells who they were."""

from services.profiles.privacy.erasures.usecases import EXPECTED
from tests.support.browsing import browser_of
from tests.support.dumps import places_of
from tests.support.former import completed, erases
from tests.support.people import Platform, ok
from tests.support.roles import make_world

NAME = "Annabelle Quastenflosser"


async def test_no_database_has_the_name_or_the_address_of_a_former_member(ccp: Platform) -> None:
    world = await make_world(ccp)
    anna, eve, ada = (world.members[role] for role in ("applicant", "editor", "assessor"))
    account = ok(await anna.get("/me"))
    ok(await anna.put("/me", {"name": NAME, "country": "FR"}, version=account["version"]))
    await ccp.system.settle()
    for organisation in ok(await anna.get("/me/organisations")):
        await ccp.colleague(anna, organisation["id"], "Bob", "administrator")
    [publisher, *_] = ok(await eve.get("/me/organisations"))
    ok(await eve.post(f"/organisations/{publisher['id']}/invitations", {"email": anna.email, "role": "editor"}))
    ok(await anna.post(await ccp.path_in_mail(anna.email, "invitations")))
    stranger = world.members["stranger"]
    [other] = ok(await stranger.get("/me/organisations"))
    ok(await stranger.post(f"/organisations/{other['id']}/invitations", {"email": anna.email, "role": "editor"}))
    question = "Does a wombat have to speak English?"
    call = next(each.id for each in world.things if each.group == "calls" and each.public)
    ok(await anna.post(f"/calls/{call}/questions", {"question": question}))
    ok(await anna.post("/me/tokens", {"name": "Quastenflosser's backup", "scope": "read"}))
    await ccp.system.settle()
    assert await places_of(ccp, NAME, anna.email)
    answers = {each["service"]: each["things"] for each in (await completed(ccp, await erases(anna)))["answers"]}
    assert await places_of(ccp, NAME, "Quastenflosser", anna.email, question) == []
    assert answers.keys() == {"profiles", *EXPECTED}
    assert "applications" in {each["what"] for each in answers["calls"] if each["kept_because"]}
    assert {"alerts to others that name the person", "follows and questions"} <= {
        each["what"] for each in answers["notifications"]
    }
    [mail] = [each for each in ccp.mails_to(anna.email) if each["Subject"] == "Your account was erased"]
    assert anna.id in mail.get_body(("plain",)).get_content()
    claim = next(each.id for each in world.things if each.group == "claims")
    audit = ok(await eve.get(f"/claims/{claim}/trail"))
    assert audit["intact"]
    assert anna.id in {each["by"] for each in audit["items"]}
    page = await (await browser_of(eve)).open(f"/claims/{claim}")
    assert "a former member" in page.text
    await erases(ada)
    assert await places_of(ccp, ada.email) == []
