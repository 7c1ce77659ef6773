"""Attempts to log in: limited by client and account, so that guessing ends soon and members are not locked out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request

from services.profiles.accounts.domain import normal_email
from services.profiles.dependencies import CurrentRuntime
from shared.errors import NotAuthenticated, Refusal, TooManyRequests
from shared.http.security import client_of, pseudonym
from shared.http.throttling import count, rate_of
from shared.security import SecurityEvent
from shared.settings import Limit


class CodeNeeded(Refusal):
    """The password is right, and the account has a second factor: this is no failed attempt."""

    status, title = NotAuthenticated.status, NotAuthenticated.title


class LogInThrottled(TooManyRequests):
    """Too many attempts with a wrong password."""

    security_event = SecurityEvent.LOG_IN_THROTTLED


@asynccontextmanager
async def attempt(
    request: Request, runtime: CurrentRuntime, email: str, means: SecurityEvent = SecurityEvent.LOGGED_IN
) -> AsyncIterator[None]:
    """Count an attempt to log in before the password is hashed; if it succeeds, give it back. Raises LogInThrottled.

    `means` is the security event that a successful attempt is.

    Attempts of one client take turns, so that those which succeed are given back before the next one is counted:
    many members who log in at once behind one address are not refused.

    The limit of the account does not apply to a client that logged in to it in the last month: an attacker with many
    addresses can exhaust that limit, but cannot lock out the member.
    """
    account, client = normal_email(email), client_of(request)
    request.state.account = pseudonym(request, account)
    async with runtime.resources.locks.hold(f"log in from {client}"):
        counted = await _count(request, runtime, account, client)
        try:
            yield
        except CodeNeeded:
            await _give_back(request, runtime, counted)
            raise
        await _give_back(request, runtime, counted)
    await runtime.throttle.remember("log in", client, account)
    request.state.means = means


async def _give_back(request: Request, runtime: CurrentRuntime, counted: dict[Limit, tuple[str, ...]]) -> None:
    for limit, key in counted.items():
        await runtime.throttle.give_back(rate_of(request, limit), limit, *key)


async def _count(request: Request, runtime: CurrentRuntime, account: str, client: str) -> dict[Limit, tuple[str, ...]]:
    """Count an attempt under each of its limits and return their keys. Raises LogInThrottled."""
    keys: dict[Limit, tuple[str, ...]] = {
        "log_ins_by_client_to_account": (client, account),
        "log_ins_by_client": (client,),
    }
    for limit, key in keys.items():
        await count(request, "profiles", limit, *key, refusal=LogInThrottled)
    if not await runtime.throttle.remembers("log in", client, account):
        await count(request, "profiles", "log_ins_to_account", account, refusal=LogInThrottled)
        keys["log_ins_to_account"] = (account,)
    return keys
