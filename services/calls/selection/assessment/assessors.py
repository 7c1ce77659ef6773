"""HTTP for the assessors of a round: find members by name, excuse or replace an assessor, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.calls.audit.view import AuditLog, read_audit_log
from services.calls.catalogue.access import own_call
from services.calls.dependencies import (
    GIVES_RIGHTS,
    NOTIFIES,
    SEARCHES_FOR_MEMBERS,
    CallId,
    CurrentCaller,
    CurrentRuntime,
    CutOffNumber,
    MemberId,
)
from services.calls.members.usecases import find_members
from services.calls.organisations.store import organisations_of_members
from services.calls.selection.assessment import usecases
from services.calls.selection.assessment.access import readable_round, round_view
from services.calls.selection.assessment.excuses import ExcuseBody
from services.calls.selection.assessment.views import RoundView
from shared.auth import Caller
from shared.fields import OneLine
from shared.http.paging import Paging
from shared.http.preconditions import etag
from shared.http.problems import refusals
from shared.models import Body
from shared.mongo import Transaction

router = APIRouter(tags=["Assessment"])
NOT_PUBLISHED = "Call or round not found, or you do not publish the call"


class FoundMember(BaseModel):
    """A member whom a publisher can name as an assessor."""

    id: str
    name: str
    organisations: list[str] = Field(description="Names of the published organisations that the member belongs to")


class MemberSearch(Body):
    """Query parameters of a search for members."""

    name: Annotated[str, OneLine(120)] = Field(
        description="Beginnings of words of the name, without regard to case and accents; at least three letters"
    )


@router.get(
    "/calls/{id}/assessors",
    operation_id="find_assessors",
    dependencies=SEARCHES_FOR_MEMBERS,
    summary="Find members to name as assessors",
    responses=refusals({404: "Call not found, or you do not publish it", 422: "The name has too few letters"}),
)
async def find_assessors(
    id: CallId, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[MemberSearch, Query()]
) -> list[FoundMember]:
    """Return at most ten members by name, for publishers of the call. Write more of the name if there are too many."""
    await own_call(runtime.db, id, caller)
    members = await find_members(runtime.db, q.name)
    organisations = await organisations_of_members(runtime.db, [member.id for member in members])
    return [FoundMember(id=each.id, name=each.name, organisations=organisations[each.id]) for each in members]


@router.post(
    "/calls/{id}/rounds/{number}/assessors/{member_id}/excuse",
    operation_id="excuse_assessor",
    dependencies=[*NOTIFIES, *GIVES_RIGHTS],
    summary="Excuse or replace an assessor",
    responses=refusals(
        {
            404: "Call, round or assessor not found, or you do not publish the call",
            409: "The round is not open, or too few assessors would be left",
            422: "The reason is missing, or the replacement assesses already or was excused",
        }
    ),
)
async def excuse_assessor(
    id: CallId,
    number: CutOffNumber,
    member_id: MemberId,
    body: ExcuseBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> RoundView:
    """End the task of an absent assessor, so that decisions no longer wait for them; both members are notified.

    The scores that they gave still count. An excused member cannot assess in the round again.
    """
    async with runtime.resources.locks.hold(id):
        round = await runtime.db.transact(usecases.excuse_assessor, id, number, member_id, body, caller)
    etag(response, round.version)
    return await round_view(runtime.db, round, caller)


@router.get(
    "/calls/{id}/rounds/{number}/trail",
    operation_id="read_round_audit_log",
    summary="Read the audit log of a round",
    responses=refusals({404: NOT_PUBLISHED}),
)
async def read_round_audit_log(
    id: CallId,
    number: CutOffNumber,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    paging: Annotated[Paging, Query()],
) -> AuditLog:
    """Return who named, excused and replaced assessors, oldest entry first, and whether the log is intact."""
    return await runtime.db.transact(audit_log_of, id, number, caller, paging)


async def audit_log_of(tx: Transaction, id: str, number: int, caller: Caller, paging: Paging) -> AuditLog:
    """Return a page of the audit log of a round. Raises NotFound."""
    await own_call(tx, id, caller)
    return await read_audit_log(tx, await readable_round(tx, id, number, caller), paging)
