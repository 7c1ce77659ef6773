"""A call owner answers questions, posts news, uploads documents and builds the form of a call in a browser."""

import pytest

from tests.support.applicants import BRAZIL, applicant
from tests.support.browsing import Browser, browser_of
from tests.support.people import Member, Platform, ok

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    eve, eve.publisher = await applicant(ccp, "Eve")
    return eve


@pytest.fixture
async def path(eve: Member) -> str:
    return f"/calls/{(await eve.publishes(BRAZIL, eve.publisher))['id']}"


async def test_the_address_of_the_alert_leads_to_the_box_for_the_answer(ccp: Platform, eve: Member, path: str) -> None:
    anna = await ccp.member("Anna")
    for text in ("May a science park join?", "Who pays for the flight?"):
        ok(await anna.post(f"{path}/questions", {"question": text}))
    browser = await browser_of(eve)
    page = await browser.open(f"{path}/questions")
    ids = [element["id"] for element in page.soup.select("[id]")]
    assert len(ids) == len(set(ids))
    first = page.soup.select_one("main ul.plain > li")
    empty = await page.submit("Publish the answer", within=f"#{first['id']}", answer="")
    assert empty.errors.keys() == {"answer"}
    ids = [element["id"] for element in empty.soup.select("[id]")]
    assert len(ids) == len(set(ids)), "the refused form keeps its ids apart from those of the other forms"
    assert empty.soup.select_one(empty.soup.select_one("#problem a")["href"]).find_parent(id=first["id"])
    done = await empty.submit("Publish the answer", within=f"#{first['id']}", answer="They do themselves.")
    assert done.notice.startswith("The answer is public")
    assert "1 to answer" in done.text
    assert "They do themselves." in (await Browser(ccp.http).open(f"{path}/questions")).text
    assert "May a science park join?" not in (await Browser(ccp.http).open(f"{path}/questions?answered=false")).text


async def test_a_question_may_still_have_the_former_name(ccp: Platform, path: str) -> None:
    anna = await ccp.member("Anna")
    asked = ok(await anna.post(f"{path}/questions", {"text": "May a science park join?"}))
    assert asked["question"] == "May a science park join?"


async def test_news_is_posted_and_read(ccp: Platform, eve: Member, path: str) -> None:
    page = await (await browser_of(eve)).open(f"{path}/updates")
    missing = await page.submit("Post the news", title="", text="The hotel is booked.")
    assert missing.errors.keys() == {"title"}
    assert "The hotel is booked." in (await missing.submit("Post the news", title="The hotel")).text
    assert "The hotel is booked." in (await Browser(ccp.http).open(f"{path}/updates")).text


async def test_documents_are_uploaded_and_deleted(ccp: Platform, eve: Member, path: str) -> None:
    page = await (await browser_of(eve)).open(f"{path}/files")
    none = await page.submit("Upload", title="Guide", files={"file": ("", b"", "application/octet-stream")})
    assert "Choose a file." in none.problem
    wrong = await none.submit("Upload", files={"file": ("guide.pdf", b"no PDF", "application/pdf")})
    assert "not a PDF" in wrong.text
    done = await wrong.submit("Upload", kind="guide", files={"file": ("guide.pdf", PDF, "application/pdf")})
    [file] = ok(await eve.get(path))["files"]
    assert (file["title"], file["kind"], file["language"]) == ("Guide", "guide", "en")
    assert "Guide" in done.links
    assert "No document has been uploaded." in (await done.submit("Delete")).text


async def test_the_form_is_built_without_a_script(ccp: Platform, eve: Member, path: str) -> None:
    page = await (await browser_of(eve)).open(f"{path}/form")
    more = await page.submit("Add another", **{"fields.0.label": "Why this mission?", "fields.0.kind": "long_text"})
    wrong = await more.submit("Save the form", **{"fields.1.label": "Topics", "fields.1.kind": "choice"})
    assert "at least two different options" in wrong.problem
    saved = await wrong.submit("Save the form", **{"fields.1.options": "Buildings\nGrids"})
    fields = ok(await eve.get(f"{path}/form"))["fields"]
    assert [(field["name"], field["kind"], field["options"]) for field in fields] == [
        ("why_this_mission", "long_text", []),
        ("topics", "choice", ["Buildings", "Grids"]),
    ]
    preview = saved.soup.select_one("[aria-labelledby=preview]").get_text(" ")
    assert "Why this mission?" in preview
    assert "Grids" in preview
    changed = await saved.submit("Save the form", **{"fields.0.label": "", "fields.1.label": "Topic of your visit"})
    [kept] = ok(await eve.get(f"{path}/form"))["fields"]
    assert (kept["name"], kept["label"]) == ("topics", "Topic of your visit")
    assert changed.notice.startswith("The form is saved")
