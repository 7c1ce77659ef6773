"""Submission of an application: the checks, the late places, and the receipt."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.calls.audit.store import change_audited
from services.calls.catalogue.domain import Call
from services.calls.catalogue.eligibility.domain import Answer, Candidate, check_all
from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import limits
from services.calls.ledger.store import LEDGERS, commit, set_limits
from services.calls.organisations.domain import applicant_of
from services.calls.selection.applications import cut_offs, domain
from services.calls.selection.applications.access import call_of, organisations_named, own_application
from services.calls.selection.applications.domain import Application, Submission
from services.calls.selection.applications.events import application_submitted
from services.calls.selection.applications.form import check_answers
from services.calls.selection.applications.reserve import check_no_place
from services.calls.selection.applications.states import State, Step
from services.calls.selection.applications.store import APPLICATIONS, SUBMISSIONS, has_undecided, newest_form
from shared.auth import Caller
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _


class Receipt(BaseModel):
    """Proof of a submission. `hash` covers every fact of it, with its answers and its time."""

    application_id: str
    version: int = Field(description="New version of the application")
    state: State
    number: int = Field(description="Number of the submission, from 1")
    call_id: str
    cut_off: int = Field(description="Number of the cut-off, from 1")
    deadline: datetime
    form: int = Field(description="Version of the form")
    at: datetime
    hash: str

    @classmethod
    def of(cls, application: Application, submission: Submission) -> "Receipt":
        """Return the receipt of a submission."""
        return cls(
            application_id=application.id,
            version=application.version,
            state=application.state,
            number=submission.number,
            call_id=submission.call_id,
            cut_off=submission.cut_off,
            deadline=submission.deadline,
            form=submission.form,
            at=submission.at,
            hash=submission.hash,
        )


async def submit(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Receipt:
    """Submit what was saved; it replaces an earlier submission. Raises CutOffAlreadyPassed, AnswersInvalid, ..."""
    application = await own_application(tx, id, caller)
    version.check(application.version)
    call = await call_of(tx, application)
    await CALLS.touch(tx, call)
    await check_complete(tx, application, call)
    now = tx.db.now()  # as late as possible before the write
    state = cut_offs.next_state_at(application, call, now, in_time=Step.SUBMIT, late=Step.JOIN_LATE)
    if state is State.OWN_COST:
        await take_late_place(tx, call, application)
    submission = domain.new_submission(application, call, now)
    submitted = application.submitted(submission, state)
    after = await change_audited(tx, APPLICATIONS, application, submitted, "submitted", caller.id)
    await SUBMISSIONS.insert(tx, submission)
    tx.publish(application_submitted(after, submission, call))
    return Receipt.of(after, submission)


async def check_complete(tx: Transaction, application: Application, call: Call) -> None:
    """Raise FormChanged, AnswersInvalid, NotEligible or TooManySubmissions if it cannot be submitted."""
    if application.submissions >= domain.MOST_SUBMISSIONS:
        raise domain.TooManySubmissions(
            _(
                "The application was submitted {submissions} times, the most allowed. The last submission counts.",
                submissions=application.submissions,
            )
        )
    form = await newest_form(tx, application.call_id)
    if form is None or form.version != application.form:
        raise domain.FormChanged(
            _("The form changed. Read the new form, save your answers again, then submit."), field="form"
        )
    check_answers(form.fields, application.answers, complete=True)
    await check_eligible(tx, application, call)


async def check_eligible(reader: Reader, application: Application, call: Call) -> None:
    """Raise NotEligible if a rule of the call excludes the applicant; an unknown answer excludes nothing."""
    [organisation] = await organisations_named(reader, [application.organisation_id])
    partners = [applicant_of(partner) for partner in await organisations_named(reader, application.partners)]
    checks = check_all(call.eligibility, Candidate(applicant_of(organisation), "coordinator", partners))
    if reasons := [check.reason for check in checks if check.answer is Answer.HOLDS_NOT]:
        raise domain.NotEligible("; ".join(reasons), field="organisation_id")


async def take_late_place(tx: Transaction, call: Call, application: Application) -> None:
    """Take a place for a late application. Raises CallNotOpen, PlaceAlreadyHeld, NoPlacesLeft."""
    if await has_undecided(tx, call.id, application.cut_off):
        raise cut_offs.CallNotOpen(
            _("Applications that came in time are decided on first. Try again after the decisions."), field="status"
        )
    await check_no_place(tx, call, [application])
    if call.mission and await LEDGERS.get(tx, call.id) is None:  # no round was opened, so no limits are set yet
        await set_limits(tx, call.id, limits(call.mission, call.budget))
    await commit(tx, call.id, 1, 0)
