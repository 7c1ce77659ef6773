"""The cut-off of an application: whether it is ahead, which steps it allows, whether it gives a place (pure)."""

from datetime import datetime

from services.calls.catalogue.deadlines.domain import CutOff, DeadlineModel
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Status, status
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.states import ApplicationStepNotAllowed, State, Step, next_state
from services.calls.terms import begun
from shared.clock import moment
from shared.errors import Refusal
from shared.sentences import Sentence, _


class CutOffAlreadyPassed(Refusal):
    """The cut-off of the application has passed."""


class CutOffDropped(Refusal):
    """The publisher dropped the cut-off of the application."""


class CallNotOpen(Refusal):
    """The call takes no applications now."""


def cut_off_ahead(call: Call, when: datetime) -> int:
    """Return the number of the next cut-off. Raises CallNotOpen, CutOffAlreadyPassed."""
    current_status = status(call, when)
    if current_status is Status.CLOSED:
        last = call.cut_offs[-1].words
        raise CutOffAlreadyPassed(
            _("The last cut-off of this call was {last}. Look for another call.", last=last), field="cut_off"
        )
    if current_status not in {Status.OPEN, Status.CLOSING_SOON}:
        if call.opens_at and call.opens_at > when:
            opening = moment(call.opens_at, call.timezone)
            raise CallNotOpen(
                _(
                    "This call is {status}. Apply after it opens on {opening}.",
                    status=Sentence(current_status.value),
                    opening=opening,
                ),
                field="status",
            )
        raise CallNotOpen(
            _("This call is {status}. It takes no applications now.", status=Sentence(current_status.value)),
            field="status",
        )
    return next(number for number, cut_off in call.numbered.items() if cut_off.deadline > when)


def check_in_time(call: Call, number: int, when: datetime) -> CutOff:
    """Return the cut-off of that number if it is ahead. Raises CallNotOpen, CutOffAlreadyPassed, CutOffDropped."""
    cut_off_ahead(call, when)
    cut_off = call.cut_off(number)
    if number not in call.numbered:
        raise CutOffDropped(
            _(
                "The cut-off of this application, {cut_off}, was dropped. Start an application at the next cut-off.",
                cut_off=cut_off.words,
            ),
            field="cut_off",
        )
    if cut_off.deadline <= when:
        raise CutOffAlreadyPassed(
            _(
                "The cut-off of this application was {cut_off}. Start an application at the next cut-off.",
                cut_off=cut_off.words,
            ),
            field="cut_off",
        )
    return cut_off


def takes_late_applications(call: Call, number: int, when: datetime) -> bool:
    """Return whether applicants may join at their own cost: after the last cut-off, before the mission starts."""
    mission = call.mission
    if mission is None or not mission.late_at_own_cost or status(call, when) is not Status.CLOSED:
        return False
    return number == call.cut_off_numbers[-1] and when.date() < mission.starts_on


def cut_off_to_apply_for(call: Call, when: datetime) -> int:
    """Return the next cut-off, or the last one for a late application. Raises CallNotOpen, CutOffAlreadyPassed."""
    last = call.cut_off_numbers[-1]
    return last if takes_late_applications(call, last, when) else cut_off_ahead(call, when)


def next_state_at(application: Application, call: Call, when: datetime, *, in_time: Step, late: Step) -> State:
    """Return the state after one step before the cut-off, or after another one for a late application.

    Raises CallNotOpen, CutOffAlreadyPassed, CutOffDropped, ApplicationStepNotAllowed.
    """
    if takes_late_applications(call, application.cut_off, when):
        return next_state(application.state, late)
    check_in_time(call, application.cut_off, when)
    return next_state(application.state, in_time)


def check_withdrawable(application: Application, call: Call, now: datetime) -> None:
    """Raise ApplicationStepNotAllowed if the application has a claim, or a place on a mission that has started."""
    if application.claim_id:
        raise ApplicationStepNotAllowed(
            _("The costs were claimed; the application can no longer be withdrawn."), field="state"
        )
    if application.state.has_place and call.mission and begun(call.mission, now):
        raise ApplicationStepNotAllowed(
            _(
                "The mission has started; the application can no longer be withdrawn. "
                "Costs can be claimed after its end."
            ),
            field="state",
        )


def is_second_stage(call: Call, number: int) -> bool:
    """Return whether a cut-off is the second of two stages."""
    return call.model is DeadlineModel.TWO_STAGE and call.cut_off_numbers[1:] == [number]


def gives_places(call: Call, number: int) -> bool:
    """Return whether selection at this cut-off gives a place on a mission: not in the first of two stages."""
    return call.mission is not None and (call.model is not DeadlineModel.TWO_STAGE or is_second_stage(call, number))


def cut_offs_with_places(call: Call) -> list[int]:
    """Return the numbers of the cut-offs at which selection gives a place on a mission, in the order of time."""
    return [number for number in call.every_cut_off if gives_places(call, number)]
