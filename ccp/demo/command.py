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
from ccp.demo.story import Result, Story
from ccp.options import OPERATOR
from services.__main__ import available, serving, stop_signal
from services.profiles.settings import ProfilesSettings
from shared import host
from shared.clock import moment
from shared.mongo import Database
from shared.mongod import answers
from shared.service import Runtime
from shared.settings import Settings

START = "2016-05-09T09:00:00+02:00"
MARK = ".demo"


@dataclass(frozen=True)
class Embedded:
    """The time machine for services that run in this process."""

    app: FastAPI

    async def travel(self, delta: timedelta, /) -> None:
        await host.travel(self.app, delta)

    @property
    def profiles(self) -> Database:
        """The database of profiles."""
        runtime: Runtime = self.app.state.runtimes["profiles"]
        return runtime.db


async def embedded(console: Console, settings: Settings, *, stay: bool) -> Result:
    """Run all four services in this process from an empty data folder, and play the demo from 9 May 2016 on."""
    start_afresh(settings.data_dir)
    password = secrets.token_urlsafe(12)
    operator = ProfilesSettings(
        operator_email=OPERATOR, operator_password=SecretStr(password), operators_need_second_factor=False
    )
    async with AsyncExitStack() as stack:
        with console.status("starting MongoDB and four services"):
            app = await stack.enter_async_context(serving(settings, available(), profiles=operator))
        console.print(f"Four services on a real MongoDB, business time {START}")
        mailbox, url = Folder(settings.data_dir / "mail"), settings.public_url
        result = await play(console, url, mailbox, OPERATOR, password, Embedded(app))
        if stay:
            console.print(show.log_ins(url, result, (OPERATOR, password)))
            now = moment(app.state.clock.now(), BRUSSELS)
            console.print(f"On this platform it is now {now}: the calls of 2016 have closed, those of 2017 are open.")
            console.print("The platform runs until you press Ctrl-C.")
            await stop_signal().wait()
    return result


async def elsewhere(console: Console, url: str, mailbox: str, operator: str, password: str) -> Result:
    return await play(console, url, MailDev(mailbox), operator, password)


async def play(
    console: Console, url: str, mailbox: Mailbox, operator: str, password: str, machine: Embedded | None = None
) -> Result:
    async with connect(url) as http:
        with show.screen(console) as screen:
            profiles = machine.profiles if machine else None
            story = Story(Client(http), mailbox, secrets.token_hex(3), screen, machine, profiles)
            result = await story.play(operator, password)
        show.tables(console, result, story.cast.shift)
        console.print(f"E-mails: {mailbox}   Facts: {FACTS.name}, {SEQUEL.name}")
    console.print(summary(result), highlight=False)
    return result


def summary(result: Result) -> str:
    embedded = f"{result.clusters} clusters, {result.achievements} achievements, " if result.clusters else ""
    counts = f"{embedded}{result.alerts} alerts, {result.emails} emails"
    return f"demo: {len(result.calls)} calls, {len(result.people)} members, {counts}"


def start_afresh(folder: Path) -> None:
    """Empty the folder of an earlier demo. Raise ValueError if the folder holds anything else."""
    if answers(folder):
        raise ValueError(f"a platform is running on {folder}/; stop it first, or choose another folder with --data")
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ValueError(f"{folder}/ holds data that is not the demo's; choose another folder with --data")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
