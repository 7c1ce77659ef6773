"""A member gets a copy of their data from every service as one archive, which no one else can open."""

import io
import json
import zipfile
from typing import Any

import pytest

from services.profiles.privacy.exports.store import EXPORTS, PIECES
from services.profiles.privacy.exports.usecases import EXPECTED, request_export
from shared.auth import Caller
from shared.ids import new_id
from shared.jobs import enqueue
from shared.mongo import Transaction
from shared.portability import EXPORT
from shared.testing import until
from tests.support.browsing import browser_of
from tests.support.dumps import places_of
from tests.support.former import completed, erases
from tests.support.people import Member, Platform, ok, refused
from tests.support.races import overlap, use


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def export_of(member: Member) -> str:
    """Ask for a copy, wait for every part, and return the id of the export."""
    id = ok(await member.post("/me/data"))["id"]
    await ready(member)
    return id


async def ready(member: Member) -> None:
    async def all_here() -> bool:
        [export] = ok(await member.get("/me/data"))
        return export["waiting_for"] == []

    await until(all_here, "all parts of the copy")


async def archive_of(member: Member, id: str, language: str = "en") -> zipfile.ZipFile:
    answer = await member.get(f"/me/data/{id}/archive", headers={"Accept-Language": language})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(answer.content))


def part(archive: zipfile.ZipFile, service: str) -> dict[str, list[dict[str, Any]]]:
    return json.loads(archive.read(f"{service}.json"))


async def test_a_member_downloads_what_every_service_has_of_them(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(countries=["JP"])
    ok(await anna.post("/me/tokens", {"name": "Backup", "scope": "read"}))
    browser = await browser_of(anna)
    page = await (await browser.open("/me")).follow("A copy of my data")
    page = await page.submit("Prepare a copy of my data")
    assert "collects what it has of you" in page.notice
    await ready(anna)
    page = await browser.open("/me/data")
    link = page.links["Download the archive"]
    archive = await archive_of(anna, link.split("/")[3])
    assert {each.filename for each in archive.infolist()} == {"README.txt", *(f"{name}.json" for name in EXPECTED)}
    [account] = part(archive, "profiles")["account"]
    assert (account["email"], account["name"]) == (anna.email, "Anna")
    assert "password_hash" not in account
    assert [each["name"] for each in part(archive, "profiles")["API tokens"]] == ["Backup"]
    assert part(archive, "calls")["name"][0]["name"] == "Anna"
    [preferences] = part(archive, "notifications")["preferences, interests and address"]
    assert preferences["interests"][0]["countries"] == ["JP"]
    assert "API tokens: 1" in archive.read("README.txt").decode()
    assert "Konto: 1" in (await archive_of(anna, link.split("/")[3], "de")).read("README.txt").decode()


async def test_reports_as_a_visitor_and_as_a_member_are_both_in_the_copy_and_in_the_proof(ccp: Platform) -> None:
    eve, dora = await ccp.member("Eve"), await ccp.member("Dora")
    about = f"/organisations/{(await ccp.organisation(eve, name='Reported Twice'))['id']}"
    body = {"about": about, "cause": "wrong", "text": "The website is not theirs."}
    ok(await ccp.http.post("/reports", json=body | {"email": dora.email}))
    ok(await dora.post("/reports", body))
    archive = await archive_of(dora, await export_of(dora))
    assert len(part(archive, "profiles")["reports of what is wrong"]) == 2
    proof = await completed(ccp, await erases(dora))
    [own] = [answer["things"] for answer in proof["answers"] if answer["service"] == "profiles"]
    assert [each["number"] for each in own if each["what"] == "reports of what is wrong"] == [2]


async def test_no_one_else_reads_the_copy(ccp: Platform) -> None:
    bea, carl = await ccp.member("Beatrix"), await ccp.member("Carl")
    before = await places_of(ccp, bea.email)
    id = await export_of(bea)
    refused(await carl.get(f"/me/data/{id}/archive"), 404)
    token = ok(await bea.post("/me/tokens", {"name": "Backup", "scope": "read"}))["token"]
    as_program = {"Authorization": f"Bearer {token}"}
    refused(await ccp.http.get(f"/me/data/{id}/archive", headers=as_program), 403)
    await ccp.system.settle()
    assert len(await places_of(ccp, bea.email)) <= len(before)  # the pieces can be read by no one


async def test_a_second_copy_waits_an_hour(ccp: Platform) -> None:
    dora = await ccp.member("Dora")
    await export_of(dora)
    refused(await dora.post("/me/data"), 409, code="export_is_recent")


async def test_of_two_requests_at_once_one_counts(ccp: Platform) -> None:
    emil, db = await ccp.member("Emil"), ccp.system.db("profiles")
    asking = [use(request_export, new_id(), Caller(id=emil.id)) for _ in range(2)]
    both = await overlap(db, *asking)
    assert both.conflicted
    assert await EXPORTS.count(db, {"member_id": emil.id}) == 1


async def test_a_part_that_is_made_twice_is_there_once(ccp: Platform) -> None:
    fay, calls = await ccp.member("Fay"), ccp.system.db("calls")
    id = await export_of(fay)
    [event] = [
        each.event()
        for each in await ccp.system.published("profiles", "profiles.export.requested.v1")
        if each.event().subject == id
    ]

    async def again(tx: Transaction) -> None:
        await enqueue(tx, EXPORT, event.model_dump(mode="json"))

    await calls.transact(again)  # its process died after the commit
    await ccp.system.settle()
    assert part(await archive_of(fay, id), "calls")["name"][0]["name"] == "Fay"


async def test_the_copy_goes_with_the_member(ccp: Platform) -> None:
    gus, db = await ccp.member("Gus"), ccp.system.db("profiles")
    await export_of(gus)
    await erases(gus)
    assert await EXPORTS.count(db, {"member_id": gus.id}) == 0
    assert await PIECES.count(db, {"member_id": gus.id}) == 0


async def test_the_database_removes_the_copy_and_its_key_after_seven_days(ccp: Platform) -> None:
    db = ccp.system.db("profiles")
    for collection in (EXPORTS, PIECES):
        indexes = await db.raw(collection.name).index_information()
        assert indexes["ends_at_1"]["expireAfterSeconds"] == 0
    hugo = await ccp.member("Hugo")
    id = await export_of(hugo)
    [export] = ok(await hugo.get("/me/data"))
    assert export["ends_at"][:10] > export["requested_at"][:10]
    past = {"$set": {"ends_at": (await EXPORTS.get(db, id)).requested_at}}  # type: ignore[union-attr]
    await EXPORTS.update(db, {"_id": id}, past)
    refused(await hugo.get(f"/me/data/{id}/archive"), 404)
