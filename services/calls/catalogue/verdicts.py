"""HTTP for "am I eligible?": a profile of the caller's against a call's rules, with every reason in words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible
from services.calls.catalogue.domain import Call, takes_new_applicants
from services.calls.catalogue.eligibility.domain import Answer, Application, Check, Role, Verdict, check_all, verdict
from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.organisations.domain import Applicant, applicant_of
from services.calls.organisations.store import ORGANISATIONS
from services.calls.organisations.usecases import own_organisation
from shared.errors import NotFound
from shared.http.negotiation import page_or_json
from shared.ids import Id
from shared.models import Body
from shared.mongo import Reader
from shared.service import Runtime

router = APIRouter()


class Question(Body):
    """Which profile, in what role, and with whom."""

    organisation_id: Id
    role: Role | None = None
    partner_id: list[Id] | None = Field(None, max_length=50, description="Published organisations; left out: not said")


class Eligible(BaseModel):
    """The answer; each check says its reason, and what would change it where it does not hold."""

    verdict: Verdict
    organisation_id: str
    organisation_name: str
    checks: list[Check]


@router.get("/calls/{id}/eligibility", response_model=Eligible)
async def am_i_eligible(
    id: Id, request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Question, Query()]
) -> Response:
    """For members of the organisation. Raises NotFound."""
    call = await visible(runtime.db, id, caller)
    mine = await own_organisation(runtime.db, q.organisation_id, caller)
    partners = None if q.partner_id is None else await partners_named(runtime.db, q.partner_id, mine.id)
    of = Application(applicant_of(mine), q.role, partners)
    checks = [still_open(call, runtime), *check_all(call.eligibility, of)]
    answer = Eligible(verdict=verdict(checks), organisation_id=mine.id, organisation_name=mine.name, checks=checks)
    return page_or_json(request, "eligibility.html", answer, call=call)


async def partners_named(reader: Reader, ids: list[str], mine: str) -> list[Applicant]:
    """Published organisations, in one query. Raises NotFound."""
    wanted = {*ids} - {mine}
    found = await ORGANISATIONS.find(reader, {"_id": {"$in": [*wanted]}}, limit=len(wanted) or 1)
    if missing := wanted - {one.id for one in found}:
        raise NotFound(f"there is no published organisation {min(missing)}", field="partner_id")
    return [applicant_of(one) for one in found]


def still_open(call: Call, runtime: Runtime) -> Check:
    """The one rule that the clock decides."""
    now = runtime.db.now()
    if takes_new_applicants(call, now):
        return Check(rule="open", answer=Answer.HOLDS, reason="the call takes applications")
    if call.opens_at and call.opens_at > now:
        return Check(
            rule="open", answer=Answer.UNKNOWN, reason="the call is not open yet", change="wait until it opens"
        )
    if call.forthcoming and call.opens_at is None and call.closes_at > now:
        return Check(rule="open", answer=Answer.UNKNOWN, reason="the opening is not known", change="follow the call")
    if call.closes_at > now and call.closed_at is None:
        reason = "the first stage has passed: the second is for those who were chosen in it"
        return Check(rule="open", answer=Answer.HOLDS_NOT, reason=reason, change="look for the next call of its kind")
    reason = "the call takes no applications"
    return Check(rule="open", answer=Answer.HOLDS_NOT, reason=reason, change="look for the next call of its kind")
