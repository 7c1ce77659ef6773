"""Crash points: `CCP_CRASH_AT=<name>` ends the process there at once, as a kill -9 would."""

import asyncio
import os
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")

POINTS = (
    "api.before",
    "api.inside",
    "api.after",
    "relay.after_claim",
    "relay.after_publish",
    "relay.after_confirm",
    "consumer.before",
    "consumer.inside",
    "consumer.after",
    "consumer.after_ack",
    "fanout.after_claim",
    "fanout.mid_insert",
    "fanout.before_cursor",
    "fanout.after_last_page",
    "mailer.after_claim",
    "mailer.after_handing",
    "mailer.after_data",
    "mailer.after_250",
    "mailer.after_mark",
    "parker.before_ack",
)
UNDER_WAY = 0.002  # seconds after which what was sent is with the other side, and its answer may not be here


def hit(name: str) -> None:
    if os.environ.get("CCP_CRASH_AT") == name:
        os._exit(137)


async def during(name: str, work: Awaitable[T]) -> T:
    """Between sending and the answer: the work is begun, and at this crash point nobody is left to hear of its end."""
    if os.environ.get("CCP_CRASH_AT") == name:
        begun = asyncio.ensure_future(work)
        await asyncio.wait([begun], timeout=UNDER_WAY)
        os._exit(137)
    return await work
