"""HTTP for stopping e-mails, and the operators' view of the ledger."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.mailing.ledger import (
    ONLY_OPERATORS,
    Delivery,
    DeliveryFilter,
    Summary,
    deliveries,
    summary_of,
)
from services.notifications.mailing.links import linked
from services.notifications.mailing.usecases import NotResendable, resend
from services.notifications.preferences.domain import Subscription
from services.notifications.preferences.usecases import change_consents, subscription_of
from shared.errors import NotFound
from shared.fields import Distinct, OneLine
from shared.http.paging import Page
from shared.http.problems import refusals
from shared.models import Body

router = APIRouter(tags=["E-mail"])
UnsubscribeToken = Annotated[str, Path(max_length=2000, description="Token from the link to stop e-mails")]
MailId = Annotated[str, OneLine(80, fewest=1)]
INVALID_LINK = "The link is not valid, or too old"
FOR_OPERATORS = {401: "The token is missing or not valid", 403: "The caller is not an operator"}


class ResendBody(Body):
    """The e-mails to send again."""

    ids: Annotated[list[MailId], Distinct(100)] = Field(description="Ids of e-mails in the ledger")


class NotResent(BaseModel):
    """An e-mail that cannot be sent again, and why."""

    id: str
    reason: str


class Resent(BaseModel):
    """The e-mails that are sent again, and those that are not."""

    done: list[str]
    refused: list[NotResent]


@router.get(
    "/unsubscribe/{token}",
    operation_id="read_subscription",
    summary="Check a link to stop e-mails",
    responses=refusals({401: INVALID_LINK}),
)
async def read_subscription(token: UnsubscribeToken, runtime: CurrentRuntime) -> Subscription:
    """Return whether the member receives e-mails, and change nothing (RFC 8058). The page has a button that posts."""
    member_id, _ = await linked(runtime, token)
    return await subscription_of(runtime.db, member_id)


@router.post(
    "/unsubscribe/{token}",
    operation_id="stop_emails",
    summary="Stop e-mails",
    responses=refusals({401: INVALID_LINK}),
)
async def stop_emails(token: UnsubscribeToken, runtime: CurrentRuntime) -> Subscription:
    """Stop the e-mails of the scope that the link is for. Alerts still arrive in the inbox, other e-mails are sent."""
    member_id, scope = await linked(runtime, token)
    return await runtime.db.transact(change_consents, member_id, {scope: False})


@router.post(
    "/unsubscribe/{token}/undo",
    operation_id="resume_emails_by_link",
    summary="Send e-mails again",
    responses=refusals({401: INVALID_LINK}),
)
async def undo_stop(token: UnsubscribeToken, runtime: CurrentRuntime) -> Subscription:
    """Send the e-mails of the scope that the link is for again."""
    member_id, scope = await linked(runtime, token)
    return await runtime.db.transact(change_consents, member_id, {scope: True})


@router.get(
    "/deliveries/summary",
    operation_id="summarise_deliveries",
    summary="Count alerts and e-mails",
    responses=refusals(FOR_OPERATORS),
)
async def summarise_deliveries(runtime: CurrentRuntime, caller: CurrentCaller) -> Summary:
    """Return the numbers of members and alerts, and of e-mails in each state. Only operators can do this."""
    return await summary_of(runtime.db, caller)


@router.get(
    "/deliveries",
    operation_id="list_deliveries",
    summary="List e-mails in the ledger",
    responses=refusals({**FOR_OPERATORS, 422: "A filter or the cursor is not valid"}),
)
async def list_deliveries(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[DeliveryFilter, Query()]
) -> Page[Delivery]:
    """Return the e-mails of the ledger with their outcome, the newest first. Only operators can do this."""
    return await deliveries(runtime.db, caller, q)


@router.post(
    "/deliveries/resend",
    operation_id="resend_deliveries",
    summary="Send failed e-mails again",
    responses=refusals(FOR_OPERATORS),
)
async def resend_deliveries(body: ResendBody, runtime: CurrentRuntime, caller: CurrentCaller) -> Resent:
    """Send e-mails again that failed, or that are ambiguous: those may arrive twice. Only operators can do this.

    The addresses count as working again.
    """
    caller.require_operator(ONLY_OPERATORS)
    done, refused = [], []
    for id in body.ids:
        try:
            await runtime.db.transact(resend, id)
        except (NotFound, NotResendable) as error:
            refused.append(NotResent(id=id, reason=error.detail))
        else:
            done.append(id)
    return Resent(done=done, refused=refused)
