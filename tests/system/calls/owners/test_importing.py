"""An operator imports calls in a browser: a preview first, then the import, with a report each."""

from tests.support.browsing import browser_of
from tests.support.people import OPERATOR_PASSWORD, Platform, ok

HEADER = "code,name,open_date,close_date,budget_eur,link\n"
FILE = (
    HEADER + "HORIZON-1,Batteries for ships,2016-05-01,2016-09-01,1000000,https://example.org/1\n"
    "HORIZON-2,,2016-05-01,2016-09-01,1000000,https://example.org/2\n"
)


def csv(text: str) -> dict:
    return {"file": ("calls.csv", text.encode(), "text/csv")}


async def test_a_preview_stores_nothing_and_leads_to_the_import(ccp: Platform) -> None:
    browser = await browser_of(ccp.operator, OPERATOR_PASSWORD)
    page = await browser.open("/calls/import")
    assert (
        "Choose a file." in (await page.submit("Preview the import", files=csv("") | {"file": ("", b"", "")})).problem
    )
    wrong = await page.submit("Preview the import", columns="{", files=csv(FILE))
    assert "not valid JSON" in wrong.errors["columns"]
    preview = await wrong.submit("Preview the import", columns="", files=csv(FILE))
    assert preview.heading == "Preview of the import"
    assert "Refused rows 1 Line Call Reason 3 HORIZON-2" in preview.text
    assert ok(await ccp.http.get("/calls"))["items"] == []
    report = await preview.submit("Import these calls")
    assert report.heading == "Report of the import"
    [call] = ok(await ccp.http.get("/calls"))["items"]
    assert report.links["Batteries for ships"] == f"/calls/{call['id']}"
    again = await (await browser.open("/calls/import")).submit("Preview the import", files=csv(FILE))
    assert "Unchanged calls 1" in again.text
    listed = await browser.open("/calls/import")
    assert listed.text.count("calls.csv") == 3


async def test_calls_missing_from_their_source_are_listed(ccp: Platform) -> None:
    browser = await browser_of(ccp.operator, OPERATOR_PASSWORD)
    for code in ("HORIZON-1", "HORIZON-2"):
        page = await browser.open("/calls/import")
        row = f"{code},Batteries for {code},2016-05-01,2016-09-01,1000000,https://example.org/1\n"
        await (await page.submit("Preview the import", files=csv(HEADER + row))).submit("Import these calls")
    page = await (await browser.open("/calls/import")).follow("1 call is missing from its source")
    assert "Batteries for HORIZON-1" in page.links


async def test_only_operators_import(ccp: Platform) -> None:
    browser = await browser_of(await ccp.member("Anna"))
    for path in ("/calls/import", "/calls/import/missing"):
        assert (await browser.open(path)).status == 403
