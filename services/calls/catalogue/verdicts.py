"""HTTP for "Am I eligible?": an organisation of the caller against the rules of a call, with every reason in words."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.eligibility.domain import Answer, Candidate, Check, Role, Verdict, check_all, verdict
from services.calls.catalogue.moments import takes_new_applicants
from services.calls.catalogue.status import Status, status
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime
from services.calls.organisations.domain import Applicant, applicant_of
from services.calls.organisations.store import ORGANISATIONS, PUBLIC
from services.calls.organisations.usecases import own_organisation
from shared.auth import Caller
from shared.errors import NotFound
from shared.fields import Distinct
from shared.http.problems import refusals
from shared.ids import Id
from shared.models import Body
from shared.mongo import Database, Reader
from shared.sentences import _

router = APIRouter(tags=["Eligibility"])
FIND_ANOTHER = _("look for the next call of its kind")


class EligibilityQuery(Body):
    """Which organisation would apply, in which role, and with which partners."""

    organisation_id: Id = Field(description="Id of a published organisation of yours")
    role: Role | None = Field(None, description="Role in the consortium; left out: undecided")
    partner_id: Annotated[list[Id], Distinct(50)] | None = Field(
        None, description="Ids of published organisations; left out: undecided"
    )


class EligibilityView(BaseModel):
    """The verdict and the check of each rule."""

    verdict: Verdict
    organisation_id: str
    organisation_name: str
    checks: list[Check] = Field(description="Each rule with its answer, the reason, and what would change the answer")


@router.get(
    "/calls/{id}/eligibility",
    operation_id="check_eligibility",
    summary="Check whether an organisation may apply",
    responses=refusals({404: "Call not found, or an organisation is not published or not yours"}),
)
async def check_eligibility(
    id: CallId, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[EligibilityQuery, Query()]
) -> EligibilityView:
    """Check an organisation of which you are a member against the rules of a call."""
    return await verdict_for(runtime.db, await visible_call(runtime.db, id, caller), caller, q)


async def verdict_for(db: Database, call: Call, caller: Caller, q: EligibilityQuery) -> EligibilityView:
    """Return whether an organisation may apply. Raise NotFound if it is not the caller's, or a partner not public."""
    organisation = await own_organisation(db, q.organisation_id, caller)
    partners = None if q.partner_id is None else await partners_of(db, q.partner_id, organisation.id)
    candidate = Candidate(applicant_of(organisation), q.role, partners)
    checks = [check_open(call, db.now()), *check_all(call.eligibility, candidate)]
    return EligibilityView(
        verdict=verdict(checks), organisation_id=organisation.id, organisation_name=organisation.name, checks=checks
    )


async def partners_of(reader: Reader, ids: list[str], applicant_id: str) -> list[Applicant]:
    """Return the partners, without the applicant, read in one query. Raise NotFound if one is not published."""
    partner_ids = {*ids} - {applicant_id}
    partners = await ORGANISATIONS.find(reader, {"_id": {"$in": [*partner_ids]}, **PUBLIC}, limit=len(partner_ids) or 1)
    if missing := partner_ids - {partner.id for partner in partners}:
        raise NotFound(_("Organisation {id} is not published. Leave it out.", id=min(missing)), field="partner_id")
    return [applicant_of(partner) for partner in partners]


def check_open(call: Call, now: datetime) -> Check:
    """Return the check whether the call accepts applications at this time."""
    if takes_new_applicants(call, now):
        return Check(rule="open", answer=Answer.HOLDS, reason=_("the call accepts applications"))
    match status(call, now):
        case Status.FORTHCOMING if call.opens_at:
            return _check_open(Answer.UNKNOWN, _("the call is not open yet"), _("wait until it opens"))
        case Status.FORTHCOMING:
            return _check_open(Answer.UNKNOWN, _("the date of the opening is not known"), _("follow the call"))
        case Status.OPEN | Status.CLOSING_SOON:
            reason = _("the first stage is over, and the second is for those who were selected in the first")
            return _check_open(Answer.HOLDS_NOT, reason, FIND_ANOTHER)
        case _:
            return _check_open(Answer.HOLDS_NOT, _("the call does not accept applications"), FIND_ANOTHER)


def _check_open(answer: Answer, reason: str, change: str) -> Check:
    return Check(rule="open", answer=answer, reason=reason, change=change)
