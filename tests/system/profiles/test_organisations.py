"""Profiles of organisations: drafts, the review with its checklist, and the events of changes."""

import pytest

from tests.support.people import PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


@pytest.fixture(scope="module")
async def stranger(ccp: Platform) -> Member:
    return await ccp.member("Stranger")


async def test_a_draft_organisation_is_visible_to_its_people_and_reviewers_only(
    ccp: Platform, editor: Member, stranger: Member
) -> None:
    draft = ok(await editor.post("/organisations", PROFILE))
    path = f"/organisations/{draft['id']}"
    assert ok(await editor.get(path))["status"] == "draft"
    assert ok(await ccp.operator.get(path))["status"] == "draft"
    refused(await stranger.get(path), 404)
    refused(await ccp.http.get(path), 404)
    refused(await stranger.post(f"{path}/review", {"outcome": "publish"}, version=1), 403)


async def test_a_profile_is_returned_with_reasons_and_published_only_when_it_meets_the_checklist(
    ccp: Platform, editor: Member
) -> None:
    small = ok(await editor.post("/organisations", PROFILE | {"members": {"sme": 3}, "website": ""}))
    path = f"/organisations/{small['id']}"
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=1), 409, "status", "wrong_status")
    ok(await editor.post(f"{path}/submit", version=1))
    problem = refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=2), 409)
    assert problem["detail"] == (
        "A published cluster organisation needs a website; at least 15 members, not 3; members of at least two kinds. "
        "Request changes, or name the national programme that recognises the cluster."
    )
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "rejected"}, version=2), 422, "reasons")
    returned = {"outcome": "changes_requested", "reasons": ["Please name your website."]}
    assert ok(await ccp.operator.post(f"{path}/review", returned, version=2))["status"] == "changes_requested"
    await ccp.system.settle()
    assert "Please name your website." in (await editor.alerts())[0]["text"]
    ok(await editor.post(f"{path}/submit", version=3))
    waived = {"outcome": "publish", "waived_by": "Vinnväxt"}
    assert ok(await ccp.operator.post(f"{path}/review", waived, version=4))["status"] == "published"


async def test_editing_a_published_profile_sends_no_second_alert_of_its_publication(ccp: Platform) -> None:
    owner = await ccp.member("Olga")
    organisation = await ccp.organisation(owner, name="Olga's cluster")
    for number in range(3):
        change = PROFILE | {"name": "Olga's cluster", "city": f"City {number}"}
        ok(await owner.put(f"/organisations/{organisation['id']}", change, version=organisation["version"] + number))
    await ccp.system.settle()
    assert len(await owner.alerts()) == 1
    copy = await ccp.system.db("calls").raw("organisation_copies").find_one({"_id": organisation["id"]})
    assert copy["version"] == organisation["version"] + 3


EU = {"name": "European Commission", "acronym": "EC", "kind": "public_body", "country": "BE"}


async def public_profile(ccp: Platform, id: str) -> dict[str, str]:
    """Return name, acronym, kind and country as visitors, lists and other services have them."""
    await ccp.system.settle()
    shown = ok(await ccp.http.get(f"/organisations/{id}"))
    [listed] = [one for one in ok(await ccp.http.get("/organisations?limit=100"))["items"] if one["id"] == id]
    copy = await ccp.system.db("calls").raw("organisation_copies").find_one({"_id": id})
    assert [listed[field] for field in EU] == [shown[field] for field in EU]
    copied = [field for field in EU if field != "acronym"]  # other services do not need it
    assert [copy[field] for field in copied] == [shown[field] for field in copied]
    assert (shown["change"], listed["change"]) == (None, None)
    return {field: shown[field] for field in EU}


async def test_a_public_profile_keeps_what_it_is_known_by_until_a_reviewer_accepts_another(
    ccp: Platform, stranger: Member
) -> None:
    owner = await ccp.member("Oscar")
    made = await ccp.organisation(owner, name="Oscar's cluster")
    path, before = f"/organisations/{made['id']}", {field: made[field] for field in EU}
    changed = ok(await owner.put(path, PROFILE | EU | {"city": "Lund"}, version=made["version"]))
    assert (changed["name"], changed["city"]) == ("Oscar's cluster", "Lund")
    assert changed["change"] == EU | {"logo": None, "status": "needs_review", "reasons": []}
    assert await public_profile(ccp, made["id"]) == before
    for member in (owner, ccp.operator):
        assert ok(await member.get(path))["change"] == changed["change"]
        page = (await member.get(path, headers={"Accept": "text/html"})).text
        assert "European Commission" in page
    assert "European Commission" not in (await stranger.get(path)).text
    review = f"{path}/change/review"
    refused(await stranger.post(review, {"outcome": "accepted"}, version=changed["version"]), 403)
    refused(await owner.post(review, {"outcome": "accepted"}, version=changed["version"]), 403)
    refused(await ccp.operator.post(review, {"outcome": "refused"}, version=changed["version"]), 422, "reasons")
    accepted = ok(await ccp.operator.post(review, {"outcome": "accepted"}, version=changed["version"]))
    assert accepted["change"] is None
    assert await public_profile(ccp, made["id"]) == EU


