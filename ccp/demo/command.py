"""`ccp demo`: play the demo on an embedded platform, or on a running one."""

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
from ccp.demo.story import Result, Story, TimeMachine
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
    """The time machine for services that run in this process."""

    app: FastAPI

    async def travel(self, delta: timedelta, /) -> None:
        await host.travel(self.app, delta)


async def embedded(console: Console, settings: Settings, *, stay: bool) -> Result:
    """Run all four services in this process from an empty data folder, and play the demo from 9 May 2016 on."""
    start_afresh(settings.data_dir)
    password = secrets.token_urlsafe(12)
    operator = ProfilesSettings(operator_email=OPERATOR, operator_password=SecretStr(password))
    async with AsyncExitStack() as stack:
        with console.status("starting MongoDB and four services"):
            app = await stack.enter_async_context(serving(settings, available(), profiles=operator))
        console.print(f"Four services on a real MongoDB, business time {START}")
        mailbox, url = Folder(settings.data_dir / "mail"), settings.public_url
        result = await play(console, url, mailbox, OPERATOR, password, Embedded(app))
        if stay:
            show_urls(console, settings.public_url, OPERATOR, password)
            console.print(
                f"On this platform it is now {moment(app.state.clock.now(), BRUSSELS)}, so these calls have closed."
            )
            console.print("The platform runs until you press Ctrl-C.")
            await stop_signal().wait()
    return result


async def elsewhere(console: Console, url: str, mailbox: str, operator: str, password: str) -> Result:
    return await play(console, url, MailDev(mailbox), operator, password)


async def play(
    console: Console, url: str, mailbox: Mailbox, operator: str, password: str, machine: TimeMachine | None = None
) -> Result:
    async with connect(url) as http:
        with show.screen(console) as screen:
            story = Story(Client(http), mailbox, secrets.token_hex(3), screen, machine)
            result = await story.play(operator, password)
        show.tables(console, result, story.cast.shift)
        console.print(f"E-mails: {mailbox}   Facts: {FACTS.name}, {SEQUEL.name}")
    console.print(summary(result), highlight=False)
    return result


def summary(result: Result) -> str:
    counts = f"{result.alerts} alerts, {result.emails} emails"
    return f"demo: {len(result.calls)} calls, {len(result.people)} members, {counts}"


def show_urls(console: Console, url: str, operator: str, password: str) -> None:
    for label, path in {
        "The platform": "/",
        "Calls": "/calls",
        "Partnerships": "/partnerships",
        "Log in": "/login",
        "The API": "/docs",
    }.items():
        console.print(f"{label:14} {url}{path}")
    console.print(f"{'Operator':14} {operator}  {password}")


def start_afresh(folder: Path) -> None:
    """Empty the folder of an earlier demo. Raise ValueError if the folder holds anything else."""
    if answers(folder):
        raise ValueError(f"a platform is running on {folder}/; stop it first, or choose another folder with --data")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ValueError(f"{folder}/ holds data that is not the demo's; choose another folder with --data")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
