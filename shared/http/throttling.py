"""FastAPI dependencies that limit requests by client, or by member. The limits are settings (shared/settings.py)."""

from dataclasses import dataclass

from fastapi import Request

from shared.errors import TooManyRequests
from shared.http.caller import caller_of, runtime_of
from shared.http.preconditions import IdempotencyKey
from shared.http.security import client_of
from shared.idempotency import is_answered
from shared.settings import Limit

TOO_MANY = {429: "Too many requests; Retry-After says when to try again"}


async def count(
    request: Request, service: str, limit: Limit, *key: str, refusal: type[TooManyRequests] = TooManyRequests
) -> None:
    """Count a request against a limit. Raises TooManyRequests."""
    try:
        await runtime_of(service)(request).throttle.count(rate_of(request, limit), limit, *key, refusal=refusal)
    except TooManyRequests:
        request.state.limit = limit  # for the security log
        raise


def rate_of(request: Request, limit: Limit) -> str:
    """Return the rate of a limit, as the settings of the application say."""
    rate: str = getattr(request.app.state.settings, f"limit_{limit}")
    return rate


@dataclass(frozen=True)
class Throttle:
    """A dependency that counts the requests of a route."""

    service: str
    limit: Limit


class ByClient(Throttle):
    """Counts requests of one network address."""

    async def __call__(self, request: Request) -> None:
        await count(request, self.service, self.limit, client_of(request))


class ByMember(Throttle):
    """Counts requests of one member. Operators have no limit."""

    async def __call__(self, request: Request) -> None:
        caller = await caller_of(request, self.service)
        if not caller.operator:
            await count(request, self.service, self.limit, caller.id)


class ByMemberOnce(ByMember):
    """The same for a route with an Idempotency-Key: a repetition that gets the stored answer does not count."""

    async def __call__(self, request: Request, key: IdempotencyKey = None) -> None:
        caller = await caller_of(request, self.service)
        if not await is_answered(runtime_of(self.service)(request).db, key, caller.id):
            await super().__call__(request)
