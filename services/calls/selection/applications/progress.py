"""Where an application stands, in words for its applicant, and the step that comes next (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.calls.catalogue.domain import Call
from services.calls.selection.applications.cut_offs import check_withdrawable, next_state_at
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import application_path
from services.calls.selection.applications.states import TRANSITIONS, State, Step
from services.calls.terms import begun, over
from shared.errors import Refusal
from shared.web.i18n import _

WORDS: Mapping[State, tuple[str, str]] = {  # with the tone of the badge
    State.DRAFT: (_("Draft, not submitted"), "warn"),
    State.SUBMITTED: (_("Submitted"), "good"),
    State.WITHDRAWN: (_("Application withdrawn"), ""),
    State.LAPSED: (_("Not submitted in time"), ""),
    State.IN_ASSESSMENT: (_("In assessment"), ""),
    State.SELECTED: (_("Selected"), "good"),
    State.RESERVE: (_("On the reserve list"), "warn"),
    State.REJECTED: (_("Not selected"), "bad"),
    State.OWN_COST: (_("Accepted at own cost"), "good"),
    State.CANCELLED: (_("Cancelled with the call"), ""),
}
HAPPENED: Mapping[str, str] = {  # the steps of the audit log
    "started": _("The draft was started"),
    "submitted": _("Submitted"),
    "withdrawn": _("Application withdrawn"),
    "opened": _("Opened for assessment"),
    "lapsed": _("Not submitted before the deadline"),
    "selected": _("Selected"),
    "reserve": _("Put on the reserve list"),
    "rejected": _("Not selected"),
    "promoted": _("Promoted from the reserve list: selected"),
    "claimed": _("The costs were claimed"),
    "claim approved": _("The claim was approved"),
    "claim rejected": _("The claim was rejected"),
    "called off": _("Cancelled, because the call was withdrawn"),
}
WAITING: Mapping[State, str] = {
    State.SUBMITTED: _("Wait: the publisher opens the applications now, and assessors score them."),
    State.WITHDRAWN: _("Nothing: you withdrew the application."),
    State.LAPSED: _("Nothing: the deadline passed before it was submitted."),
    State.IN_ASSESSMENT: _("Wait for the decision. You get an alert."),
    State.SELECTED: _("You are selected. The publisher tells you how it goes on."),
    State.RESERVE: _("Wait: if a place becomes free, the first of the reserve list gets it."),
    State.REJECTED: _("Read the reasons."),
    State.OWN_COST: _("You take part and pay your own costs."),
    State.CANCELLED: _("Nothing: the call was withdrawn."),
    State.DRAFT: _("Nothing: the deadline has passed."),
}


@dataclass(frozen=True)
class NextStep:
    """What the applicant does next, and the page for it; without a page, they wait."""

    words: str
    path: str = ""


def may_edit(application: Application, call: Call, now: datetime) -> bool:
    """Return whether answers can be saved now."""
    return _allowed(application, call, now, Step.SAVE, Step.SAVE_LATE)


def may_submit(application: Application, call: Call, now: datetime) -> bool:
    """Return whether the application can be submitted now."""
    return _allowed(application, call, now, Step.SUBMIT, Step.JOIN_LATE)


def _allowed(application: Application, call: Call, now: datetime, in_time: Step, late: Step) -> bool:
    try:
        next_state_at(application, call, now, in_time=in_time, late=late)
    except Refusal:
        return False
    return True


def may_withdraw(application: Application, call: Call, now: datetime) -> bool:
    """Return whether the application can be withdrawn now."""
    try:
        check_withdrawable(application, call, now)
    except Refusal:
        return False
    return application.state in TRANSITIONS[Step.WITHDRAW]


def may_claim(application: Application, call: Call, now: datetime) -> bool:
    """Return whether the costs can be claimed now."""
    ended = call.mission is not None and over(call.mission, now)
    return ended and application.state is State.SELECTED and application.commitment > 0 and not application.claim_id


def next_step(application: Application, call: Call, now: datetime) -> NextStep:
    """Return what the applicant does next."""
    path = application_path(application.id)
    if application.claim_id:
        return NextStep(_("Follow your claim."), f"/claims/{application.claim_id}")
    if may_claim(application, call, now):
        return NextStep(_("Claim your costs."), f"{path}/files")
    if may_edit(application, call, now):
        return NextStep(_editing(application.state), path)
    if application.state is State.SELECTED and call.mission and application.commitment:
        if not begun(call.mission, now):
            return NextStep(_("You have a place. Keep the receipts of your costs: you claim them after the mission."))
        return NextStep(_("Keep the receipts of your costs. You can claim them after the mission."), f"{path}/files")
    return NextStep(WAITING[application.state])


def _editing(state: State) -> str:
    match state:
        case State.DRAFT:
            return _("Complete it and submit it before the deadline.")
        case State.SUBMITTED:
            return _("Nothing. Until the deadline you can change it and submit it again.")
        case State.WITHDRAWN:
            return _("Nothing. Until the deadline you can submit it again.")
        case _:
            return _("You can still join at your own cost: submit it again.")
