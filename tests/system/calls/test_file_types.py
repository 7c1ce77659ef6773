"""Accepted and refused types of files, by name, content and stated type."""

import pytest

from tests.support.people import MISSION, Platform, ok, refused
from tests.support.uploads import GOOD, HTML, PDF, PNG, SVG, stored, swept, uploads


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.mark.parametrize(("name", "content"), GOOD.items(), ids=GOOD)
async def test_every_accepted_type_is_delivered_unchanged(ccp: Platform, name: str, content: bytes) -> None:
    call = await ccp.operator.publishes(MISSION)
    made = ok(await uploads(ccp.operator, f"/calls/{call['id']}", name, content))
    read = await ccp.http.get(made["url"])
    assert read.content == content
    assert read.headers["content-type"].startswith(made["media_type"])
    assert read.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("name", "content"),
    [("page.png", HTML), ("drawing.png", SVG), ("run.exe", PDF), ("guide.pdf.exe", PDF), ("guide.pdf", PNG)],
)
async def test_a_file_of_another_type_is_refused_and_not_kept(ccp: Platform, name: str, content: bytes) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}"
    before = await stored(ccp)
    refused(await uploads(ccp.operator, path, name, content), 415, "name", "file_type_refused")
    assert ok(await ccp.http.get(path))["files"] == []
    await swept(ccp, before)


@pytest.mark.parametrize(
    ("params", "content", "field"),
    [
        ({"name": "guide"}, PDF, "name"),
        ({"name": ".."}, PDF, "name"),
        ({"name": ""}, PDF, "name"),
        ({}, PDF, "name"),
        ({"name": "guide.pdf"}, b"", "body"),
        ({"name": "guide.pdf", "language": "French"}, PDF, "language"),
        ({"name": "guide.pdf", "colour": "blue"}, PDF, "colour"),
    ],
)
async def test_a_bad_name_and_an_empty_file_are_refused(
    ccp: Platform, params: dict[str, str], content: bytes, field: str
) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}/files"
    before = await stored(ccp)
    refused(await ccp.http.post(path, params=params, content=content, headers=ccp.operator.headers), 422, field)
    await swept(ccp, before)
