"""Keeping the copies of calls."""

from typing import Any

from services.profiles.home.domain import CallCopy
from services.profiles.home.store import CALLS
from shared.mongo import Transaction


async def on_call_announced(tx: Transaction, event: Any) -> None:
    await _keep(tx, event, over=False)


async def on_call_over(tx: Transaction, event: Any) -> None:
    await _keep(tx, event, over=True)


async def _keep(tx: Transaction, event: Any, *, over: bool) -> None:
    facts = event.call.model_dump(include={"version", "title", "url", "organisation_name", "deadline", "timezone"})
    await CALLS.keep_newest(tx, CallCopy(id=event.call_id, over=over, **facts))
