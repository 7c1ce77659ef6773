"""HTTP for a member's interests and consent to e-mail."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.preferences import usecases
from services.notifications.preferences.domain import Consents, Interest, InterestBody, Scope, Subscription
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id

router = APIRouter()
InterestId = Annotated[Id, Path(description="Id of the interest")]


@router.post(
    "/interests",
    status_code=201,
    tags=["Interests"],
    operation_id="add_interest",
    summary="Add an interest",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            409: "The caller already has 20 interests",
            422: "The interest has no criterion, or a value is not valid",
        }
    ),
)
async def add_interest(
    body: InterestBody, runtime: CurrentRuntime, caller: CurrentCaller, key: IdempotencyKey = None
) -> Interest:
    """Add an interest. You receive an alert about each call and gathering that matches one of your interests."""
    return await idempotent(runtime.db, key, caller.id, Interest, usecases.add_interest, new_id(), body, caller)


@router.get(
    "/interests",
    tags=["Interests"],
    operation_id="list_interests",
    summary="List your interests",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def list_interests(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Interest]:
    """Return the interests of the caller."""
    return await usecases.interests_of(runtime.db, caller)


@router.get(
    "/interests/{id}",
    tags=["Interests"],
    operation_id="read_interest",
    summary="Read an interest",
    responses=refusals({401: "The token is missing or not valid", 404: "Interest not found"}),
)
async def read_interest(id: InterestId, runtime: CurrentRuntime, caller: CurrentCaller) -> Interest:
    """Return one of your interests."""
    return await usecases.interest_of(runtime.db, id, caller)


@router.put(
    "/interests/{id}",
    tags=["Interests"],
    operation_id="replace_interest",
    summary="Change an interest",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            404: "Interest not found",
            422: "The interest has no criterion, or a value is not valid",
        }
    ),
)
async def replace_interest(
    id: InterestId, body: InterestBody, runtime: CurrentRuntime, caller: CurrentCaller
) -> Interest:
    """Replace one of your interests. It needs no If-Match: only you change it, and the last change holds."""
    return await runtime.db.transact(usecases.replace_interest, id, body, caller)


@router.delete(
    "/interests/{id}",
    status_code=204,
    tags=["Interests"],
    operation_id="remove_interest",
    summary="Remove an interest",
    responses=refusals({401: "The token is missing or not valid", 404: "Interest not found"}),
)
async def remove_interest(id: InterestId, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Remove one of your interests."""
    await runtime.db.transact(usecases.remove_interest, id, caller)


@router.get(
    "/subscription",
    tags=["E-mail"],
    operation_id="read_own_subscription",
    summary="Read which e-mails you get",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def read_own_subscription(runtime: CurrentRuntime, caller: CurrentCaller) -> Subscription:
    """Return which alerts are sent to you by e-mail, and whether your address works."""
    return await usecases.subscription_of(runtime.db, caller.id)


@router.put(
    "/subscription",
    tags=["E-mail"],
    operation_id="change_own_subscription",
    summary="Choose which e-mails you get",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def change_own_subscription(body: Consents, runtime: CurrentRuntime, caller: CurrentCaller) -> Subscription:
    """Stop or resume e-mails. To resume also tries an address again that a mail server refused."""
    consents = {Scope.CALLS: body.mail, Scope.OWN: body.own_mail}
    return await runtime.db.transact(usecases.change_consents, caller.id, consents)


@router.post(
    "/subscription/resume",
    tags=["E-mail"],
    operation_id="resume_emails",
    summary="Get all e-mails again",
    responses=refusals({401: "The token is missing or not valid"}),
)
async def resume_emails(runtime: CurrentRuntime, caller: CurrentCaller) -> Subscription:
    """Resume all e-mails, and try an address again that a mail server refused."""
    return await runtime.db.transact(usecases.change_consents, caller.id, dict.fromkeys(Scope, True))
