"""Operators import lists of organisations: by page, by the API and by the command; what people changed stays."""

from pathlib import Path

import pytest
from rich.console import Console

from ccp import importing
from shared.mongo import Database
from tests.support.browsing import browser_of
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, Platform, ok, refused

HEADER = (
    "key,name,country,city,website,staff,members_sme,members_research,programme,administrator,is_new,organisation_id\n"
)
ALPHA = "A-1,Alpha Photonics,DE,Jena,https://alpha.example,3,30,4,,ada@alpha.example,,\n"
BETA = "B-2,Beta Health,FR,Lyon,https://beta.example,,,,Pôles de compétitivité,,,\n"
GAMMA = "C-3,Gamma Wood,FI,Kuopio,https://gamma.example,,,,,,,\n"  # does not meet the checklist


async def imports(ccp: Platform, text: str, source: str = "the list", **params: str) -> dict:
    headers = ccp.operator.headers | {"Content-Type": "text/csv"}
    content = (HEADER + text).encode()
    answer = await ccp.http.post(
        "/organisations/import", content=content, params={"source": source, **params}, headers=headers
    )
    report = ok(answer)
    assert sum(report["counts"].values()) == len(report["rows"])
    return report


def outcomes(report: dict) -> dict[str, str]:
    return {row["key"]: row["outcome"] for row in report["rows"]}


def csv(text: str) -> dict:
    return {"file": ("list.csv", (HEADER + text).encode(), "text/csv")}


async def public(ccp: Platform) -> list[str]:
    return sorted(each["name"] for each in ok(await ccp.http.get("/organisations"))["items"])


async def test_a_preview_stores_nothing_and_leads_to_the_import(ccp: Platform) -> None:
    browser = await browser_of(ccp.operator, OPERATOR_PASSWORD)
    page = await (await browser.open("/desk")).follow("Import organisations")
    nameless = await page.submit("Preview the import", files=csv(ALPHA))
    assert nameless.errors == {"source": "Error: This field is required."}
    preview = await page.submit("Preview the import", source="The list", files=csv(ALPHA + BETA + GAMMA))
    assert preview.heading == "Preview of the import"
    assert "Refused rows 1" in preview.text
    assert "at least 15 members" in preview.text
    assert await public(ccp) == []
    report = await preview.submit("Import these organisations")
    assert report.heading == "Report of the import"
    assert await public(ccp) == ["Alpha Photonics", "Beta Health"]
    alpha = await report.follow("Alpha Photonics")
    assert alpha.heading == "Alpha Photonics"
    again = await (await browser.open("/organisations/import")).submit(
        "Preview the import", source="the LIST", files=csv(ALPHA + BETA)
    )
    assert "Unchanged organisations 2" in again.text
    await ccp.system.settle()
    assert "invitations" in await ccp.path_in_mail("ada@alpha.example", "invitations")


async def test_the_decision_of_an_import_is_kept_with_checklist_waiver_and_list(ccp: Platform) -> None:
    report = await imports(ccp, BETA)
    [row] = report["rows"]
    [decision] = ok(await ccp.operator.get(f"/organisations/{row['id']}/decisions"))
    assert (decision["outcome"], decision["source"]) == ("publish", "the list")
    assert decision["waived_by"] == "Pôles de compétitivité"
    assert [point["met"] for point in decision["checklist"]] == [False, True, False, False]


async def test_a_second_import_changes_what_the_list_changed_and_keeps_what_people_changed(ccp: Platform) -> None:
    await imports(ccp, ALPHA)
    [alpha] = ok(await ccp.http.get("/organisations"))["items"]
    assert outcomes(await imports(ccp, ALPHA)) == {"A-1": "unchanged"}
    ada = await ccp.member("Ada")
    ok(await ccp.operator.post(f"/organisations/{alpha['id']}/administrators", {"email": ada.email}))
    before = ok(await ada.get(f"/organisations/{alpha['id']}"))
    own = {name: before[name] for name in ("name", "kind", "country", "website", "staff", "members")}
    ok(await ada.put(f"/organisations/{alpha['id']}", own | {"city": "Weimar"}, version=before["version"]))
    changed = ALPHA.replace("Jena", "Erfurt").replace(",3,30,", ",5,30,").replace("Photonics", "Photonics Cluster")
    [row] = (await imports(ccp, changed))["rows"]
    assert (row["outcome"], row["kept"]) == ("changed", ["City"])
    assert row["changes"] == ["Name: Alpha Photonics → Alpha Photonics Cluster", "Staff: 3.0 → 5.0"]
    after = ok(await ccp.http.get(f"/organisations/{alpha['id']}"))
    assert (after["city"], after["staff"], after["name"]) == ("Weimar", 5, "Alpha Photonics Cluster")
    [row] = (await imports(ccp, changed))["rows"]
    assert (row["outcome"], row["kept"], row["changes"]) == ("unchanged", ["City"], [])


async def test_a_change_that_awaits_a_review_stays(ccp: Platform) -> None:
    [row] = (await imports(ccp, ALPHA))["rows"]
    ada = await ccp.member("Ada")
    ok(await ccp.operator.post(f"/organisations/{row['id']}/administrators", {"email": ada.email}))
    before = ok(await ada.get(f"/organisations/{row['id']}"))
    own = {name: before[name] for name in ("kind", "country", "city", "website", "staff", "members")}
    ok(await ada.put(f"/organisations/{row['id']}", own | {"name": "Our own name"}, version=before["version"]))
    [row] = (await imports(ccp, ALPHA.replace("Photonics", "Optics").replace(",3,30", ",4,30")))["rows"]
    assert (row["kept"], row["changes"]) == (["Name"], ["Staff: 3.0 → 4.0"])
    after = ok(await ada.get(f"/organisations/{row['id']}"))
    assert (after["name"], after["change"]["name"]) == ("Alpha Photonics", "Our own name")


