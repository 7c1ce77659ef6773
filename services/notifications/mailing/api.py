"""HTTP for stopping e-mails, and the operators' view of the ledger."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.store import count_by_state, list_mails
from services.notifications.preferences.store import MEMBERS
from services.notifications.preferences.usecases import stop_mail
from shared.auth import Caller
from shared.errors import NotAllowed
from shared.http.caller import verified
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.problems import refusals

router = APIRouter(tags=["E-mail"])
UnsubscribeToken = Annotated[str, Path(max_length=2000, description="Token from the link to stop e-mails")]
INVALID_LINK = "The link is not valid, or too old"
FOR_OPERATORS = {401: "The token is missing or not valid", 403: "The caller is not an operator"}


class Subscription(BaseModel):
    """The consent of a member to e-mail."""

    mail: bool = Field(description="Whether alerts are sent by e-mail")


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
    member = await MEMBERS.get(runtime.db, claims["sub"])
    mail = bool(member and member.mail)
    return page_or_json(request, "unsubscribe.html", Subscription(mail=mail), done=not mail)


@router.post(
    "/unsubscribe/{token}",
    response_model=Subscription,
    operation_id="stop_emails",
    summary="Stop e-mails",
    responses=refusals({401: INVALID_LINK}),
)
async def stop_emails(token: UnsubscribeToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Stop the e-mails to the member. Alerts still arrive in the inbox."""
    claims = await verified(runtime, token, "unsubscribe", "notifications")
    await runtime.db.transact(stop_mail, claims["sub"])
    return page_or_json(request, "unsubscribe.html", Subscription(mail=False), done=True)


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


def require_operator(caller: Caller) -> None:
    """Raise NotAllowed if the caller is not an operator."""
    if not caller.operator:
        raise NotAllowed("Only operators of the platform can read deliveries.")
