"""HTTP for second factors: read, begin, switch on and off, replace the recovery codes."""

from fastapi import APIRouter, Request

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.factors import usecases
from services.profiles.accounts.factors.domain import (
    CodeBody,
    Enrolment,
    FactorView,
    PasswordProof,
    RecoveryCodes,
    new_recovery_codes,
)
from services.profiles.accounts.usecases import own_account, require_password
from services.profiles.dependencies import CurrentRuntime, EnrollingCaller, LoggedInCaller
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY
from shared.security import SecurityEvent

router = APIRouter(tags=["Accounts"])
REFUSED = {401: "The token is missing or not valid", 403: "The token is an API token"}
WITH_CODE = {**REFUSED, 404: "You have no second factor", 422: "The code is wrong, or was used already", **TOO_MANY}
CHANGED = SecurityEvent.SECOND_FACTOR_CHANGED


@router.get(
    "/me/second-factor",
    operation_id="read_second_factor",
    summary="Read the state of your second factor",
    responses=refusals(REFUSED),
)
async def read_second_factor(runtime: CurrentRuntime, caller: EnrollingCaller) -> FactorView:
    """Return whether your log-ins need a code, and how many recovery codes are left."""
    return await usecases.factor_of(runtime.db, caller, needed=usecases.operators_need_factor(runtime))


@router.post(
    "/me/second-factor",
    operation_id="begin_second_factor",
    summary="Begin to set up a second factor",
    responses=refusals(
        {
            **REFUSED,
            409: "You have a second factor",
            412: "The account was changed at the same moment",
            422: "The password is wrong",
            **TOO_MANY,
        }
    ),
)
async def begin_second_factor(
    body: PasswordProof, request: Request, runtime: CurrentRuntime, caller: EnrollingCaller
) -> Enrolment:
    """Return a new secret for an app that shows codes by the time (TOTP, RFC 6238).

    Nothing changes until you send a code of the app within 15 minutes, with the same log-in.
    """
    member = await own_account(runtime.db, caller.id)
    async with attempt(request, runtime, member.email, CHANGED):
        await require_password(member, body.current, "current")
        return await runtime.db.transact(usecases.begin_factor, member, caller)


@router.post(
    "/me/second-factor/on",
    operation_id="switch_second_factor_on",
    summary="Switch your second factor on",
    responses=refusals(
        {**REFUSED, 409: "It was not begun with this log-in", 422: "The code is wrong, or was used", **TOO_MANY}
    ),
)
async def switch_second_factor_on(
    body: CodeBody, request: Request, runtime: CurrentRuntime, caller: EnrollingCaller
) -> RecoveryCodes:
    """Require a code at each log-in from now on, and show ten recovery codes once. All your other sessions end.

    An operator who had no second factor logs in again, with a code.
    """
    codes = new_recovery_codes()
    async with attempt(request, runtime, (await own_account(runtime.db, caller.id)).email, CHANGED):
        return await runtime.db.transact(usecases.switch_on, codes, caller, body.code)


@router.post(
    "/me/second-factor/off",
    status_code=204,
    operation_id="switch_second_factor_off",
    summary="Switch your second factor off",
    responses=refusals({**WITH_CODE, 403: "The token is an API token, or you are an operator, who needs the factor"}),
)
async def switch_second_factor_off(
    body: CodeBody, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> None:
    """Log in with the password alone from now on. Your app's codes and the recovery codes end."""
    async with attempt(request, runtime, (await own_account(runtime.db, caller.id)).email, CHANGED):
        await runtime.db.transact(
            usecases.switch_off, caller, body.code, needed=usecases.operators_need_factor(runtime)
        )


@router.post(
    "/me/recovery-codes",
    operation_id="replace_recovery_codes",
    summary="Replace your recovery codes",
    responses=refusals(WITH_CODE),
)
async def replace_recovery_codes(
    body: CodeBody, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> RecoveryCodes:
    """Return ten new recovery codes, which are shown once. Those before them end."""
    codes = new_recovery_codes()
    async with attempt(request, runtime, (await own_account(runtime.db, caller.id)).email, CHANGED):
        return await runtime.db.transact(usecases.replace_recovery_codes, codes, caller, body.code)
