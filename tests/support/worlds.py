"""A call with its applicants, assessors and gatherings, made by the use cases alone, without HTTP."""

from datetime import datetime, timedelta
from typing import Any

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.usecases import create_call, publish_call
from services.calls.gatherings.domain import GatheringBody, GatheringContent
from services.calls.gatherings.usecases import create_gathering
from services.calls.organisations.domain import PLATFORM, MembershipCopy, OrganisationCopy
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.calls.selection.applications.domain import Application, ApplicationBody
from services.calls.selection.applications.form import FormBody
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.applications.submissions import submit
from services.calls.selection.applications.usecases import change_form, start
from services.calls.selection.assessment.decisions import decide
from services.calls.selection.assessment.domain import AssessmentBody, Decisions, RoundBody
from services.calls.selection.assessment.usecases import assess, name_assessors, open_round
from shared.auth import Caller
from shared.ids import new_id
from shared.models import ExpectedVersion
from shared.mongo import Database
from tests.support.applicants import ANSWERS, BRAZIL, CRITERIA, CUT_OFF, FORM, RATIONALE
from tests.support.gatherings import OF_TWO
from tests.support.people import PROFILE

ANY = ExpectedVersion(None)
OPERATOR = Caller(id="operator", operator=True)
ADA, BEA, CLEO = Caller(id="ada"), Caller(id="bea"), Caller(id="cleo")


def call_body(**more: Any) -> CallBody:
    return CallBody.model_validate(BRAZIL | more)


def round_body(*assessors: Caller) -> RoundBody:
    return RoundBody.model_validate({"assessors": [each.id for each in assessors], "criteria": CRITERIA})


def gathering_content(**more: Any) -> GatheringContent:
    return GatheringContent.model_validate(OF_TWO | more)


def points(number: int) -> AssessmentBody:
    scores = [{"criterion": each["name"], "points": number, "rationale": RATIONALE} for each in CRITERIA]
    return AssessmentBody.model_validate({"scores": scores})


class World:
    """A published call with a form. Each application is of an organisation of its own, and so is its member."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.call_id = new_id()
        self.members: dict[str, Caller] = {}  # by application

    async def publish(self, **more: Any) -> None:
        await self.db.transact(create_call, self.call_id, call_body(**more), PLATFORM)
        await self.db.transact(publish_call, self.call_id, OPERATOR, ANY)
        await self.db.transact(change_form, self.call_id, FormBody.model_validate({"fields": FORM}), OPERATOR, ANY)

    @property
    async def call(self) -> Call:
        call = await CALLS.get(self.db, self.call_id)
        assert call
        return call

    async def organisation(self) -> tuple[Caller, OrganisationCopy]:
        """Return a member and their organisation, as events about them would have stored it."""
        facts = {"country": PROFILE["country"], "kind": PROFILE["kind"], "ecosystems": PROFILE["ecosystems"]}
        member, organisation = Caller(id=new_id()), OrganisationCopy(id=new_id(), name="Cluster", **facts)
        await ORGANISATIONS.insert_new(self.db, [organisation])
        membership = MembershipCopy(id=f"{organisation.id}:{member.id}", role="administrator")
        await MEMBERSHIPS.insert_new(self.db, [membership])
        return member, organisation

    async def draft(self, of: str | None = None) -> str:
        """Start an application of a new organisation, or of the one whose application is given."""
        member, organisation = await (self.applicant_of(of) if of else self.organisation())
        body = ApplicationBody.model_validate({"organisation_id": organisation.id, "answers": ANSWERS})
        made = await self.db.transact(start, new_id(), self.call_id, body, member, organisation)
        self.members[made.id] = member
        return str(made.id)

    async def applicant_of(self, id: str) -> tuple[Caller, OrganisationCopy]:
        organisation = await ORGANISATIONS.get(self.db, (await self.application(id)).organisation_id)
        assert organisation
        return self.members[id], organisation

    async def submitted(self, of: str | None = None) -> str:
        id = await self.draft(of)
        await self.db.transact(submit, id, self.members[id], ANY)
        return id

    async def application(self, id: str) -> Application:
        application = await APPLICATIONS.get(self.db, id)
        assert application
        return application

    def pass_the_cut_off(self, deadline: datetime = CUT_OFF) -> None:
        self.db.clock.travel(deadline + timedelta(minutes=1) - self.db.now())

    async def open_round(self, *assessors: Caller, number: int = 1, deadline: datetime = CUT_OFF) -> None:
        """Pass the cut-off, and open its round for these assessors."""
        await self.db.transact(name_assessors, self.call_id, number, round_body(*assessors), OPERATOR, ANY)
        self.pass_the_cut_off(deadline)
        await self.db.transact(open_round, self.call_id, number, OPERATOR, ANY)

    async def score(self, id: str, *assessors: Caller) -> None:
        for assessor in assessors:
            await self.db.transact(assess, id, points(5), assessor, ANY)

    async def decision(self, id: str, outcome: str, **more: Any) -> Decisions:
        version = (await self.application(id)).version
        values = {"application_id": id, "version": version, "outcome": outcome, "reason": "As the assessors say."}
        return Decisions.model_validate({"decisions": [values | more]})

    async def decide(self, id: str, outcome: str, **more: Any) -> None:
        number = (await self.application(id)).cut_off
        await self.db.transact(decide, self.call_id, number, await self.decision(id, outcome, **more), OPERATOR)

    async def gathering(self, **more: Any) -> str:
        body = GatheringBody.model_validate(OF_TWO | more)
        return str((await self.db.transact(create_gathering, new_id(), body, PLATFORM)).id)
