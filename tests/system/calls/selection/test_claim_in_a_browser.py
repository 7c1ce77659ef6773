"""Claims in the browser: receipts are uploaded, costs claimed, and two publishers check them."""

from tests.support.browsing import Browser
from tests.support.missions import Traveller, come_back, traveller
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Platform, ok
from tests.support.uploads import HTML, PDF, PNG, sha256


async def browse(ccp: Platform, email: str, password: str = PASSWORD) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(email, password)
    return browser


async def claimant(ccp: Platform) -> tuple[Traveller, Browser]:
    it = await traveller(ccp)
    await come_back(ccp)
    return it, await browse(ccp, it.anna.email)


async def test_costs_are_claimed_returned_corrected_checked_by_two_and_paid(ccp: Platform) -> None:
    it, anna = await claimant(ccp)
    page = await anna.open("/applications")
    page = await page.follow("Claim your costs.")
    page = await page.submit("Upload the file", files={"file": ("page.pdf", HTML, "application/pdf")})
    assert "The content of page.pdf is not a PDF." in page.text
    page = await page.submit("Upload the file", files={"file": ("ticket.pdf", PDF, "application/pdf")})
    page = await page.submit("Upload the file", files={"file": ("hotel.png", PNG, "image/png")})
    assert page.notice == "The file is uploaded."
    page = await page.follow("Enter the costs")
    assert "The mission pays 80 % of your costs." in page.text
    line = {"lines.0.category": "travel", "lines.0.cents": "1 000", "lines.0.on": "2016-07-20"}
    page = await page.submit("Send the claim", **line)
    assert page.status == 422
    assert "lines.0.evidence.sha256" in page.errors
    page = await page.submit("Send the claim", **{"lines.0.evidence.sha256": sha256(PDF)})
    assert "Sent, not checked yet" in page.text
    assert "Amount due €800" in page.text
    claim = page.url.rpartition("/")[2]
    line = ok(await it.anna.get(f"/claims/{claim}"))["lines"][0]
    assert (line["cents"], line["evidence"]["title"], line["evidence"]["size"]) == (100_000, "ticket.pdf", len(PDF))

    eve = await browse(ccp, it.eve.email)
    page = await eve.open(f"/calls/{it.call['id']}/claims")
    page = await page.follow("Cluster of Anna")
    assert "Paid on 2016-07-20; the mission started on 2016-08-08." in page.text
    page = await page.submit("Return for correction", reason="Line 1: the ticket cost 900 euros.")
    page = await anna.open(f"/claims/{claim}")
    assert "Please correct: Line 1: the ticket cost 900 euros." in page.text
    page = await page.follow("Correct the claim")
    page = await page.submit("Send the corrected claim", **{"lines.0.cents": "900,50"})
    assert "Amount due €720.40" in page.text

    page = await (await eve.open(f"/claims/{claim}")).submit("Validate: the evidence shows the costs")
    assert "You validated this claim. Ask another publisher of the call to approve it." in page.text
    assert "Approve the amount due" not in page.buttons
    second = await browse(ccp, OPERATOR_EMAIL, OPERATOR_PASSWORD)
    page = await (await second.open(f"/claims/{claim}")).submit("Approve the amount due")
    page = await page.submit("Record the payment", reference="2016-0042")
    assert "Paid" in page.text
    page = await eve.open(f"/calls/{it.call['id']}/claims?state=paid&utm_source=mail")
    assert "€720.40 due of €900.50" in page.text
    assert "The claim was corrected and sent again" in (await anna.open(f"/claims/{claim}")).text


async def test_a_claim_with_several_costs_keeps_what_was_typed(ccp: Platform) -> None:
    it, anna = await claimant(ccp)
    page = await anna.open(f"/applications/{it.id}/files")
    for name, content in (("ticket.pdf", PDF), ("hotel.png", PNG)):
        page = await page.submit("Upload the file", files={"file": (name, content, "application/octet-stream")})
    page = await page.follow("Enter the costs")
    both = {"lines.0.cents": "12.345,6789", "lines.1.category": "accommodation", "lines.1.cents": "80"}
    page = await page.submit("Add another", **both)
    page = await page.submit("Send the claim", **{"lines.2.cents": "7"})
    assert page.status == 422
    shown = {each["name"]: each.get("value") for each in page.soup.select("input[name]")}
    assert (shown["lines.0.cents"], shown["lines.1.cents"], shown["lines.2.cents"]) == ("12.345,6789", "80", "7")


async def test_a_file_is_deleted_and_others_see_nothing(ccp: Platform) -> None:
    it, anna = await claimant(ccp)
    page = await anna.open(f"/applications/{it.id}/files")
    page = await page.submit("Upload the file", files={"file": ("ticket.pdf", PDF, "application/pdf")})
    page = await page.submit("Delete")
    assert page.notice == "The file is deleted."
    assert "There are no files yet." in page.text
    claim = await it.claims(
        {
            "lines": [
                {
                    "category": "travel",
                    "cents": 5,
                    "on": "2016-08-08",
                    "evidence": {
                        "title": "Ticket",
                        "link": "https://files.example/t.pdf",
                        "sha256": "a" * 64,
                        "size": 5,
                    },
                }
            ]
        }
    )
    olga = await browse(ccp, (await ccp.member("Olga")).email)
    for path in (
        f"/applications/{it.id}/files",
        f"/applications/{it.id}/claim",
        f"/claims/{claim['id']}",
        f"/claims/{claim['id']}/correct",
        f"/calls/{it.call['id']}/claims",
    ):
        assert (await olga.open(path)).status == 404, path
    page = await anna.open(f"/applications/{it.id}/claim")
    assert "The costs of this application were claimed already." in page.text
