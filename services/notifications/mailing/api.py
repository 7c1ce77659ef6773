"""HTTP for stopping e-mails, and the operators' view of the ledger."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.store import count_by_state, list_mails
from services.notifications.mailing.usecases import NotResendable, resend
from services.notifications.preferences.domain import SCOPE_WORDS, Scope, Subscription
from services.notifications.preferences.store import MEMBERS
from services.notifications.preferences.usecases import change_consents, subscription_of
from shared.auth import Caller
from shared.errors import NotAllowed, NotFound
from shared.fields import Distinct, OneLine
from shared.http.caller import verified
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.problems import refusals
from shared.models import Body
from shared.service import Runtime

router = APIRouter(tags=["E-mail"])
UnsubscribeToken = Annotated[str, Path(max_length=2000, description="Token from the link to stop e-mails")]
MailId = Annotated[str, OneLine(80, fewest=1)]
INVALID_LINK = "The link is not valid, or too old"
FOR_OPERATORS = {401: "The token is missing or not valid", 403: "The caller is not an operator"}


class Delivery(BaseModel):
    """An e-mail in the ledger, and its outcome."""

    id: str
    member_id: str
    occasions: list[str] = Field(description="What the e-mail is about, as a key for each occasion")
    state: State
    created_at: datetime
    sent_at: datetime | None
    note: str = Field(description="Reason for the state, in words")

    @classmethod
    def of(cls, mail: Mail) -> "Delivery":
        """Return the view of an e-mail."""
        return cls(
            id=mail.id,
            member_id=mail.member_id,
            occasions=mail.occasions,
            state=mail.state,
            created_at=mail.created_at,
            sent_at=mail.sent_at,
            note=mail.note,
        )


class DeliveryFilter(Paging):
    """Filters for the ledger."""

    state: State | None = Field(None, description="Only e-mails in this state")


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


class Summary(BaseModel):
    """Numbers of members, alerts and e-mails."""

    members: int
    alerts: int
    mails: dict[str, int] = Field(description="Number of e-mails in each state")


@router.get(
    "/unsubscribe/{token}",
    response_model=Subscription,
    operation_id="read_subscription",
    summary="Check a link to stop e-mails",
    responses=refusals({401: INVALID_LINK}),
)
async def read_subscription(token: UnsubscribeToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Return whether the member receives e-mails, and change nothing (RFC 8058). The page has a button that posts."""
    claims = await verified(runtime, token, "unsubscribe", "notifications")
    return unsubscribe_page(request, token, claims, await subscription_of(runtime.db, claims["sub"]))


@router.post(
    "/unsubscribe/{token}",
    response_model=Subscription,
    operation_id="stop_emails",
    summary="Stop e-mails",
    responses=refusals({401: INVALID_LINK}),
)
async def stop_emails(token: UnsubscribeToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Stop the e-mails of the scope that the link is for. Alerts still arrive in the inbox, other e-mails are sent."""
    return await change_scope(token, request, runtime, False)


@router.post(
    "/unsubscribe/{token}/undo",
    response_model=Subscription,
    operation_id="resume_emails_by_link",
    summary="Send e-mails again",
    responses=refusals({401: INVALID_LINK}),
)
async def undo_stop(token: UnsubscribeToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Send the e-mails of the scope that the link is for again."""
    return await change_scope(token, request, runtime, True)


async def change_scope(token: str, request: Request, runtime: Runtime, consent: bool) -> Response:
    """Stop or resume the e-mails that a link is for, and answer with the page of the link."""
    claims = await verified(runtime, token, "unsubscribe", "notifications")
    consents = {scope_of(claims): consent}
    subscription = await runtime.db.transact(change_consents, claims["sub"], consents)
    return unsubscribe_page(request, token, claims, subscription)


def scope_of(claims: Mapping[str, Any]) -> Scope:
    """Return the scope that a link is for; links of version 0.1 are for calls."""
    return Scope(claims.get("scope", Scope.CALLS))


def unsubscribe_page(request: Request, token: str, claims: Mapping[str, Any], subscription: Subscription) -> Response:
    """Return the page of a link, with the button that stops or resumes its e-mails."""
    scope, path = scope_of(claims), f"/unsubscribe/{token}"
    done, about = subscription.stops(scope), SCOPE_WORDS[scope]
    return page_or_json(request, "unsubscribe.html", subscription, done=done, about=about, path=path)


@router.get(
    "/deliveries/summary",
    operation_id="summarise_deliveries",
    summary="Count alerts and e-mails",
    responses=refusals(FOR_OPERATORS),
)
async def summarise_deliveries(runtime: CurrentRuntime, caller: CurrentCaller) -> Summary:
    """Return the numbers of members and alerts, and of e-mails in each state. Only operators can do this."""
    require_operator(caller)
    members, alerts = await MEMBERS.count(runtime.db, {}), await ALERTS.count(runtime.db, {})
    return Summary(members=members, alerts=alerts, mails=await count_by_state(runtime.db))


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
    require_operator(caller)
    mails = await list_mails(runtime.db, q.state, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(Delivery, mails, q.limit, "created_at", Delivery.of)


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
    require_operator(caller)
    done, refused = [], []
    for id in body.ids:
        try:
            await runtime.db.transact(resend, id)
        except (NotFound, NotResendable) as error:
            refused.append(NotResent(id=id, reason=error.detail))
        else:
            done.append(id)
    return Resent(done=done, refused=refused)


def require_operator(caller: Caller) -> None:
    """Raise NotAllowed if the caller is not an operator."""
    if not caller.operator:
        raise NotAllowed("Only operators of the platform can read deliveries.")
