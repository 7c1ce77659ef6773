"""Cut-offs of a call (pure): local times, milestones, extensions, and changes in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from services.calls.terms import MOST_CUT_OFFS
from shared.clock import until
from shared.errors import Invalid, Refusal
from shared.fields import OneLine, is_stored
from shared.models import FIRST_YEAR, LAST_YEAR, Body, Moment, at_24
from shared.sentences import _

ZONES = frozenset(available_timezones())  # reading them takes 20 ms
# Areas of the IANA database whose names go on with a place.
AREAS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
PLACES = frozenset(zone for zone in ZONES if zone.partition("/")[0] in AREAS) | {"UTC", "Etc/UTC"}
Label = Annotated[str, OneLine(80)]


class DeadlineModel(StrEnum):
    """Number of cut-offs of a call. A two-stage call has one if its second date is unknown or its first is over."""

    SINGLE = "single"
    TWO_STAGE = "two_stage"
    CUT_OFFS = "cut_offs"

    @property
    def label(self) -> str:
        """Words for readers."""
        return {"single": "one deadline", "two_stage": "two stages", "cut_offs": "several cut-offs"}[self]

    @property
    def most(self) -> int:
        """Largest number of cut-offs."""
        return {"single": 1, "two_stage": 2, "cut_offs": MOST_CUT_OFFS}[self]


def known_zone(name: str, info: ValidationInfo) -> str:
    """Return the name of a time zone. Raise ValueError if a client sent one that is neither a place nor UTC.

    Names like `localtime` mean another time on each machine. A stored one stays if this machine knows it.
    """
    if is_stored(info):
        return name if name in ZONES else BRUSSELS
    if name not in PLACES:
        raise ValueError(_("Unknown time zone. Use a name of the IANA database, for example Europe/Brussels."))
    return name


Zone = Annotated[str, Field(max_length=60), AfterValidator(known_zone)]
BRUSSELS = "Europe/Brussels"
CLOSING_HOUR = time(17)  # of a deadline that is a day, as on the EU portal
MIDNIGHT = time()


def at_local_time(local: datetime, zone: str) -> datetime:
    """Return the time in UTC at which clocks in the zone show a local time. Raise ValueError if never or twice."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    try:
        at = first.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(_("The year must be between 1990 and 2100.")) from error
    if first.utcoffset() == second.utcoffset():
        return at
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(fold=0):
        raise ValueError(_("Clocks in {zone} skip this time on that day. Send another time.", zone=zone))
    raise ValueError(
        _(
            "Clocks in {zone} show this time twice on that day. Add the offset {first} or {second}.",
            zone=zone,
            first=f"{first:%z}",
            second=f"{second:%z}",
        )
    )


def at_deadline(value: Any, zone: str) -> Any:
    """Return a deadline that a client sent; without an offset it is local to the zone, and a day closes at 17:00."""
    return in_zone(at_closing_hour(value, zone), zone)


def at_closing_hour(value: Any, zone: str) -> Any:
    """Return a day that a client sent at 17:00 in the zone; anything else as it is."""
    day = as_day(value)
    return value if day is None else on_day(day, CLOSING_HOUR, zone)


def at_start(value: Any, zone: str) -> Any:
    """Return a start that a client sent; a day begins with its first moment in the zone."""
    day = as_day(value)
    return in_zone(value, zone) if day is None else on_day(day, MIDNIGHT, zone)


def at_end(value: Any, zone: str) -> Any:
    """Return an end that a client sent; a day is included, so it ends with the first moment of the next day."""
    day = as_day(value)
    return in_zone(value, zone) if day is None else on_day(day + timedelta(days=1), MIDNIGHT, zone)


def as_day(value: Any) -> date | None:
    """Return the day if a client sent a date without a time."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value.strip())
        except ValueError:
            return None
    within = type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR
    return value if within else None


def on_day(day: date, hour: time, zone: str) -> datetime:
    """Return an hour of a day in the zone; if clocks skip it, the first moment after it."""
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def in_zone(value: Any, zone: str) -> Any:
    """Return a time that a client sent; without an offset it is local to the zone. Raise ValueError if unclear."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(at_24(value))
        except ValueError:
            return value  # pydantic reports the field error
    if isinstance(value, datetime) and value.tzinfo is None:
        return at_local_time(value, zone)
    return value


