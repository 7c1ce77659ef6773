"""Second factors of members in tests: an app that shows codes, and a platform whose operators need one."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pyotp

from shared.clock import real_now
from tests.support.people import PASSWORD, Member, Platform, ok


@dataclass
class App:
    """An app for codes: each call shows the next code that was not shown yet, and that the platform accepts."""

    secret: str
    recovery: list[str] = field(default_factory=list)
    shown: int = 0

    def code(self) -> str:
        totp = pyotp.TOTP(self.secret)
        self.shown = max(self.shown + 1, totp.timecode(real_now()) - 1)
        return totp.generate_otp(self.shown)


async def set_up_factor(member: Member, password: str = PASSWORD) -> App:
    """Switch the second factor of a member on, with the log-in that they have."""
    app = App(ok(await member.post("/me/second-factor", {"current": password}))["secret"])
    app.recovery = ok(await member.post("/me/second-factor/on", {"code": app.code()}))["codes"]
    return app


async def time_passes(platform: Platform, member_id: str, app: App) -> None:
    """Let every code that was used be long ago, so that the app can show the present codes again."""
    app.shown = 0
    factors = platform.system.db("profiles").raw("second_factors")
    await factors.update_one({"_id": member_id}, {"$set": {"last_step": 0}})


@contextlib.contextmanager
def operators_need_factors(platform: Platform) -> Iterator[None]:
    """Let operators need a second factor, as a platform outside tests does."""
    runtime = platform.system.runtimes["profiles"]
    before = runtime.resources
    strict = before.settings.model_copy(update={"operators_need_second_factor": True})
    runtime.resources = replace(before, settings=strict)
    try:
        yield
    finally:
        runtime.resources = before
