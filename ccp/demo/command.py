"""`ccp demo`: on an embedded platform of its own, or on one that runs elsewhere."""

import secrets
import shutil
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI
from pydantic import SecretStr
from rich.console import Console

from ccp.client import Client, connect
from ccp.demo import show
from ccp.demo.cast import BRUSSELS, FACTS, SEQUEL
from ccp.demo.mailbox import Folder, Mailbox, MailDev
from ccp.demo.story import Story, TimeMachine, Told
from ccp.options import OPERATOR
from services.__main__ import available, serving, stop_signal
from services.profiles.settings import ProfilesSettings
from shared import host
from shared.clock import moment
from shared.mongod import answers
from shared.settings import Settings

START = "2016-05-09T09:00:00+02:00"
MARK = ".demo"


@dataclass(frozen=True)
class Embedded:
    """The time machine of services that run in this process."""

    app: FastAPI

    async def travel(self, by: timedelta) -> None:
        await host.travel(self.app, by)


async def embedded(console: Console, settings: Settings, *, stay: bool) -> Told:
    """All four services in this process at the business time of 9 May 2016, from an empty data folder."""
    start_afresh(settings.data_dir)
    password = secrets.token_urlsafe(12)
    operator = ProfilesSettings(operator_email=OPERATOR, operator_password=SecretStr(password))
    async with AsyncExitStack() as stack:
        with console.status("starting MongoDB and four services"):
            app = await stack.enter_async_context(serving(settings, available(), profiles=operator))
        console.print(f"Four services on a real MongoDB, business time {START}")
        mailbox, url = Folder(settings.data_dir / "mail"), settings.public_url
        told = await tell(console, url, mailbox, OPERATOR, password, Embedded(app))
        if stay:
            show_urls(console, settings.public_url, OPERATOR, password)
            console.print(f"There it is {moment(app.state.clock.now(), BRUSSELS)} by now: these calls have closed.")
            console.print("It stays up until you press Ctrl-C.")
            await stop_signal().wait()
    return told


async def elsewhere(console: Console, url: str, mailbox: str, operator: str, password: str) -> Told:
    return await tell(console, url, MailDev(mailbox), operator, password)


async def tell(
    console: Console, url: str, mailbox: Mailbox, operator: str, password: str, machine: TimeMachine | None = None
) -> Told:
    async with connect(url) as http:
        with show.screen(console) as screen:
            story = Story(Client(http), mailbox, secrets.token_hex(3), screen, machine)
            told = await story.tell(operator, password)
        show.tables(console, told, story.cast.shift)
        console.print(f"E-mails: {mailbox}   Facts: {FACTS.name}, {SEQUEL.name}")
    console.print(summary(told), highlight=False)
    return told


def summary(told: Told) -> str:
    return f"demo: {len(told.calls)} calls, {len(told.people)} members, {told.alerts} alerts, {told.emails} emails"


def show_urls(console: Console, url: str, operator: str, password: str) -> None:
    for words, path in {
        "The platform": "/",
        "Calls": "/calls",
        "Partnerships": "/partnerships",
        "Log in": "/login",
        "The API": "/docs",
    }.items():
        console.print(f"{words:14} {url}{path}")
    console.print(f"{'As operator':14} {operator}  {password}")


def start_afresh(folder: Path) -> None:
    """Empty what an earlier demo left. Raises ValueError where the folder holds anything else."""
    if answers(folder):
        raise ValueError(f"a platform is running on {folder}/; stop it first, or choose another folder with --data")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ValueError(f"{folder}/ holds data that is not the demo's; choose another folder with --data")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
