"""`ccp mail`: list the e-mails that did not arrive, and send them again."""

from collections.abc import AsyncIterator
from datetime import datetime

from rich.markup import escape
from rich.table import Table

from ccp.client import Client, Json, logged_in
from ccp.options import console
from services.__main__ import run

BATCH = 100
Who = tuple[str, str, str]  # url, address, password


def list_rows(who: Who) -> None:
    async def work() -> None:
        async with logged_in(*who) as client:
            await show_table(client)

    run(work())


async def show_table(client: Client) -> None:
    table = Table("Id", "State", "Member", "Made", "Reason")
    for state in ("failed", "ambiguous"):
        async for row in mails(client, state):
            when = f"{datetime.fromisoformat(row['created_at']):%Y-%m-%d %H:%M}"
            table.add_row(row["id"], state, row["member_id"], when, escape(row["note"]))
    console.print(table if table.row_count else "every e-mail has left")


async def mails(client: Client, state: str) -> AsyncIterator[Json]:
    """Yield the e-mails of the ledger in a state, page by page."""
    cursor: Json = {}
    while True:
        page = await client.get("/deliveries", state=state, limit=BATCH, **cursor)
        for row in page["items"]:
            yield row
        if not page["next"]:
            return
        cursor = {"cursor": page["next"]}


def resend(ids: list[str], who: Who, *, everything: bool) -> bool:
    """Return whether all of them are sent again. Raise ValueError if no choice is made."""
    if bool(ids) == everything:
        raise ValueError("choose the e-mails to send again: give ids, or --all for those that failed")

    async def work() -> bool:
        async with logged_in(*who) as client:
            return await send_again(client, ids or [row["id"] async for row in mails(client, "failed")])

    return run(work())


async def send_again(client: Client, ids: list[str]) -> bool:
    """Send e-mails again in batches, and print the refusals."""
    done, refused = 0, []
    for start in range(0, len(ids), BATCH):
        answer = await client.post("/deliveries/resend", {"ids": ids[start : start + BATCH]})
        done += len(answer["done"])
        refused += answer["refused"]
    for failure in refused:
        console.print(f"[red]{escape(failure['id'])}[/] {escape(failure['reason'])}", highlight=False)
    console.print(f"resend: {done} done, {len(refused)} refused")
    return not refused
