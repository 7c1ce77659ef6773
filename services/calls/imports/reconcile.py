"""One call out of what several sources say of it (pure): a rule per field, and what they disagree on.

Every rule depends on the records alone, never on the order in which they came:

title, link, kind    the first source that says it, in order of precedence; another word for it is a conflict
texts, topics        the first source that says it
budget               the first that says it; an amount outside the first's range is a conflict
opening              whoever knows the day, unless the portal says that it is open before: a conflict
deadlines            two stages: the portal's date is the first, a later one of the list is the second
                     several cut-offs: every date that a source names
                     one deadline: the first source's; another date is a conflict
closed               if the portal says so, else by the clock
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.calls.catalogue.deadlines.domain import BRUSSELS, CutOff, DeadlineModel
from services.calls.catalogue.domain import Conflict
from services.calls.imports.record import PORTAL, SOURCES, Record
from services.calls.terms import Budget

CLOSING_HOUR = time(17)  # of a day without hour and zone, as the portal has it
STAGES = ["Stage 1", "Stage 2"]


class Picked(NamedTuple):
    """The value of a field, the sources it is from, and what was said otherwise."""

    value: Any
    sources: list[str]
    conflicts: list[Conflict]


class Reconciled(BaseModel):
    """A call's content and cut-offs, where each field is from, and the conflicts."""

    content: dict[str, Any]
    cut_offs: list[CutOff]
    closed: bool
    provenance: dict[str, str]
    conflicts: list[Conflict]


def conflict(field: str, kept: tuple[Any, Record], other: tuple[Any, Record]) -> Conflict:
    return Conflict(
        field=field, kept=str(kept[0]), source=kept[1].source, other=str(other[0]), other_source=other[1].source
    )


def first(field: str, records: Sequence[Record], *, compared: bool) -> Picked:
    said = [(value, record) for record in records if (value := getattr(record, field)) is not None]
    if not said:
        return Picked(None, [], [])
    kept = said[0]
    others = [conflict(field, kept, other) for other in said[1:] if compared and other[0] != kept[0]]
    return Picked(kept[0], [kept[1].source], others)


def compared(field: str, records: Sequence[Record]) -> Picked:
    return first(field, records, compared=True)


def trusted(field: str, records: Sequence[Record]) -> Picked:
    return first(field, records, compared=False)


def budget(field: str, records: Sequence[Record]) -> Picked:
    picked = first(field, records, compared=False)
    said = [record for record in records if record.budget is not None]
    others = [record for record in said[1:] if not _within(record.budget, picked.value)]
    conflicts = [conflict(field, (_amounts(picked.value), said[0]), (_amounts(o.budget), o)) for o in others]
    return Picked(picked.value, picked.sources, conflicts)


def _within(other: Budget | None, kept: Budget) -> bool:
    """Whether the smallest grant that another source names lies in the range of the kept one."""
    if other is None or other.smallest is None or kept.smallest is None:
        return True
    return kept.smallest <= other.smallest <= max(kept.largest or 0, kept.smallest)


def _amounts(it: Budget | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in it.model_dump(exclude_none=True).items()) if it else ""


FIELD_RULES: dict[str, Callable[[str, Sequence[Record]], Picked]] = {
    "title": compared,
    "link": compared,
    "kind": compared,
    "summary": trusted,
    "description": trusted,
    "programme": trusted,
    "countries": trusted,
    "ecosystems": trusted,
    "keywords": trusted,
    "budget": budget,
}


def day_ends(day: date) -> datetime:
    return datetime.combine(day, CLOSING_HOUR, ZoneInfo(BRUSSELS))


def model_of(records: Sequence[Record]) -> DeadlineModel:
    return next((record.model for record in records if record.model), DeadlineModel.SINGLE)


def deadlines(records: Sequence[Record]) -> Picked:
    """The cut-offs, by the rule of the call's model."""
    model, kept = model_of(records), records[0]
    sources = list(dict.fromkeys(record.source for record in records))
    if model is DeadlineModel.CUT_OFFS:
        days = sorted({record.closes_on for record in records})
        return Picked([CutOff(deadline=day_ends(day)) for day in days], sources, [])
    if model is DeadlineModel.TWO_STAGE and kept.source != PORTAL:
        return Picked([CutOff(name=STAGES[1], deadline=day_ends(kept.closes_on))], [kept.source], [])
    later = [record for record in records[1:] if record.closes_on > kept.closes_on]
    if model is DeadlineModel.TWO_STAGE and later:
        days = [kept.closes_on, later[0].closes_on]
        named = [CutOff(name=name, deadline=day_ends(day)) for name, day in zip(STAGES, days, strict=True)]
        return Picked(named, sources, [])
    name = STAGES[0] if model is DeadlineModel.TWO_STAGE else ""
    others = [r for r in records[1:] if r.closes_on != kept.closes_on]
    conflicts = [conflict("deadline", (kept.closes_on, kept), (r.closes_on, r)) for r in others]
    return Picked([CutOff(name=name, deadline=day_ends(kept.closes_on))], [kept.source], conflicts)


def opening(records: Sequence[Record], closes: datetime, now: datetime) -> Picked:
    """When it opens, where a source knows it and the others do not contradict."""
    known = next((record for record in records if record.opens_on), None)
    if known is None or known.opens_on is None:
        return Picked(None, [], [])
    at = datetime.combine(known.opens_on, time(), ZoneInfo(BRUSSELS))
    said_open = next((record for record in records if record.standing == "open"), None)
    if said_open and at > now:
        return Picked(None, [said_open.source], [conflict("opens_at", ("open", said_open), (known.opens_on, known))])
    if at >= closes:
        kept = records[0]
        return Picked(None, [], [conflict("opens_at", (f"closes {kept.closes_on}", kept), (known.opens_on, known))])
    return Picked(at, [known.source], [])


def reconcile(said: Sequence[Record], now: datetime) -> Reconciled:
    """The call that these records, one of each source, stand for. `now` only decides what "open" contradicts."""
    records = sorted(said, key=lambda record: SOURCES.index(record.source))
    picked = {field: rule(field, records) for field, rule in FIELD_RULES.items()}
    picked["deadline"] = deadlines(records)
    picked["opens_at"] = opens = opening(records, picked["deadline"].value[0].deadline, now)
    content = {field: found.value for field, found in picked.items() if found.value is not None and field != "deadline"}
    forthcoming = opens.value is None and any(record.standing == "forthcoming" for record in records)
    return Reconciled(
        content={**content, "opens_at": opens.value, "forthcoming": forthcoming, "model": model_of(records)},
        cut_offs=picked["deadline"].value,
        closed=any(record.standing == "closed" for record in records),
        provenance={field: "; ".join(found.sources) for field, found in picked.items() if found.sources},
        conflicts=[one for found in picked.values() for one in found.conflicts],
    )


def with_past(before: Sequence[CutOff], after: Sequence[CutOff], model: DeadlineModel, now: datetime) -> list[CutOff]:
    """Stages and cut-offs that passed stay: a record names the next one only."""
    past = [cut_off for cut_off in before if cut_off.deadline <= now]
    if model is DeadlineModel.SINGLE or not past:
        return [*after]
    all_of_them = [*past, *(cut_off for cut_off in after if cut_off.deadline > past[-1].deadline)][-model.most :]
    if model is DeadlineModel.TWO_STAGE and len(all_of_them) == 2:
        return [c.replace(name=name) for c, name in zip(all_of_them, STAGES, strict=True)]
    return all_of_them
