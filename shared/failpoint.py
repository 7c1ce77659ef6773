"""Failpoints for tests: `CCP_CRASH_AT=<name>` ends the process at this point, as `kill -9` would."""

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
IN_FLIGHT = 0.002  # seconds: enough to deliver a request, too short for its answer


def hit(name: str) -> None:
    """End the process if this failpoint is active."""
    if os.environ.get("CCP_CRASH_AT") == name:
        os._exit(137)


async def during(name: str, work: Awaitable[T]) -> T:
    """Return the result of the work; if this failpoint is active, end the process before the answer arrives."""
    if os.environ.get("CCP_CRASH_AT") == name:
        task = asyncio.ensure_future(work)
        await asyncio.wait([task], timeout=IN_FLIGHT)
        os._exit(137)
    return await work
