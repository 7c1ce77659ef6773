"""HTTP for "am I eligible?": a profile of the caller's against a call's rules, with every reason in words."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.domain import Call, takes_new_applicants
from services.calls.edge import By, Here
from services.calls.eligibility.domain import Answer, Applicant, Application, Check, Role, Verdict, check_all, verdict
from services.calls.publishers import ORGANISATIONS, applicant_of, own_organisation
from services.calls.usecases import visible
from shared.errors import NotFound
from shared.http import page_or_json
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
async def am_i_eligible(id: Id, request: Request, at: Here, by: By, q: Annotated[Question, Query()]) -> Response:
    """For members of the organisation. Raises NotFound."""
    call = await visible(at.db, id, by)
    mine = await own_organisation(at.db, q.organisation_id, by)
    partners = None if q.partner_id is None else await partners_named(at.db, q.partner_id, mine.id)
    of = Application(applicant_of(mine), q.role, partners)
    checks = [still_open(call, at), *check_all(call.eligibility, of)]
    answer = Eligible(verdict=verdict(checks), organisation_id=mine.id, organisation_name=mine.name, checks=checks)
    return page_or_json(request, "eligibility.html", answer, call=call)


async def partners_named(at: Reader, ids: list[str], mine: str) -> list[Applicant]:
    """Published organisations, in one query. Raises NotFound."""
    wanted = {*ids} - {mine}
    found = await ORGANISATIONS.find(at, {"_id": {"$in": [*wanted]}}, limit=len(wanted) or 1)
    if missing := wanted - {one.id for one in found}:
        raise NotFound(f"there is no published organisation {min(missing)}", field="partner_id")
    return [applicant_of(one) for one in found]


def still_open(call: Call, at: Runtime) -> Check:
    """The one rule that the clock decides."""
    now = at.db.now()
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
