"""What can be done with forms and applications."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.calls.audit.store import change_audited, insert_audited
from services.calls.catalogue.access import own_call, visible_call
from services.calls.catalogue.domain import Call, check_editable
from services.calls.catalogue.eligibility.domain import Answer, Candidate, check_all
from services.calls.catalogue.store import CALLS
from services.calls.files.store import drop
from services.calls.ledger.domain import limits
from services.calls.ledger.store import LEDGERS, commit, set_limits
from services.calls.organisations.domain import EDITORS, OrganisationCopy, applicant_of
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.calls.selection.applications import domain
from services.calls.selection.applications.domain import (
    Application,
    ApplicationBody,
    Form,
    State,
    Submission,
    next_state,
)
from services.calls.selection.applications.form import FormBody, check_answers
from services.calls.selection.applications.reserve import call_of, give_back
from services.calls.selection.applications.store import (
    APPLICATIONS,
    FORMS,
    SUBMISSIONS,
    are_undecided,
    newest_form,
    was_selected,
)
from services.calls.terms import begun
from shared.auth import Caller
from shared.copies import wait_for_copy
from shared.errors import NotFound, Stale
from shared.models import ExpectedVersion
from shared.mongo import Database, Duplicate, Reader, Transaction


class Receipt(BaseModel):
    """What an applicant has in hand. `hash` covers every fact of the submission, its answers and its time."""

    application_id: str
    version: int = Field(description="Of the application, from now on")
    state: State
    number: int
    call_id: str
    cut_off: int
    deadline: datetime
    form: int
    at: datetime
    hash: str


async def change_form(tx: Transaction, call_id: str, body: FormBody, caller: Caller, version: ExpectedVersion) -> Form:
    """One more version; applications that answered an older one stay as they are. Raises CallClosed, Stale."""
    call = await own_call(tx, call_id, caller)
    check_editable(call, tx.now)
    newest = await newest_form(tx, call_id)
    number = newest.version if newest else 0
    version.check(number)
    form = Form(id=f"{call_id}:{number + 1}", version=number + 1, call_id=call_id, fields=body.fields, at=tx.now)
    await FORMS.insert(tx, form)
    try:
        await tx.flush()
    except Duplicate as error:
        raise Stale("the form was changed at the same moment; read it again") from error
    return form


async def acts_for(reader: Reader, organisation_id: str, caller: Caller) -> bool:
    """Whether the caller may apply for it: an operator may not, unless it is hers."""
    membership = await MEMBERSHIPS.get(reader, f"{organisation_id}:{caller.id}")
    return membership is not None and membership.role in EDITORS


async def applicant(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """A published organisation that the caller may act for; waits a moment for its copy. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        return await ORGANISATIONS.get(db, organisation_id) if await acts_for(db, organisation_id, caller) else None

    found = await wait_for_copy(find)
    if found is None:
        raise NotFound("there is no such published organisation of yours", field="organisation_id")
    return found


