"""One call out of the records of several sources (pure): a rule for each field, and what the sources disagree on.

Every rule depends on the records alone, never on the order in which they came:

title, link, kind    the first source, in order of precedence, that states it; another value is a conflict
texts, topics        the first source that states it; a text that is not damaged comes first, and is no conflict
budget               the first source that states it; an amount outside its range is a conflict
opening              the source that states the day, unless the portal says that the call is already open: a conflict
deadlines            two stages: the portal's date is the first, a later one of the list is the second
                     several cut-offs: every date that a source states
                     one deadline: the first source's; another date is a conflict
closed               if the portal says so, else by the clock
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from services.calls.catalogue.content import CallContent
from services.calls.catalogue.deadlines.domain import BRUSSELS, CLOSING_HOUR, CutOff, DeadlineModel
from services.calls.catalogue.domain import Conflict
from services.calls.imports.record import PORTAL, SOURCES, Record
from services.calls.terms import Budget
from shared.imports.cleaning import comparable, is_damaged

STAGES = ["Stage 1", "Stage 2"]


class Picked(NamedTuple):
    """Value of a field, its sources, and the conflicts with other sources."""

    value: Any
    sources: list[str]
    conflicts: list[Conflict]


class Reconciled(BaseModel):
    """Content and cut-offs of a call, the sources of each field, and the conflicts between them."""

    content: CallContent
    cut_offs: list[CutOff]
    closed: bool
    provenance: dict[str, str]
    conflicts: list[Conflict]


def conflict(field: str, kept: tuple[Any, Record], other: tuple[Any, Record]) -> Conflict:
    """Return the conflict between two values and the records that state them."""
    return Conflict(
        field=field, kept=str(kept[0]), source=kept[1].source, other=str(other[0]), other_source=other[1].source
    )


def stated_values(field: str, records: Sequence[Record]) -> list[tuple[Any, Record]]:
    """Return the values of a field and their records; if a text is clean, only clean texts."""
    stated = [(value, record) for record in records if (value := getattr(record, field)) is not None]
    clean = [pair for pair in stated if not (isinstance(pair[0], str) and is_damaged(pair[0]))]
    return clean or stated


def pick_first(field: str, records: Sequence[Record]) -> Picked:
    """Pick the first value."""
    stated = stated_values(field, records)
    if not stated:
        return Picked(None, [], [])
    value, record = stated[0]
    return Picked(value, [record.source], [])


def pick_and_compare(field: str, records: Sequence[Record]) -> Picked:
    """Pick the first value; every value that is another one, whatever its case and typography, is a conflict."""
    stated = stated_values(field, records)
    others = [other for other in stated[1:] if comparable(str(other[0])) != comparable(str(stated[0][0]))]
    conflicts = [conflict(field, stated[0], other) for other in others]
    return pick_first(field, records)._replace(conflicts=conflicts)


def pick_budget(field: str, records: Sequence[Record]) -> Picked:
    """Pick the first budget; an amount of another source outside its range is a conflict."""
    picked = pick_first(field, records)
    stated = [record for record in records if record.budget is not None]
    others = [record for record in stated[1:] if not _within(record.budget, picked.value)]
    kept = (_amounts(picked.value), stated[0]) if stated else None
    conflicts = [conflict(field, kept, (_amounts(other.budget), other)) for other in others if kept]
    return picked._replace(conflicts=conflicts)


def _within(other: Budget | None, kept: Budget) -> bool:
    """Return whether the smallest grant of another source is in the range of the kept budget."""
    if other is None or other.smallest is None or kept.smallest is None:
        return True
    return kept.smallest <= other.smallest <= max(kept.largest or 0, kept.smallest)


def _amounts(budget: Budget | None) -> str:
    amounts = budget.model_dump(exclude_none=True) if budget else {}
    return ", ".join(f"{name} {value}" for name, value in amounts.items())


FIELD_RULES: dict[str, Callable[[str, Sequence[Record]], Picked]] = {
    "title": pick_and_compare,
    "link": pick_and_compare,
    "kind": pick_and_compare,
    "summary": pick_first,
    "description": pick_first,
    "programme": pick_first,
    "countries": pick_first,
    "about": pick_first,
    "ecosystems": pick_first,
    "keywords": pick_first,
    "budget": pick_budget,
}


def closing_time(record: Record) -> datetime:
    """Return the time at which a record says that the call closes."""
    at = time.fromisoformat(record.closes_at) if record.closes_at else CLOSING_HOUR
    return datetime.combine(record.closes_on, at, ZoneInfo(BRUSSELS))


def model_of(records: Sequence[Record]) -> DeadlineModel:
    """Return the deadline model of the first record that states one."""
    return next((record.model for record in records if record.model), DeadlineModel.SINGLE)


def pick_cut_offs(records: Sequence[Record]) -> Picked:
    """Pick the cut-offs, by the rule of the deadline model."""
    model, kept = model_of(records), records[0]
    sources = list(dict.fromkeys(record.source for record in records))
    if model is DeadlineModel.CUT_OFFS:
        by_day = {record.closes_on: closing_time(record) for record in reversed(records)}
        return Picked([CutOff(deadline=deadline) for deadline in sorted(by_day.values())], sources, [])
    if model is DeadlineModel.TWO_STAGE and kept.source != PORTAL:
        return Picked([CutOff(name=STAGES[1], deadline=closing_time(kept))], [kept.source], [])
    later = [record for record in records[1:] if record.closes_on > kept.closes_on]
    if model is DeadlineModel.TWO_STAGE and later:
        named = [
            CutOff(name=name, deadline=closing_time(record))
            for name, record in zip(STAGES, (kept, later[0]), strict=True)
        ]
        return Picked(named, sources, [])
    name = STAGES[0] if model is DeadlineModel.TWO_STAGE else ""
    others = [record for record in records[1:] if record.closes_on != kept.closes_on]
    conflicts = [conflict("deadline", (kept.closes_on, kept), (other.closes_on, other)) for other in others]
    return Picked([CutOff(name=name, deadline=closing_time(kept))], [kept.source], conflicts)


def pick_opening(records: Sequence[Record], closes_at: datetime, now: datetime) -> Picked:
    """Pick the opening if a source states it and no other source contradicts it."""
    known = next((record for record in records if record.opens_on), None)
    if known is None or known.opens_on is None:
        return Picked(None, [], [])
    opens_at = datetime.combine(known.opens_on, time(), ZoneInfo(BRUSSELS))
    is_open = next((record for record in records if record.standing == "open"), None)
    if is_open and opens_at > now:
        return Picked(None, [is_open.source], [conflict("opens_at", ("open", is_open), (known.opens_on, known))])
    if opens_at >= closes_at:
        kept = records[0]
        return Picked(None, [], [conflict("opens_at", (f"closes {kept.closes_on}", kept), (known.opens_on, known))])
    return Picked(opens_at, [known.source], [])


def reconcile(unordered: Sequence[Record], now: datetime) -> Reconciled:
    """Return the call that these records, one of each source, describe.

    `now` only decides whether a stated opening contradicts the portal.
    """
    records = sorted(unordered, key=lambda record: SOURCES.index(record.source))
    picked = {field: rule(field, records) for field, rule in FIELD_RULES.items()}
    stated = {field: pick.value for field, pick in picked.items() if pick.value is not None}
    cut_offs = pick_cut_offs(records)
    opening = pick_opening(records, cut_offs.value[0].deadline, now)
    picked |= {"deadline": cut_offs, "opens_at": opening}
    content = CallContent(
        **stated,
        opens_at=opening.value,
        forthcoming=opening.value is None and any(record.standing == "forthcoming" for record in records),
        model=model_of(records),
    )
    return Reconciled(
        content=content,
        cut_offs=cut_offs.value,
        closed=any(record.standing == "closed" for record in records),
        provenance={field: "; ".join(pick.sources) for field, pick in picked.items() if pick.sources},
        conflicts=[conflict for pick in picked.values() for conflict in pick.conflicts],
    )


def with_past(before: Sequence[CutOff], after: Sequence[CutOff], model: DeadlineModel, now: datetime) -> list[CutOff]:
    """Return the cut-offs of a changed record after those that have passed, which the record no longer names."""
    past = [cut_off for cut_off in before if cut_off.deadline <= now]
    if model is DeadlineModel.SINGLE or not past:
        return [*after]
    ahead = [cut_off for cut_off in after if cut_off.deadline > past[-1].deadline]
    cut_offs = [*past, *ahead][-model.most :]
    if model is DeadlineModel.TWO_STAGE and len(cut_offs) == 2:
        return [cut_off.replace(name=name) for cut_off, name in zip(cut_offs, STAGES, strict=True)]
    return cut_offs
