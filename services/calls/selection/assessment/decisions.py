"""Deciding: selected, on the reserve list or rejected, with the places and the money that go with it."""

from collections.abc import Mapping, Sequence

from services.calls.audit.store import change_audited
from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call, check_public
from services.calls.catalogue.store import touch
from services.calls.ledger.domain import promised
from services.calls.ledger.store import commit
from services.calls.selection.applications.domain import Application, State, next_state, promises
from services.calls.selection.applications.reserve import Outcome, decided, expression_decided
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.domain import (
    Decision,
    Decisions,
    OwnApplication,
    RankTaken,
    Round,
    RoundNotOpen,
    check_decision,
    judged,
)
from services.calls.selection.assessment.store import assessments_of, derived_conflicts, round_of
from shared.auth import Caller
from shared.errors import NotFound, Stale
from shared.mongo import Duplicate, Transaction
from shared.vocabulary import CallKind

OUTCOMES: Mapping[str, tuple[State, Outcome]] = {
    "select": (State.SELECTED, "selected"),
    "reserve": (State.RESERVE, "reserve"),
    "reject": (State.REJECTED, "rejected"),
}


async def decide(tx: Transaction, call_id: str, cut_off: int, body: Decisions, caller: Caller) -> list[Application]:
    """All of them, or none. Raises NoPlacesLeft, BudgetExhausted, AssessmentsMissing, BelowThreshold, Stale."""
    call = await own_call(tx, call_id, caller)
    check_public(call, "nobody is decided on")
    await touch(tx, call_id)
    amounts = {one.application_id: amount(call, cut_off, one) for one in body.decisions}
    selected = [one.application_id for one in body.decisions if one.outcome == "select"]
    if selected and promises(call, cut_off):  # first: those in each other's way learn it before they have worked
        await commit(tx, call_id, len(selected), sum(amounts[id] for id in selected))
    round = await round_of(tx, call_id, cut_off)
    if round is None or round.opened_at is None:
        raise RoundNotOpen("this round is not open yet", field="status")
    found = await decided_on(tx, round, body.decisions)
    await check_judged(tx, round, body.decisions, found, caller)
    try:
        return [await store_decision(tx, found[one.application_id], one, amounts, caller) for one in body.decisions]
    except Duplicate as error:
        raise RankTaken("another application has this rank on the reserve list", field="decisions") from error


def amount(call: Call, cut_off: int, decision: Decision) -> int:
    """What is set aside for it once it is selected. Raises CommitmentMissing, CommitmentTooHigh."""
    if decision.outcome == "reject" or call.mission is None or not promises(call, cut_off):
        return 0
    return promised(call.mission, decision.commitment)


async def decided_on(tx: Transaction, round: Round, decisions: Sequence[Decision]) -> dict[str, Application]:
    """Raises NotFound, Stale."""
    ids = [one.application_id for one in decisions]
    query = {"_id": {"$in": ids}, "call_id": round.call_id, "cut_off": round.cut_off, "sealed": False}
    found = {one.id: one for one in await APPLICATIONS.find(tx, query, limit=len(ids))}
    for number, one in enumerate(decisions):
        if one.application_id not in found:
            raise NotFound("there is no such application in this round", field=f"decisions.{number}.application_id")
        if (version := found[one.application_id].version) != one.version:
            raise Stale(f"it is at version {version} by now; read it again", field=f"decisions.{number}.version")
    return found


async def check_judged(
    tx: Transaction, round: Round, decisions: Sequence[Decision], found: Mapping[str, Application], caller: Caller
) -> None:
    """Raises AssessmentsMissing, BelowThreshold, OwnApplication."""
    assessments = await assessments_of(tx, found)
    for one in decisions:
        application = found[one.application_id]
        derived = await derived_conflicts(tx, application, [*round.assessors, caller.id])
        if caller.id in derived:
            raise OwnApplication(f"{application.organisation_name} is an organisation of yours: somebody else decides")
        check_decision(one, judged(round, assessments[application.id], derived))


async def store_decision(
    tx: Transaction, application: Application, decision: Decision, amounts: Mapping[str, int], caller: Caller
) -> Application:
    state, outcome = OUTCOMES[decision.outcome]
    next_state(application.state, decision.outcome)
    values = {"state": state, "rank": decision.rank, "reason": decision.reason, "commitment": amounts[application.id]}
    after = await change_audited(tx, APPLICATIONS, application, application.replace(**values), outcome, caller.id)
    tx.publish(decided(after, outcome))
    if after.call_kind is CallKind.EXPRESSION_OF_INTEREST:
        tx.publish(expression_decided(after, outcome))
    return after