async def mine(reader: Reader, id: str, caller: Caller) -> Application:
    """Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    if application is None or not await acts_for(reader, application.organisation_id, caller):
        raise NotFound("there is no such application of yours")
    return application


async def start(
    tx: Transaction, id: str, call_id: str, body: ApplicationBody, caller: Caller, organisation: OrganisationCopy
) -> Application:
    """A draft for the cut-off ahead. Raises NotOpen, CutOffPassed, NoForm, AlreadyApplied."""
    call = await visible_call(tx, call_id, caller)
    cut_off = which_cut_off(call, tx.now)
    if domain.is_second_stage(call, cut_off) and not await was_selected(tx, call_id, 1, organisation.id):
        raise domain.NotOpen("the second stage is for those who were selected in the first", field="status")
    application = Application(
        id=id,
        call_id=call_id,
        call_title=call.title,
        call_kind=call.kind,
        cut_off=cut_off,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        by=caller.id,
        made_at=tx.now,
        **await content(tx, call_id, body),
    )
    made = await insert_audited(tx, APPLICATIONS, application, "started", caller.id)
    try:
        await tx.open(APPLICATIONS.name)
    except Duplicate as error:
        raise domain.AlreadyApplied(f"{organisation.name} has an application at this cut-off") from error
    return made


def which_cut_off(call: Call, when: datetime) -> int:
    """The one ahead, or the last one for late ones. Raises NotOpen, CutOffPassed."""
    try:
        return domain.cut_off_ahead(call, when)
    except domain.CutOffPassed:
        if domain.takes_late_ones(call, len(call.cut_offs), when):
            return len(call.cut_offs)
        raise


async def content(reader: Reader, call_id: str, body: ApplicationBody) -> dict[str, Any]:
    """What is kept of a body: answers that fit the newest form, partners that exist. Raises NoForm, NotFound."""
    form = await newest_form(reader, call_id)
    if form is None:
        raise domain.NoForm("this call takes its applications elsewhere: it has no form here")
    partners = sorted({*body.partners} - {body.organisation_id})
    await partners_named(reader, partners)
    answers = check_answers(form.fields, body.answers, complete=False)
    return {"form": form.version, "answers": answers, "partners": partners}


async def partners_named(reader: Reader, ids: list[str]) -> list[OrganisationCopy]:
    """Raises NotFound."""
    found = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=len(ids) or 1)
    if missing := {*ids} - {one.id for one in found}:
        raise NotFound(f"there is no published organisation {min(missing)}", field="partners")
    return found


async def save(
    tx: Transaction, id: str, body: ApplicationBody, caller: Caller, version: ExpectedVersion
) -> Application:
    """New answers, kept beside what was submitted until they are submitted themselves."""
    application = await mine(tx, id, caller)
    version.check(application.version)
    if body.organisation_id != application.organisation_id:
        raise NotFound("an application stays with its organisation", field="organisation_id")
    step_in_time(application, await call_of(tx, application), tx.now, "save", "save late")
    return await APPLICATIONS.change(
        tx, application, application.replace(**await content(tx, application.call_id, body))
    )


def step_in_time(application: Application, call: Call, when: datetime, step: str, late: str) -> State:
    """Where a step leads: one way until the cut-off, another for those who come late. Raises CutOffPassed, NotNow."""
    try:
        domain.check_in_time(call, application.cut_off, when)
    except domain.CutOffPassed:
        if not domain.takes_late_ones(call, application.cut_off, when):
            raise
        return next_state(application.state, late)
    return next_state(application.state, step)


async def submit(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Receipt:
    """What was saved is submitted, and counts from now on. Raises CutOffPassed, AnswersInvalid, NotEligible."""
    application = await mine(tx, id, caller)
    version.check(application.version)
    await check_complete(tx, application)
    at, call = await in_force(tx, application.call_id)  # the last thing before it is written
    state = step_in_time(application, call, at, "submit", "join late")
    if state is State.OWN_COST:
        await take_a_late_place(tx, call, application.cut_off)
    submission = submission_of(application, call, at)
    values = {"state": state, "submissions": submission.number, "submitted_at": at, "receipt": submission.hash}
    if state is State.OWN_COST:  # what was set aside for the case that a reserve is promoted is for somebody else now
        values |= {"commitment": 0}
    sealed = state is not State.OWN_COST
    after = await change_audited(
        tx, APPLICATIONS, application, application.replace(**values, sealed=sealed), "submitted", caller.id
    )
    await SUBMISSIONS.insert(tx, submission)
    return receipt(after, submission)


async def in_force(tx: Transaction, call_id: str) -> tuple[datetime, Call]:
    """The clock at this moment, and the call as it is at this moment, not as it was when the transaction began.

    A cut-off that was moved while the transaction ran is seen. One that is opened for assessment before the
    transaction ends touches every application, so that only one of the two can be committed.
    """
    at = tx.db.now()
    call = await CALLS.get(tx.db, call_id)
    if call is None:
        raise NotFound("there is no such call")
    return at, call


async def check_complete(tx: Transaction, application: Application) -> None:
    """Raises FormChanged, AnswersInvalid, NotEligible, TooManySubmissions."""
    if application.submissions >= domain.MOST_SUBMISSIONS:
        raise domain.TooManySubmissions(f"it was submitted {application.submissions} times: the last one counts")
    form = await newest_form(tx, application.call_id)
    if form is None or form.version != application.form:
        raise domain.FormChanged("the form changed: save your answers to the new one, then submit", field="form")
    check_answers(form.fields, application.answers, complete=True)
    await check_eligible(tx, application)


async def check_eligible(tx: Transaction, application: Application) -> None:
    """What is not known of an applicant does not exclude it. Raises NotEligible."""
    call = await call_of(tx, application)
    [organisation] = await partners_named(tx, [application.organisation_id])
    partners = [applicant_of(one) for one in await partners_named(tx, application.partners)]
    checks = check_all(call.eligibility, Candidate(applicant_of(organisation), "coordinator", partners))
    if against := [check.reason for check in checks if check.answer is Answer.HOLDS_NOT]:
        raise domain.NotEligible("; ".join(against), field="organisation_id")


async def take_a_late_place(tx: Transaction, call: Call, cut_off: int) -> None:
    """Raises NotOpen, NoPlacesLeft."""
    if await are_undecided(tx, call.id, cut_off):
        raise domain.NotOpen("those who came in time are decided on first", field="status")
    if call.mission and await LEDGERS.get(tx, call.id) is None:  # nobody applied in time, and no round was opened
        await set_limits(tx, call.id, limits(call.mission, call.budget))
    await commit(tx, call.id, 1, 0)


async def late_place(db: Database, id: str) -> str | None:
    """The call of which a submission would take a place at once; None, where it would only be taken note of."""
    application = await APPLICATIONS.get(db, id)
    call = await CALLS.get(db, application.call_id) if application else None
    if application is None or call is None or not domain.takes_late_ones(call, application.cut_off, db.now()):
        return None
    return call.id


def submission_of(application: Application, call: Call, when: datetime) -> Submission:
    number = application.submissions + 1
    fields = {"call_id", "cut_off", "organisation_id", "partners", "form", "answers"}
    said = {name: getattr(application, name) for name in fields}
    named = {"id": f"{application.id}:{number:04}", "application_id": application.id, "number": number}
    deadline = call.cut_offs[application.cut_off - 1].deadline
    bare = Submission(**named, **said, deadline=deadline, at=when)
    return bare.replace(hash=bare.hashed())


def receipt(application: Application, submission: Submission) -> Receipt:
    shown = submission.model_dump(include=set(Receipt.model_fields))
    return Receipt(version=application.version, state=application.state, **shown)


async def withdraw(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Application:
    """It counts no more. A place that it had goes to the first of the reserve list."""
    application = await mine(tx, id, caller)
    version.check(application.version)
    state = next_state(application.state, "withdraw")
    call = await call_of(tx, application)
    if application.claim_id or (
        application.state in domain.HAS_A_PLACE and call.mission and begun(call.mission, tx.now)
    ):
        raise domain.NotNow("the mission has begun: what is left is to claim or not to claim", field="state")
    await drop(tx, application.evidence)
    nothing: dict[str, Any] = {"commitment": 0, "evidence": []}
    after = await change_audited(
        tx, APPLICATIONS, application, application.replace(state=state, **nothing), "withdrawn", caller.id
    )
    await give_back(tx, application, after)
    return after
