"""What the clock allows (pure): public dates of a call, new applicants, and its withdrawal."""

from datetime import datetime

from services.calls.catalogue.content import OPENING_FIRST
from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.catalogue.domain import Call, CallAlreadyClosed, check_editable, check_not_withdrawn, check_public
from services.calls.catalogue.status import Status, status
from services.calls.terms import begun, over
from shared.errors import Invalid
from shared.sentences import _


class DeadlinePassed(Invalid):
    """A call is published with a deadline in the past."""


class MissionOver(Invalid):
    """A mission is published, or changed in public, after it has ended."""


class DeadlineBeforeOpening(Invalid):
    """A call would close before it opens."""


def takes_new_applicants(call: Call, now: datetime) -> bool:
    """Return whether an organisation that has not applied yet may apply; the second of two stages is closed to it."""
    if status(call, now) not in {Status.OPEN, Status.CLOSING_SOON}:
        return False
    return call.model is not DeadlineModel.TWO_STAGE or call.cut_offs[0].deadline > now


def check_dates(call: Call, now: datetime) -> None:
    """Raise DeadlineBeforeOpening, DeadlinePassed or MissionOver if a call cannot be public with its dates."""
    if call.opens_at and call.cut_offs[0].deadline <= call.opens_at:
        raise DeadlineBeforeOpening(OPENING_FIRST, field="deadline")
    if (last := call.cut_offs[-1]).deadline <= now:
        raise DeadlinePassed(
            _("The deadline {last} has passed. Send a deadline in the future.", last=last.words), field="deadline"
        )
    if call.mission and over(call.mission, now):
        detail = _("The mission ended on {ends_on}. Send the dates of a mission to come.", ends_on=call.mission.ends_on)
        raise MissionOver(detail, field="mission.ends_on")


def check_withdrawable(call: Call, now: datetime) -> None:
    """Raise CallNotPublic, CallAlreadyClosed or CallAlreadyWithdrawn: a mission can be withdrawn until it starts."""
    check_not_withdrawn(call)
    check_public(call, _("Only a published call can be withdrawn; change the draft instead."))
    if call.mission is None:
        check_editable(call, now)
    elif begun(call.mission, now):
        raise CallAlreadyClosed(_("The mission has started; it can no longer be withdrawn."), field="status")