async def test_the_numbers_of_a_list_of_member_organisations_stay(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    profile = {"name": "Listed Cluster", "kind": "association", "website": "https://listed.example"}
    made = await ccp.organisation(anna, **profile, members={"sme": 1})
    text = f"L-1,Listed Cluster,SE,,https://listed.example,3,1,0,,,,{made['id']}\n"
    await imports(ccp, text)
    ok(await anna.post(f"/organisations/{made['id']}/affiliates", {"name": "Fjord Sensors", "kind": "sme"}))
    listed, text = ok(await anna.get(f"/organisations/{made['id']}")), text.replace(",1,0,", ",55,4,")
    for _ in range(2):
        (row,) = (await imports(ccp, text))["rows"]
        assert (row["outcome"], row["changes"], row["kept"]) == ("unchanged", [], ["Members"])
    assert ok(await anna.get(f"/organisations/{made['id']}")) == listed


async def test_organisations_that_are_on_the_platform_are_linked_or_refused(ccp: Platform) -> None:
    eve = await ccp.member("Eve")
    ours = await ccp.organisation(eve, name="Alpha Photonics", country="DE", website="https://elsewhere.example")
    [row] = (await imports(ccp, ALPHA))["rows"]
    assert (row["outcome"], row["like"]) == ("refused", ours["id"])
    linked = ALPHA.replace(",,\n", f",,{ours['id']}\n")
    [row] = (await imports(ccp, linked))["rows"]
    assert (row["outcome"], row["id"]) == ("changed", ours["id"])
    assert row["kept"] == ["Website"]
    [row] = (await imports(ccp, ALPHA.replace("A-1", "A-9").replace(",,\n", ",yes,\n")))["rows"]
    assert row["outcome"] == "created"
    [row] = (await imports(ccp, ALPHA.replace("A-1", "A-8").replace(",,\n", ",,no-such-id\n")))["rows"]
    assert "No organisation has this id" in row["reason"]


async def test_two_rows_about_one_organisation_are_told_in_the_preview_as_in_the_import(ccp: Platform) -> None:
    text = ALPHA + "A-2,Alpha photonics,DE,,,3,30,4,,,,\n" + ALPHA + ALPHA.replace("Jena", "Gera")
    preview = await imports(ccp, text, dry_run="true")
    assert [row["outcome"] for row in preview["rows"]] == ["created", "refused", "unchanged", "refused"]
    report = await imports(ccp, text)
    assert [row["outcome"] for row in report["rows"]] == ["created", "refused", "unchanged", "refused"]
    assert await public(ccp) == ["Alpha Photonics"]


async def test_a_profile_that_its_people_withdrew_stays_withdrawn(ccp: Platform) -> None:
    [row] = (await imports(ccp, ALPHA))["rows"]
    ada = await ccp.member("Ada")
    ok(await ccp.operator.post(f"/organisations/{row['id']}/administrators", {"email": ada.email}))
    version = ok(await ada.get(f"/organisations/{row['id']}"))["version"]
    ok(await ada.post(f"/organisations/{row['id']}/withdraw", version=version))
    [row] = (await imports(ccp, ALPHA.replace("Jena", "Gera")))["rows"]
    assert (row["outcome"], "withdrawn" in row["reason"]) == ("unchanged", True)


async def test_an_import_that_was_killed_is_repeated_without_doubles(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "".join(f"K-{n},Killed number{n},DE,,https://k{n}.example,3,30,4,,,,\n" for n in range(45))
    transact, calls = Database.transact, []

    async def dies(self: Database, work: object, *args: object) -> object:
        calls.append(work)
        if len([each for each in calls if getattr(each, "__name__", "") == "import_rows"]) == 2:
            raise KeyError("killed")
        return await transact(self, work, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "transact", dies)
    path = "/organisations/import?source=the%20list"
    killed = await ccp.http.post(path, content=(HEADER + text).encode(), headers=ccp.operator.headers)
    assert killed.status_code == 500
    monkeypatch.setattr(Database, "transact", transact)
    assert (await imports(ccp, text))["counts"] == {"created": 25, "changed": 0, "unchanged": 20, "refused": 0}
    assert ok(await ccp.http.get("/organisations", params={"limit": 1}))["items"]


async def test_only_operators_import(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    browser = await browser_of(anna)
    assert (await browser.open("/organisations/import")).status == 403
    answer = await ccp.http.post("/organisations/import?source=list", content=b"x", headers=anna.headers)
    refused(answer, 403)


async def test_the_command_shows_each_row_in_colour(ccp: Platform, tmp_path: Path, monkeypatch) -> None:
    class Own:
        timeout = 0
        headers = ccp.http.headers

        async def __aenter__(self):
            return ccp.http

        async def __aexit__(self, *error: object) -> None: ...

    monkeypatch.setattr(importing, "connect", lambda url: Own())
    file = tmp_path / "list.csv"
    file.write_text(HEADER + ALPHA + GAMMA)
    console = Console(record=True, width=160, force_terminal=True)
    asked = importing.Import(file, dry_run=True, options={"source": "the list"})
    assert not await importing.import_organisations(console, asked, "", OPERATOR_EMAIL, OPERATOR_PASSWORD)
    shown = console.export_text()
    assert "Alpha Photonics" in shown
    assert "at least 15 members" in shown
    assert await public(ccp) == []
