"""Member organisations of an organisation: listed, changed and imported by its administrators; the numbers follow."""

from typing import Any

import pytest

from services.profiles.organisations.affiliates.store import AFFILIATES
from services.profiles.organisations.people.store import INVITATIONS
from shared.imports.runs import CONTENTS, MOST_KEPT, RUNS
from tests.support.browsing import Browser, browser_of
from tests.support.people import PROFILE, Member, Platform, ok, refused

LIST = """Firma;Art;Land;Ort;Web;Öffentlich
Fjord Sensors;KMU;Schweden;Stockholm;fjord.example;ja
Nordic Steel;Grossunternehmen;Schweden;Kiruna;;nein
KTH;University;SE;Stockholm;https://kth.example;
;KMU;SE;;;
Fjord sensors;KMU;SE;;;
Odd;spaceship;SE;;;
"""
NAMES = '{"Firma": "name", "Art": "kind", "Land": "country", "Ort": "city", "Web": "website", "Öffentlich": "public"}'


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def association(ccp: Platform, eve: Member, name: str) -> str:
    return f"/organisations/{(await ccp.organisation(eve, name=name, kind='association'))['id']}"


async def names(reader: Any, path: str) -> list[str]:
    return [each["name"] for each in ok(await reader.get(f"{path}/affiliates"))["items"]]


async def test_an_administrator_imports_a_german_list_after_a_preview(ccp: Platform, eve: Member) -> None:
    path = await association(ccp, eve, "Harbour Members")
    browser = await browser_of(eve)
    page = await (await (await browser.open(path)).follow("Member organisations")).follow("Import a list")
    files = {"file": ("list.csv", LIST.encode(), "text/csv")}
    preview = await page.submit("Preview the import", columns=NAMES, files=files)
    assert "Refused rows 3" in preview.text
    assert "New member organisations 3" in preview.text
    assert await names(eve, path) == []
    report = await preview.submit("Import these member organisations")
    assert "Line 2 describes the same member organisation" in report.text
    assert await names(eve, path) == ["Fjord Sensors", "KTH", "Nordic Steel"]
    assert await names(ccp.http, path) == ["Fjord Sensors", "KTH"]
    members = ok(await ccp.http.get(path))["members"]
    assert members == {"sme": 1, "large": 1, "research": 1, "other": 0}
    again = await (await browser.open(f"{path}/affiliates/import")).submit(
        "Preview the import", columns=NAMES, files=files
    )
    assert "Unchanged member organisations 3" in again.text
    visitor = await Browser(ccp.http).open(f"{path}/affiliates")
    assert "Fjord Sensors" in visitor.text
    assert "Nordic Steel" not in visitor.text


async def imports(ccp: Platform, eve: Member, path: str, text: str) -> dict[str, str]:
    """Import a list and return the outcomes by line."""
    answer = ok(await ccp.http.post(f"{path}/affiliates/import", content=text.encode(), headers=eve.headers))
    return {str(row["line"]): row["outcome"] for row in answer["rows"]}


async def test_a_member_organisation_whose_list_gets_keys_or_loses_them_is_not_listed_twice(
    ccp: Platform, eve: Member
) -> None:
    path = await association(ccp, eve, "Harbour Keys")
    plain, keyed = "name,kind\nFjord,sme\nKTH,research\n", "key,name,kind\n1,Fjord,sme\n2,KTH,research\n3,SSAB,large\n"
    assert await imports(ccp, eve, path, plain) == {"2": "created", "3": "created"}
    assert await imports(ccp, eve, path, keyed) == {"2": "unchanged", "3": "unchanged", "4": "created"}
    assert await imports(ccp, eve, path, keyed) == {"2": "unchanged", "3": "unchanged", "4": "unchanged"}
    assert await imports(ccp, eve, path, "name,kind\nSSAB,sme\n") == {"2": "changed"}
    twins = "key,name,kind\n8,Twin,sme\n9,Twin,sme\n,Twin,sme\n"
    assert await imports(ccp, eve, path, twins) == {"2": "created", "3": "created", "4": "refused"}
    refused(await eve.post(f"{path}/affiliates", {"name": "SSAB", "kind": "sme"}), 409, "name", "already_listed")


