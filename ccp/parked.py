"""`ccp parked`: list, show, redrive and drop the events that services could not handle."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from ccp.client import Client, Json, Problem, logged_in
from ccp.options import console, named
from services.__main__ import run

BATCH = 100
Who = tuple[str, str, str]  # url, address, password


def list_rows(service: list[str] | None, chosen: Json, who: Who) -> None:
    async def work() -> None:
        async with logged_in(*who) as client:
            await show_table(client, service, chosen)

    run(work())


async def show_table(client: Client, service: list[str] | None, chosen: Json) -> None:
    table = Table("Service", "Id", "Type", "Parked", "Tries", "Reason")
    async for name, row in parked_rows(client, service, chosen):
        when, tries = f"{datetime.fromisoformat(row['at']):%Y-%m-%d %H:%M}", str(row["attempts"])
        table.add_row(name, row["id"], row["event_type"], when, tries, escape(row["reason"]))
    console.print(table if table.row_count else "nothing is parked")


def show_row(id: str, service: list[str] | None, who: Who) -> None:
    async def work() -> None:
        async with logged_in(*who) as client:
            name, row = await find(client, service, id)
            console.print(f"[bold]{row['event_type']}[/] parked by {name} at {row['at']} after {row['attempts']} tries")
            for text in (row["reason"], row["traceback"], row["body"]):
                console.print(text, markup=False, highlight=False)

    run(work())


def settle(what: str, ids: list[str], service: list[str] | None, chosen: Json, who: Who, *, everything: bool) -> bool:
    """Return whether all of them could be redriven or dropped. Raise ValueError if no choice is made."""
    if not ids and not chosen and not service and not everything:
        raise ValueError(f"choose the events to {what}: give ids, --service, --type, --reason, --older-than, or --all")

    async def work() -> bool:
        async with logged_in(*who) as client:
            return await act(client, what, ids, service, chosen)

    return run(work())


async def act(client: Client, what: str, ids: list[str], service: list[str] | None, chosen: Json) -> bool:
    """Redrive or drop the events with these ids, or all that match the filters. Raise ValueError for an unknown id."""
    wanted: dict[str, list[str]] = {}
    async for name, row in parked_rows(client, service, chosen):
        if not ids or row["id"] in ids:
            wanted.setdefault(name, []).append(row["id"])
    if missing := set(ids) - {id for names in wanted.values() for id in names}:
        raise ValueError(f"nothing is parked as {', '.join(sorted(missing))}; `ccp parked list` shows the ids")
    return await _in_batches(client, what, wanted)


async def _in_batches(client: Client, what: str, wanted: dict[str, list[str]]) -> bool:
    done, refused = 0, []
    with Progress(console=Console(stderr=True)) as bars:
        bar = bars.add_task(what, total=sum(map(len, wanted.values())))
        for name, ids in wanted.items():
            for start in range(0, len(ids), BATCH):
                batch = ids[start : start + BATCH]
                answer = await client.post(f"/operations/{name}/parked/{what}", {"ids": batch})
                done += len(answer["done"])
                refused += answer["refused"]
                bars.advance(bar, len(batch))
    for failure in refused:
        console.print(f"[red]{failure['id']}[/] {failure['reason']}", highlight=False)
    console.print(f"{what}: {done} done, {len(refused)} refused")
    return not refused


# --- asking -------------------------------------------------------------------------------------


def filters(type: str | None, reason: str | None, older_than: float | None) -> Json:
    before = None if older_than is None else (datetime.now(UTC) - timedelta(hours=older_than)).isoformat()
    given = {"event_type": type, "reason": reason, "before": before}
    return {name: value for name, value in given.items() if value is not None}


async def parked_rows(client: Client, services: list[str] | None, chosen: Json) -> AsyncIterator[tuple[str, Json]]:
    """Yield every parked event of the chosen services with its service, page by page."""
    for name in named(services):
        cursor: Json = {}
        while True:
            page = await client.get(f"/operations/{name}/parked", limit=BATCH, **chosen, **cursor)
            for row in page["items"]:
                yield name, row
            if not page["next"]:
                break
            cursor = {"cursor": page["next"]}


async def find(client: Client, services: list[str] | None, id: str) -> tuple[str, Json]:
    """Return the parked event with its service. Raise ValueError if no service has it."""
    for name in named(services):
        try:
            return name, await client.get(f"/operations/{name}/parked/{id}")
        except Problem as problem:
            if problem.status != 404:
                raise
    raise ValueError(f"nothing is parked as {id}; `ccp parked list` shows the ids")
