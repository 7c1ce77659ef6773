"""HTTP for erasures: what stands in the way, erase your own account, erase for a person who asked, the proofs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.usecases import own_account, require_password
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from services.profiles.privacy.erasures import usecases
from services.profiles.privacy.erasures.domain import Erased, ErasureBody, ErasureForOther, ErasureOutlook, ErasureView
from shared.http.paging import Page, Paging
from shared.http.problems import refusals
from shared.http.security import means
from shared.http.throttling import TOO_MANY
from shared.personal import PersonalData
from shared.security import SecurityEvent
from shared.service import Runtime

router = APIRouter(tags=["Erasures"])
REFUSED = {401: "The token is missing or not valid", 403: "The token is an API token"}
FOR_OPERATORS = REFUSED | {403: "The token is an API token, or not that of an operator"}


@router.get(
    "/me/erasure",
    operation_id="read_erasure_outlook",
    summary="Read what comes before an erasure",
    responses=refusals(REFUSED | {404: "The account no longer exists"}),
)
async def read_erasure_outlook(runtime: CurrentRuntime, caller: LoggedInCaller) -> ErasureOutlook:
    """Return what you do before your account can be erased, such as handing over an organisation."""
    return await usecases.outlook(runtime.db, caller)


@router.post(
    "/me/erasure",
    operation_id="erase_own_account",
    summary="Erase your account",
    responses=refusals(
        REFUSED
        | {
            404: "The account no longer exists",
            409: "You are the only administrator of an organisation, or the only operator",
            412: "The account was changed at the same moment",
            422: "The password is wrong",
            **TOO_MANY,
        }
    ),
)
async def erase_own_account(
    body: ErasureBody, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> Erased:
    """Erase your account and everything about you in all services. It cannot be undone; your tokens end at once.

    What others rely on is kept without you: applications, claims, decisions and their audit logs, answered questions.
    """
    member = await own_account(runtime.db, caller.id)
    async with attempt(request, runtime, member.email, SecurityEvent.ACCOUNT_ERASED):
        await require_password(member, body.password, "password")
        return await runtime.db.transact(usecases.erase_member, _holdings(runtime), caller.id, "member")


@router.get(
    "/erasures",
    operation_id="list_erasures",
    summary="List erasures",
    responses=refusals(FOR_OPERATORS),
)
async def list_erasures(
    runtime: CurrentRuntime, caller: LoggedInCaller, paging: Annotated[Paging, Query()]
) -> Page[ErasureView]:
    """Return the proofs of erasures, for operators: what each service erased and kept, and which have not answered."""
    return await usecases.erasures(runtime.db, caller, paging)


@router.post(
    "/erasures",
    operation_id="erase_member",
    summary="Erase a member who asked for it",
    responses=refusals(
        FOR_OPERATORS
        | {
            404: "No member has this address",
            409: "The member is the only administrator of an organisation, or the only operator",
            412: "The account was changed at the same moment",
            422: "Your password is wrong",
            **TOO_MANY,
        }
    ),
    dependencies=[Depends(means(SecurityEvent.ACCOUNT_ERASED))],
)
async def erase_member(
    body: ErasureForOther, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> Erased:
    """Erase a member who wrote to the operators. Make sure that the person who wrote owns the address."""
    caller.require_operator(usecases.ONLY_OPERATORS)
    operator = await own_account(runtime.db, caller.id)
    async with attempt(request, runtime, operator.email, SecurityEvent.ACCOUNT_ERASED):
        await require_password(operator, body.password, "password")
        return await runtime.db.transact(usecases.erase_for_other, _holdings(runtime), body.email, caller)


def _holdings(runtime: Runtime) -> PersonalData:
    """Return what profiles holds of members."""
    assert runtime.service.personal  # noqa: S101
    return runtime.service.personal
