"""Decisions: applications are selected, put on the reserve list or rejected, with their places and money."""

from collections.abc import Mapping, Sequence

from services.calls.audit.store import change_audited
from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call, check_public
from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import commitment_for
from services.calls.ledger.store import commit
from services.calls.selection.applications.cut_offs import gives_places
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import (
    Outcome,
    application_decided,
    expression_decided,
    is_expression,
)
from services.calls.selection.applications.reserve import check_no_place
from services.calls.selection.applications.states import Step
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.domain import (
    Decision,
    Decisions,
    OwnApplication,
    RankTaken,
    Round,
    RoundNotOpen,
)
from services.calls.selection.assessment.results import check_decision, result_of
from services.calls.selection.assessment.store import assessments_of, derived_conflicts, round_of
from shared.auth import Caller
from shared.errors import NotFound, Stale
from shared.mongo import Duplicate, Transaction
from shared.sentences import _

STEPS: Mapping[str, tuple[Step, Outcome]] = {
    "select": (Step.SELECT, "selected"),
    "reserve": (Step.RESERVE, "reserve"),
    "reject": (Step.REJECT, "rejected"),
}


async def decide(tx: Transaction, call_id: str, cut_off: int, body: Decisions, caller: Caller) -> list[Application]:
    """Store all decisions or none.

    Raises NoPlacesLeft, BudgetExhausted, AssessmentsMissing, BelowThreshold, PlaceAlreadyHeld, Stale.
    """
    call = await own_call(tx, call_id, caller)
    check_public(call, _("its applications cannot be decided on"))
    await CALLS.touch(tx, call)
    commitments = {decision.application_id: commitment(call, cut_off, decision) for decision in body.decisions}
    selected = [decision.application_id for decision in body.decisions if decision.outcome == "select"]
    if selected and gives_places(call, cut_off):  # first, so that concurrent decisions conflict before other work
        await commit(tx, call_id, len(selected), sum(commitments[id] for id in selected))
    round = await round_of(tx, call_id, cut_off)
    if round is None or round.opened_at is None:
        raise RoundNotOpen(_("This round is not open. Open it before you decide."), field="status")
    applications = await applications_of(tx, round, body.decisions)
    await check_decisions(tx, round, body.decisions, applications, caller)
    if gives_places(call, cut_off):
        await check_no_place(tx, call, [applications[id] for id in selected])
    try:
        return [
            await store_decision(tx, applications[decision.application_id], decision, commitments, caller)
            for decision in body.decisions
        ]
    except Duplicate as error:
        raise RankTaken(
            _("Another application has this rank on the reserve list. Choose another rank."), field="decisions"
        ) from error


def commitment(call: Call, cut_off: int, decision: Decision) -> int:
    """Return the cents to set aside once an application is selected. Raises CommitmentMissing, CommitmentTooHigh."""
    if decision.outcome == "reject" or call.mission is None or not gives_places(call, cut_off):
        return 0
    return commitment_for(call.mission, decision.commitment)


async def applications_of(tx: Transaction, round: Round, decisions: Sequence[Decision]) -> dict[str, Application]:
    """Return the applications that decisions are about, by id. Raises NotFound, Stale."""
    ids = [decision.application_id for decision in decisions]
    query = {"_id": {"$in": ids}, "call_id": round.call_id, "cut_off": round.cut_off, "sealed": False}
    applications = {item.id: item for item in await APPLICATIONS.find(tx, query, limit=len(ids))}
    for number, decision in enumerate(decisions):
        application = applications.get(decision.application_id)
        if application is None:
            raise NotFound(_("Application not found in this round."), field=f"decisions.{number}.application_id")
        if application.version != decision.version:
            raise Stale(
                _("The application is at version {version} now. Read it again.", version=application.version),
                field=f"decisions.{number}.version",
            )
    return applications


async def check_decisions(
    tx: Transaction,
    round: Round,
    decisions: Sequence[Decision],
    applications: Mapping[str, Application],
    caller: Caller,
) -> None:
    """Raise AssessmentsMissing, BelowThreshold or OwnApplication if a decision is not allowed."""
    assessments = await assessments_of(tx, applications)
    for decision in decisions:
        application = applications[decision.application_id]
        conflicts = await derived_conflicts(tx, application, [*round.scorers, caller.id])
        if caller.id in conflicts:
            raise OwnApplication(
                _(
                    "You belong to an organisation that applies with {organisation_name}. "
                    "Ask another publisher of this call to decide.",
                    organisation_name=application.organisation_name,
                )
            )
        check_decision(decision, result_of(round, assessments[application.id], conflicts))


async def store_decision(
    tx: Transaction, application: Application, decision: Decision, commitments: Mapping[str, int], caller: Caller
) -> Application:
    """Store a decision on an application and publish it. Raises ApplicationStepNotAllowed."""
    step, outcome = STEPS[decision.outcome]
    decided = application.decided(step, decision.rank, decision.reason, commitments[application.id])
    after = await change_audited(tx, APPLICATIONS, application, decided, outcome, caller.id)
    tx.publish(application_decided(after, outcome))
    if is_expression(after):
        tx.publish(expression_decided(after, outcome))
    return after