async def test_a_name_is_free_after_its_member_organisation_got_another_one(ccp: Platform, eve: Member) -> None:
    path = await association(ccp, eve, "Harbour Names")
    first, other = [ok(await eve.post(f"{path}/affiliates", {"name": n, "kind": "sme"})) for n in ("Fjord", "Berg")]
    taken = {"name": "BERG", "kind": "sme"}
    refused(await eve.put(f"{path}/affiliates/{first['id']}", taken, version=1), 409, "name", "already_listed")
    ok(await eve.put(f"{path}/affiliates/{other['id']}", taken, version=1))
    ok(await eve.put(f"{path}/affiliates/{first['id']}", {"name": "Fjord AB", "kind": "sme"}, version=1))
    ok(await eve.post(f"{path}/affiliates", {"name": "Fjord", "kind": "large"}))
    assert await imports(ccp, eve, path, "name,kind\nFjord,large\nFjord AB,sme\n") == {
        "2": "unchanged",
        "3": "unchanged",
    }


async def test_who_is_shown_to_everyone_is_said_clearly(ccp: Platform, eve: Member) -> None:
    path = await association(ccp, eve, "Harbour Secrets")
    words = ["faux", "falsch", "nein", "off", "private", "hidden", "oui"]
    rows = "".join(f"Member {word},sme,{word}\n" for word in words)
    outcomes = await imports(ccp, eve, path, f"name,kind,public\n{rows}")
    assert [line for line, outcome in outcomes.items() if outcome == "refused"] == ["6", "7"]
    assert await names(ccp.http, path) == ["Member oui"]


async def test_the_list_is_edited_by_page_and_the_numbers_follow(ccp: Platform, eve: Member) -> None:
    path = await association(ccp, eve, "Harbour Edits")
    browser = await browser_of(eve)
    page = await browser.open(f"{path}/affiliates")
    added = await page.submit("Add the member organisation", name="Fjord Sensors", kind="sme")
    assert added.notice == "The member organisation is added."
    assert ok(await ccp.http.get(path))["members"] == {"sme": 1, "large": 0, "research": 0, "other": 0}
    form = await added.follow("Change Fjord Sensors")
    changed = await form.submit("Save", kind="large", city="Kiruna")
    assert "Kiruna" in changed.text
    profile = ok(await eve.get(path))
    assert profile["members"]["large"] == 1
    kept = PROFILE | {"name": "Harbour Edits", "kind": "association", "members": {"sme": 99}}
    assert ok(await eve.put(path, kept, version=profile["version"]))["members"]["sme"] == 0
    emptied = await (await changed.follow("Change Fjord Sensors")).submit("Remove")
    assert "The list is empty." in emptied.text


async def test_a_public_cluster_does_not_fall_below_the_checklist_by_its_list(ccp: Platform, eve: Member) -> None:
    path = f"/organisations/{(await ccp.organisation(eve, name='Harbour Checklist'))['id']}"
    before = ok(await ccp.http.get(path))["members"]
    browser = await browser_of(eve)
    page = await browser.open(f"{path}/affiliates")
    assert "follow this list as soon as it has what reviewers check" in page.text
    begun = await page.submit("Add the member organisation", name="Only one", kind="sme", country="SE")
    assert "Only one Small or medium-sized company Sweden" in begun.text
    assert ok(await ccp.http.get(path))["members"] == before
    rows = "".join(f"Company {n},{'sme' if n else 'research'},SE\n" for n in range(20))
    answer = await ccp.http.post(
        f"{path}/affiliates/import", content=f"name,kind,country\n{rows}".encode(), headers=eve.headers
    )
    assert ok(answer)["counts"]["created"] == 20
    assert ok(await ccp.http.get(path))["members"] == {"sme": 20, "large": 0, "research": 1, "other": 0}
    page = await browser.open(f"{path}/affiliates")
    assert "are those of this list" in page.text
    refusal = await (await page.follow("Change Company 0")).submit("Remove")
    assert "Keep all of this" in refusal.problem  # the only research organisation