class CutOff(Body):
    """A time until which applications are accepted. Its local hour stays when clocks change."""

    name: Label = Field("", description="Name of the cut-off, if the call has several")
    timezone: Zone = Field(BRUSSELS, description="Time zone in which the deadline is shown")
    deadline: Moment = Field(
        description="With an offset, or a local time of the zone: 2016-06-30T17:00; a day closes at 17:00"
    )

    @field_validator("deadline", mode="before")
    @classmethod
    def _local(cls, value: Any, seen: ValidationInfo) -> Any:
        return at_deadline(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @property
    def words(self) -> str:
        """The deadline as readers see it."""
        return until(self.deadline, self.timezone)


def check_order(model: DeadlineModel, cut_offs: Sequence[CutOff]) -> None:
    """Raise ValueError unless there are as many cut-offs as the model has, each after the one before."""
    if not 1 <= len(cut_offs) <= model.most:
        raise ValueError(
            _("A call of the model {model} has at least 1 and at most {most} cut-offs.", model=model, most=model.most)
        )
    if any(later.deadline <= earlier.deadline for earlier, later in pairwise(cut_offs)):
        raise ValueError(_("Each cut-off must be after the one before. Send them in order of time."))


def current_cut_off(cut_offs: Sequence[CutOff], now: datetime) -> CutOff:
    """Return the next cut-off, or the last one if all have passed."""
    return next((cut_off for cut_off in cut_offs if cut_off.deadline > now), cut_offs[-1])


# --- milestones ---------------------------------------------------------------------------------

Milestone = Literal["closing_7", "closing_1", "closed"]
MILESTONES: dict[Milestone, timedelta] = {
    "closing_7": timedelta(days=7),
    "closing_1": timedelta(days=1),
    "closed": timedelta(),
}


@dataclass(frozen=True)
class DueMilestone:
    """A milestone of a cut-off that time has reached."""

    milestone: Milestone
    cut_off: CutOff


def _milestones(cut_offs: Sequence[CutOff]) -> Iterator[tuple[datetime, DueMilestone]]:
    for cut_off in cut_offs:
        for name, before in MILESTONES.items():
            yield cut_off.deadline - before, DueMilestone(name, cut_off)


def next_milestone_at(cut_offs: Sequence[CutOff], now: datetime, opens_at: datetime | None = None) -> datetime | None:
    """Return when the opening or the next milestone is due; None once the last cut-off has passed."""
    times = [opens_at, *(at for at, _ in _milestones(cut_offs))]
    return min((at for at in times if at and at > now), default=None)


def due_milestones(cut_offs: Sequence[CutOff], since: datetime, now: datetime) -> list[DueMilestone]:
    """Return the milestones from `since` to `now`, both included; of each cut-off, only the latest one."""
    latest = {due.cut_off.deadline: (at, due) for at, due in _milestones(cut_offs) if since <= at <= now}
    return [due for _, due in sorted(latest.values(), key=lambda pair: pair[0])]


# --- changes ------------------------------------------------------------------------------------


class PastCutOffChanged(Refusal):
    """A cut-off that has passed, to which people applied, is changed."""


class NotAnExtension(Invalid):
    """An extension is not later than the present deadline, or not before the next cut-off."""


def check_passed_cut_offs(before: Sequence[CutOff], after: Sequence[CutOff], now: datetime) -> None:
    """Raise PastCutOffChanged if a cut-off that has passed is added, moved or removed."""
    passed = [cut_off for cut_off in before if cut_off.deadline <= now]
    kept = {cut_off.deadline for cut_off in after}
    added = {deadline for deadline in kept if deadline <= now} - {cut_off.deadline for cut_off in passed}
    if lost := next((cut_off for cut_off in passed if cut_off.deadline not in kept), None):
        raise PastCutOffChanged(
            _("The cut-off of {lost} has passed; send it unchanged.", lost=lost.words), field="cut_offs"
        )
    if added:
        raise PastCutOffChanged(_("A new cut-off must be in the future."), field="cut_offs")


def extended(cut_offs: Sequence[CutOff], old: CutOff, deadline: datetime) -> list[CutOff]:
    """Return the cut-offs with one of them later. Raise NotAnExtension."""
    after = [cut_off.replace(deadline=deadline) if cut_off == old else cut_off for cut_off in cut_offs]
    if deadline <= old.deadline:
        raise NotAnExtension(_("The deadline is {old} already. Send a later one.", old=old.words), field="deadline")
    if any(later.deadline <= earlier.deadline for earlier, later in pairwise(after)):
        raise NotAnExtension(_("The deadline must stay before the next cut-off."), field="deadline")
    return after