async def test_a_public_profile_cannot_fall_below_the_checklist_nor_take_any_acronym(ccp: Platform) -> None:
    owner = await ccp.member("Olivia")
    made = await ccp.organisation(owner, name="Olivia's cluster")
    path, same = f"/organisations/{made['id']}", PROFILE | {"name": "Olivia's cluster"}
    empty = same | {"staff": 0, "members": {}, "acronym": "European Commission"}
    problem = refused(await owner.put(path, empty, version=made["version"]), 409, code="checklist_unmet")
    assert problem["detail"] == (
        "A published cluster organisation needs at least 0.5 full-time staff, not 0; at least 15 members, not 0; "
        "members of at least two kinds. Keep all of this, or ask the operators of the platform."
    )
    assert ok(await ccp.http.get(path))["members"]["sme"] == made["members"]["sme"]
    changed = ok(await owner.put(path, same | {"acronym": "European Commission"}, version=made["version"]))
    assert (changed["acronym"], changed["change"]["acronym"]) == ("", "European Commission")
    assert "European Commission" not in (await ccp.http.get(path, headers={"Accept": "text/html"})).text
    assert "European Commission" in (await ccp.operator.get(path, headers={"Accept": "text/html"})).text


async def test_a_refused_change_is_explained_to_the_editors_and_can_be_sent_again_or_withdrawn(ccp: Platform) -> None:
    owner = await ccp.member("Olaf")
    made = await ccp.organisation(owner, name="Olaf's cluster")
    path, review = f"/organisations/{made['id']}", f"/organisations/{made['id']}/change/review"
    changed = ok(await owner.put(path, PROFILE | EU, version=made["version"]))
    why = {"outcome": "refused", "reasons": ["This is not your registered name."]}
    result = ok(await ccp.operator.post(review, why, version=changed["version"]))
    assert (result["change"]["status"], result["change"]["reasons"]) == ("refused", why["reasons"])
    assert (await public_profile(ccp, made["id"]))["name"] == "Olaf's cluster"
    assert (await owner.alerts())[0]["title"] == "Change refused: Olaf's cluster"
    assert "This is not your registered name." in (await owner.alerts())[0]["text"]
    refused(await ccp.operator.post(review, why, version=result["version"]), 409, "change", "no_change")
    again = ok(await owner.put(path, PROFILE | EU | {"name": "Olaf's new cluster"}, version=result["version"]))
    assert (again["change"]["name"], again["change"]["status"]) == ("Olaf's new cluster", "needs_review")
    same = PROFILE | {"name": "Olaf's cluster"}
    assert ok(await owner.put(path, same, version=again["version"]))["change"] is None


async def test_an_accepted_change_is_notified_once_and_its_kind_must_meet_the_checklist(ccp: Platform) -> None:
    owner = await ccp.member("Otto")
    made = await ccp.organisation(owner, name="Otto's firm", kind="company", staff=0)
    path, review = f"/organisations/{made['id']}", f"/organisations/{made['id']}/change/review"
    wanted = PROFILE | {"name": "Otto's cluster", "staff": 0}
    changed = ok(await owner.put(path, wanted, version=made["version"]))
    refused(await ccp.operator.post(review, {"outcome": "accepted"}, version=changed["version"]), 409, "outcome")
    waived = {"outcome": "accepted", "waived_by": "Vinnväxt"}
    ok(await ccp.operator.post(review, waived, version=changed["version"]))
    assert (await public_profile(ccp, made["id"]))["kind"] == "cluster_organisation"
    titles = [alert["title"] for alert in await owner.alerts()]
    assert titles == ["Change accepted: Otto's cluster", "Published: Otto's firm"]
    assert [mail["Subject"] for mail in owner.mails] == titles[::-1]


async def test_reviewers_and_editors_see_what_may_be_the_same_organisation(ccp: Platform) -> None:
    anna, bert = await ccp.member("Anna"), await ccp.member("Bert")
    known = await ccp.organisation(anna, name="Pôle Énergie, Hauts-de-France", website="https://pole.example")
    await ccp.organisation(anna, name="Pole Energie Bretagne", website="https://bretagne.example")
    draft = PROFILE | {"name": "Pole énergie (Hauts de France)", "website": "https://draft.example"}
    ok(await anna.post("/organisations", draft))
    same = {"name": "POLE ENERGIE Hauts de France", "website": "https://www.other.example"}
    again = ok(await bert.post("/organisations", PROFILE | same))
    path = f"/organisations/{again['id']}"
    found = ok(await ccp.operator.get(f"{path}/duplicates"))
    assert [(each["id"], each["status"]) for each in found] == [(known["id"], "published"), (found[1]["id"], "draft")]
    for member, words in ((ccp.operator, f"{path}/review"), (bert, path)):
        page = await member.get(words, headers={"Accept": "text/html"})
        assert f"/organisations/{known['id']}" in page.text
        assert "the same name" in page.text
    assert [each["id"] for each in ok(await bert.get(f"{path}/duplicates"))] == [known["id"]]
    refused(await (await ccp.member("Carl")).get(f"{path}/duplicates"), 404)


async def test_a_reviewer_sees_an_organisation_that_asks_for_the_name_of_another(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    known = await ccp.organisation(anna, name="Danube Water Cluster", website="https://danube.example")
    other = await ccp.organisation(anna, name="Inn Water Cluster", website="https://inn.example")
    renamed = PROFILE | {"name": "DANUBE water-cluster", "website": "https://inn.example"}
    ok(await anna.put(f"/organisations/{other['id']}", renamed, version=other["version"]))
    for id, namesake in ((other["id"], known["id"]), (known["id"], other["id"])):
        found = ok(await ccp.operator.get(f"/organisations/{id}/duplicates"))
        assert [each["id"] for each in found] == [namesake]