async def test_the_preview_of_a_list_that_is_too_short_says_what_is_wrong_with_its_rows(
    ccp: Platform, eve: Member
) -> None:
    path = f"/organisations/{(await ccp.organisation(eve, name='Harbour Short List'))['id']}"
    form = await (await browser_of(eve)).open(f"{path}/affiliates/import")
    files = {"file": ("list.csv", LIST.encode(), "text/csv")}
    preview = await form.submit("Preview the import", columns=NAMES, files=files)
    assert "Refused rows 3" in preview.text


async def test_a_draft_is_deleted_with_its_list_and_its_invitations(ccp: Platform, eve: Member) -> None:
    made = ok(await eve.post("/organisations", PROFILE | {"name": "Harbour Draft"}))
    path = f"/organisations/{made['id']}"
    ok(await eve.post(f"{path}/affiliates", {"name": "Fjord Sensors", "kind": "sme"}))
    ok(await eve.post(f"{path}/invitations", {"email": "colleague@members.example", "role": "editor"}))
    version = ok(await eve.get(path))["version"]
    ok(await ccp.http.delete(path, headers=eve.headers | {"If-Match": f'"{version}"'}))
    db = ccp.system.runtimes["profiles"].db
    for collection in (AFFILIATES, INVITATIONS):
        assert await collection.count(db, {"organisation_id": made["id"]}) == 0


async def test_the_last_ten_imports_of_a_member_are_kept(ccp: Platform, eve: Member) -> None:
    """Each keeps a file of up to 16 MiB for a week, and everyone can have an organisation."""
    paths = [await association(ccp, eve, f"Harbour Floods {number}") for number in range(2)]

    async def rehearse(number: int) -> str:
        to, content = f"{paths[number % 2]}/affiliates/import", f"name,kind\nNumber {number},sme\n".encode()
        answer = await ccp.http.post(to, params={"dry_run": True}, content=content, headers=eve.headers)
        assert answer.status_code == 200
        return answer.headers["location"]

    found = [await rehearse(number) for number in range(MOST_KEPT + 2)]
    assert "the last ten of each person" in refused(await eve.get(found[0]), 404)["detail"]
    refused(await eve.post(f"{found[1]}/store", {}), 404)
    ok(await eve.get(found[2]))
    ok(await eve.post(f"{found[-1]}/store", {}))
    db = ccp.system.runtimes["profiles"].db
    member = ok(await eve.get("/me"))["id"]
    assert await RUNS.count(db, {"by": member}) == MOST_KEPT
    runs = await RUNS.find(db, {"by": member}, limit=MOST_KEPT)
    kept = {each.id for each in runs}
    pieces = await CONTENTS.rows(db, {}, ["_id"], limit=1000)
    of_member = {found[number].rpartition("/")[2] for number in range(len(found))}
    assert {row["_id"].partition(":")[0] for row in pieces} & of_member <= kept


async def test_only_administrators_change_the_list(ccp: Platform, eve: Member) -> None:
    path = await association(ccp, eve, "Harbour Strangers")
    made = ok(await eve.post(f"{path}/affiliates", {"name": "Fjord Sensors", "kind": "sme"}))
    refused(
        await eve.post(f"{path}/affiliates", {"name": "Fjord sensors", "kind": "sme"}), 409, "name", "already_listed"
    )
    anna = await ccp.member("Anna")
    body = {"name": "Mine", "kind": "sme"}
    refused(await anna.post(f"{path}/affiliates", body), 404)
    refused(await anna.put(f"{path}/affiliates/{made['id']}", body, version=1), 404)
    refused(await ccp.operator.post(f"{path}/affiliates", body), 404)
    refused(await eve.put(f"{path}/affiliates/{made['id']}", body, version=7), 412)
    other = await association(ccp, anna, "Harbour Others")
    refused(await anna.put(f"{other}/affiliates/{made['id']}", body, version=1), 404)
    report = await ccp.http.post(f"{path}/affiliates/import", content=b"name,kind\nX Y,sme\n", headers=eve.headers)
    found = report.headers["location"]
    ok(await eve.get(found))
    refused(await anna.get(found), 404)
    refused(await anna.get(found.replace(path, other)), 404)
