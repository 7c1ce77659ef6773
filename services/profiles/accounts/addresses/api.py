"""HTTP for changes of addresses: ask for one with the password, make it by the link."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from services.profiles.accounts.addresses import usecases
from services.profiles.accounts.addresses.domain import AddressAsked, AddressBody, AddressView
from services.profiles.accounts.api import may_mail_to
from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.domain import MemberView
from services.profiles.accounts.usecases import own_account, require_password
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.errors import NotAuthenticated
from shared.http.caller import verified
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY
from shared.ids import new_id
from shared.security import SecurityEvent
from shared.sentences import _
from shared.service import Runtime

router = APIRouter(tags=["Accounts"])
AddressToken = Annotated[str, Path(max_length=2000, description="Token from the link in the e-mail")]
INVALID_LINK = "The link is not valid, or older than a day"
USED_LINK = "The link was used, or the password was changed since"


async def linked(runtime: Runtime, token: str) -> str:
    """Return the id of the change that a link is for. Raises NotAuthenticated."""
    try:
        claims = await verified(runtime, token, ["address"], "notifications")
    except NotAuthenticated as error:
        raise NotAuthenticated(
            _("This link is not valid, or has expired. Ask for the change again at /me/address.")
        ) from error
    return str(claims["sub"])


@router.post(
    "/me/address",
    status_code=202,
    operation_id="request_address",
    summary="Ask for another e-mail address",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            403: "The token is an API token",
            404: "The account no longer exists",
            412: "The account was changed at the same moment",
            422: "The password is wrong, or the address is not valid or the present one",
            **TOO_MANY,
        }
    ),
)
async def request_address(
    body: AddressBody, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> AddressAsked:
    """Send a link to the new address, and tell the present one. Nothing changes until the link is opened within a day.

    A new password ends the link. The answer does not tell whether the address has an account; its owner is told then
    that they have one.
    """
    member = await own_account(runtime.db, caller.id)
    async with attempt(request, runtime, member.email, SecurityEvent.ADDRESS_REQUESTED):
        await require_password(member, body.current, "current")
    may_mail = await may_mail_to(request, body.email)
    return await runtime.db.transact(usecases.ask_for_address, new_id(), member, body.email, may_mail=may_mail)


@router.get(
    "/address/{token}",
    operation_id="read_new_address",
    summary="Read which address a link is for",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK}),
)
async def read_new_address(token: AddressToken, runtime: CurrentRuntime) -> AddressView:
    """Return the address, and change nothing, because mail scanners follow links too."""
    return await usecases.asked_address(runtime.db, await linked(runtime, token))


@router.post(
    "/address/{token}",
    operation_id="change_address",
    summary="Give your account the new address",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK, 409: "Another account has the address by now"}),
)
async def change_address(token: AddressToken, request: Request, runtime: CurrentRuntime) -> MemberView:
    """Replace the address of the account that the link is for. The other services follow by an event."""
    change_id = await linked(runtime, token)
    moved = await runtime.db.transact(usecases.move, change_id)
    request.state.means = SecurityEvent.ADDRESS_CHANGED
    return moved
