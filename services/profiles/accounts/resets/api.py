"""HTTP for resets: request a link by e-mail, set a new password with it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.profiles.accounts.api import may_mail_to
from services.profiles.accounts.domain import normal_email
from services.profiles.accounts.resets import usecases
from services.profiles.accounts.resets.domain import Reset, ResetRequest, ResetRequested, ResetView
from services.profiles.accounts.usecases import hash_password
from services.profiles.dependencies import CurrentRuntime
from shared.errors import NotAuthenticated
from shared.http.caller import verified
from shared.http.problems import refusals
from shared.http.security import client_of, pseudonym
from shared.http.throttling import ByClient
from shared.security import SecurityEvent
from shared.sentences import _
from shared.service import Runtime

router = APIRouter(tags=["Accounts"])
ResetToken = Annotated[str, Path(max_length=2000, description="Token from the link in the e-mail")]
INVALID_LINK = "The link is not valid, or older than an hour"
USED_LINK = "The link was used, or the password or the address was changed since"


async def linked(runtime: Runtime, token: str) -> tuple[str, int]:
    """Return the member whose password a link resets, and its number. Raises NotAuthenticated."""
    try:
        claims = await verified(runtime, token, ["reset"], "notifications")
    except NotAuthenticated as error:
        raise NotAuthenticated(_("This link is not valid, or has expired. Request a new one at /reset.")) from error
    return claims["sub"], claims["password_number"]


@router.post(
    "/reset",
    status_code=202,
    operation_id="request_reset",
    summary="Request a link that resets a password",
    responses=refusals({422: "The address is missing or not valid"}),
    dependencies=[Depends(ByClient("profiles", "registrations_by_client"))],
)
async def request_reset(body: ResetRequest, request: Request, runtime: CurrentRuntime) -> ResetRequested:
    """Send a link to the address, with which its owner sets a new password within an hour.

    An address without an account gets no e-mail, and one that got many within the hour gets no more. The answer is the
    same for every address.
    """
    if await may_mail_to(request, body.email):
        return await runtime.db.transact(usecases.request_reset, body.email)
    return ResetRequested(email=normal_email(body.email))


@router.get(
    "/reset/{token}",
    operation_id="read_reset",
    summary="Read whose password a link resets",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK}),
)
async def read_reset(token: ResetToken, runtime: CurrentRuntime) -> ResetView:
    """Return the address of the account, and change nothing, because mail scanners follow links too."""
    member = await usecases.resettable(runtime.db, *await linked(runtime, token))
    return ResetView(email=member.email)


@router.post(
    "/reset/{token}",
    operation_id="reset_password",
    summary="Set a new password",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK, 422: "The password is missing or not valid"}),
)
async def reset_password(token: ResetToken, body: Reset, request: Request, runtime: CurrentRuntime) -> ResetView:
    """Replace the password of the owner of the link, and end every link and every session of the account.

    The member gets an e-mail that says so. They can log in from this client, also if others guessed too often.
    """
    member_id, number = await linked(runtime, token)
    async with runtime.resources.locks.hold(f"reset {member_id}"):  # so that one request hashes its password
        await usecases.resettable(runtime.db, member_id, number)
        password_hash = await hash_password(body.password)
        view = await runtime.db.transact(usecases.reset_password, member_id, number, password_hash)
    request.state.account = pseudonym(request, view.email)
    request.state.means = SecurityEvent.PASSWORD_CHANGED
    await runtime.throttle.remember("log in", client_of(request), view.email)
    return view
