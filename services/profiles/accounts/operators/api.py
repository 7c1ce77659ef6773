"""HTTP for operators: list them, give and take the role, read who did it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.profiles.accounts.operators import usecases
from services.profiles.accounts.operators.domain import OperatorBody, OperatorView, RoleChangeView
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.http.problems import refusals
from shared.http.security import means
from shared.ids import Id
from shared.security import SecurityEvent

router = APIRouter(tags=["Accounts"])
OperatorId = Annotated[Id, Path(description="Id of the member who operates the platform")]
REFUSED = {401: "The token is missing or not valid", 403: "The caller is not an operator, or sent an API token"}
CHANGES_RIGHTS = [Depends(means(SecurityEvent.RIGHTS_CHANGED))]


@router.get("/operators", operation_id="list_operators", summary="List the operators", responses=refusals(REFUSED))
async def list_operators(runtime: CurrentRuntime, caller: LoggedInCaller) -> list[OperatorView]:
    """Return who operates the platform; operators only."""
    return await usecases.operators(runtime.db, caller)


@router.get(
    "/operators/changes",
    operation_id="list_role_changes",
    summary="List who gave and took the role",
    responses=refusals(REFUSED),
)
async def list_role_changes(runtime: CurrentRuntime, caller: LoggedInCaller) -> list[RoleChangeView]:
    """Return the last 50 changes of the role of an operator, the newest first; operators only."""
    return await usecases.role_changes(runtime.db, caller)


@router.post(
    "/operators",
    status_code=201,
    operation_id="appoint_operator",
    summary="Make a member an operator",
    responses=refusals(
        {
            **REFUSED,
            404: "No member has confirmed the address",
            409: "The member is an operator",
            412: "The account was changed at the same moment",
            422: "The address is missing or not valid",
        }
    ),
    dependencies=CHANGES_RIGHTS,
)
async def appoint_operator(body: OperatorBody, runtime: CurrentRuntime, caller: LoggedInCaller) -> OperatorView:
    """Give a member the role of an operator. Their log-ins and API tokens end, and they are told by e-mail."""
    return await runtime.db.transact(usecases.appoint, body.email, caller)


@router.delete(
    "/operators/{member_id}",
    status_code=204,
    operation_id="dismiss_operator",
    summary="Take the role from an operator",
    responses=refusals(
        {
            **REFUSED,
            404: "The person is no operator",
            409: "It is the last operator",
            412: "The account was changed at the same moment",
        }
    ),
    dependencies=CHANGES_RIGHTS,
)
async def dismiss_operator(member_id: OperatorId, runtime: CurrentRuntime, caller: LoggedInCaller) -> None:
    """Take the role from an operator. Their tokens end at once in every service, and they are told by e-mail."""
    await runtime.db.transact(usecases.dismiss, member_id, caller)
