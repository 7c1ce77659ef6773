"""Cut-offs, local times, milestones and the chain of changes (pure)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from shared.clock import moment
from shared.errors import Invalid, Refusal
from shared.models import Body, Moment

ZONES = frozenset(available_timezones())  # reading them takes 20 ms
MOST_CUT_OFFS = 50
Label = Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]


class DeadlineModel(StrEnum):
    """How many cut-offs a call has. Of two stages, the second may not be known yet, nor the first any more."""

    SINGLE = "single"
    TWO_STAGE = "two_stage"
    CUT_OFFS = "cut_offs"

    @property
    def label(self) -> str:
        return {"single": "one deadline", "two_stage": "two stages", "cut_offs": "several cut-offs"}[self]

    @property
    def most(self) -> int:
        return {"single": 1, "two_stage": 2, "cut_offs": MOST_CUT_OFFS}[self]


def known_zone(name: str) -> str:
    if name not in ZONES:
        raise ValueError("not a time zone of the IANA database, like Europe/Brussels")
    return name


Zone = Annotated[str, Field(max_length=60), AfterValidator(known_zone)]
BRUSSELS = "Europe/Brussels"


def at_local_time(local: datetime, zone: str) -> datetime:
    """The moment at which clocks in the zone show this time. Raises ValueError where they never do, or twice."""
    first, second = (local.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1))
    try:
        at = first.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("the year must be between 1990 and 2100") from error
    if first.utcoffset() == second.utcoffset():
        return at
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(fold=0):
        raise ValueError(f"clocks in {zone} are put forward past this time: it does not exist there that day")
    raise ValueError(f"clocks in {zone} show this time twice that day: add the offset, {first:%z} or {second:%z}")


def in_zone(value: Any, zone: str) -> Any:
    """What a client sent for a time: without an offset it is the zone's own. Raises ValueError as `at_local_time`."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value  # pydantic says what is wrong with it
    if isinstance(value, datetime) and value.tzinfo is None:
        return at_local_time(value, zone)
    return value


class CutOff(Body):
    """One moment until which applications are taken. A zone's change of clocks never moves its local hour."""

    name: Label = Field("", description="What it is called, where a call has several")
    timezone: Zone = Field(BRUSSELS, description="Where the deadline is read")
    deadline: Moment = Field(description="With its offset, or a local time of the zone: 2016-06-30T17:00")

    @field_validator("deadline", mode="before")
    @classmethod
    def _local(cls, value: Any, seen: ValidationInfo) -> Any:
        return in_zone(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @property
    def words(self) -> str:
        return moment(self.deadline, self.timezone)


def in_order(model: DeadlineModel, cut_offs: Sequence[CutOff]) -> None:
    """Raises ValueError: as many cut-offs as the model has, each after the one before."""
    if not 1 <= len(cut_offs) <= model.most:
        raise ValueError(f"a call of the model {model} has 1 to {model.most} cut-offs, not {len(cut_offs)}")
    if any(later.deadline <= earlier.deadline for earlier, later in pairwise(cut_offs)):
        raise ValueError("each cut-off must be after the one before")


def current(cut_offs: Sequence[CutOff], now: datetime) -> CutOff:
    """The next cut-off ahead; the last one once all have passed."""
    return next((cut_off for cut_off in cut_offs if cut_off.deadline > now), cut_offs[-1])


# --- what the clock announces -------------------------------------------------------------------

Milestone = Literal["closing_7", "closing_1", "closed"]
MILESTONES: dict[Milestone, timedelta] = {
    "closing_7": timedelta(days=7),
    "closing_1": timedelta(days=1),
    "closed": timedelta(),
}


@dataclass(frozen=True)
class Due:
    """Something the clock brought about: which milestone of which cut-off."""

    milestone: Milestone
    cut_off: CutOff


def _milestones(cut_offs: Sequence[CutOff]) -> Iterator[tuple[datetime, Due]]:
    for cut_off in cut_offs:
        for name, before in MILESTONES.items():
            yield cut_off.deadline - before, Due(name, cut_off)


def next_milestone_at(cut_offs: Sequence[CutOff], now: datetime) -> datetime | None:
    """When the clock will have something to announce again; None once the last cut-off has passed."""
    return min((at for at, _ in _milestones(cut_offs) if at > now), default=None)


def due_milestones(cut_offs: Sequence[CutOff], since: datetime, now: datetime) -> list[Due]:
    """What came from `since` to `now`, both included; of each cut-off only the latest, the rest is no news any more."""
    latest = {due.cut_off.deadline: (at, due) for at, due in _milestones(cut_offs) if since <= at <= now}
    return [due for _, due in sorted(latest.values(), key=lambda pair: pair[0])]


# --- how they were changed ----------------------------------------------------------------------


class PastCutOffChanged(Refusal):
    """A cut-off that has passed stays as it was: people applied by it."""


class NotAnExtension(Invalid):
    """An extension is later than what it extends, and before the next cut-off."""


def check_past(before: Sequence[CutOff], after: Sequence[CutOff], now: datetime) -> None:
    """Raises PastCutOffChanged."""
    gone = [cut_off for cut_off in before if cut_off.deadline <= now]
    kept = {cut_off.deadline for cut_off in after}
    new = {cut_off.deadline for cut_off in after if cut_off.deadline <= now} - {c.deadline for c in gone}
    if lost := next((cut_off for cut_off in gone if cut_off.deadline not in kept), None):
        raise PastCutOffChanged(f"the cut-off of {lost.words} has passed: it stays as it was", field="cut_offs")
    if new:
        raise PastCutOffChanged("a new cut-off is ahead, never in the past", field="cut_offs")


def extended(cut_offs: Sequence[CutOff], number: int | None, deadline: datetime, now: datetime) -> list[CutOff]:
    """The cut-offs with one of them later: the one ahead, or that number. Raises NotAnExtension."""
    which = current(cut_offs, now) if number is None else cut_offs[number - 1] if number <= len(cut_offs) else None
    if which is None:
        raise NotAnExtension(f"the call has {len(cut_offs)} cut-offs", field="cut_off")
    later = which.replace(deadline=deadline)
    after = [later if cut_off is which else cut_off for cut_off in cut_offs]
    if deadline <= which.deadline:
        raise NotAnExtension(f"it is at {which.words} already: an extension is later", field="deadline")
    if any(following.deadline <= before.deadline for before, following in pairwise(after)):
        raise NotAnExtension("an extension stays before the next cut-off", field="deadline")
    return after


def deadlines_in_words(before: Sequence[CutOff], after: Sequence[CutOff]) -> list[str]:
    """What changed, cut-off by cut-off."""
    if len(before) == len(after):
        return [_moved(old, new) for old, new in zip(before, after, strict=True) if old != new]
    old, new = {c.deadline: c for c in before}, {c.deadline: c for c in after}
    added = [f"{_name(c, 'cut-off')} added: {c.words}" for at, c in new.items() if at not in old]
    return added + [f"{_name(c, 'cut-off')} dropped: {c.words}" for at, c in old.items() if at not in new]


def _moved(old: CutOff, new: CutOff) -> str:
    name = _name(new, "deadline")
    if old.deadline == new.deadline:
        return f"{name} is now called so, and read as {new.words}"
    return f"{name} {'extended' if new.deadline > old.deadline else 'brought forward'} from {old.words} to {new.words}"


def _name(cut_off: CutOff, word: str) -> str:
    return f"{word} {cut_off.name}" if cut_off.name else word
