"""Forms, states, receipts and audit logs of applications, for any form, answers and order of steps."""

import json
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.calls.audit.domain import AuditEntry, chain_hash, first_defect, next_entry
from services.calls.catalogue.domain import Call, CallAlreadyClosed
from services.calls.catalogue.moments import check_withdrawable
from services.calls.catalogue.status import Stage
from services.calls.selection.applications.cut_offs import (
    CutOffAlreadyPassed,
    check_in_time,
    next_state_at,
    takes_late_applications,
)
from services.calls.selection.applications.domain import Application, Submission
from services.calls.selection.applications.form import AnswersInvalid, FieldKind, FormField, check_answers
from services.calls.selection.applications.states import (
    AWAITS_DECISION,
    HAS_PLACE,
    TRANSITIONS,
    ApplicationStepNotAllowed,
    State,
    Step,
    next_state,
)

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
CUT_OFF = datetime(2016, 6, 8, 21, 59, tzinfo=UTC)
NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=8)
OPTIONS = ["Buildings", "Grids", "Storage"]
LETTERS = st.text(string.ascii_letters + " äß–€", min_size=1, max_size=40).map(str.strip).filter(bool)
VALUES: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: LETTERS,
    FieldKind.LONG_TEXT: LETTERS,
    FieldKind.NUMBER: st.integers(-1000, 1000) | st.floats(-1000, 1000),
    FieldKind.MONEY: st.integers(0, 1000),
    FieldKind.CHOICE: st.sampled_from(OPTIONS),
    FieldKind.CHOICES: st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True),
    FieldKind.DATE: st.dates(datetime(1900, 1, 1).date(), datetime(2100, 1, 1).date()).map(str),  # noqa: DTZ001
    FieldKind.COUNTRY: st.sampled_from(["BR", "FR", "SE"]),
    FieldKind.YES_NO: st.booleans(),
    FieldKind.LINK: st.just("https://cluster.example/plan"),
}


def field(name: str, kind: FieldKind, required: bool) -> FormField:
    options = OPTIONS if kind in {FieldKind.CHOICE, FieldKind.CHOICES} else []
    return FormField(name=name, label=name, kind=kind, required=required, options=options)


FIELDS = st.lists(
    st.builds(field, NAMES, st.sampled_from(FieldKind), st.booleans()),
    min_size=1,
    max_size=8,
    unique_by=lambda f: f.name,
)


def filled_in(fields: list[FormField]) -> st.SearchStrategy[dict[str, Any]]:
    required = {f.name: VALUES[f.kind] for f in fields if f.required}
    optional = {f.name: VALUES[f.kind] for f in fields if not f.required}
    return st.fixed_dictionaries(required, optional=optional)


@settings(deadline=None)
@given(data=st.data(), fields=FIELDS)
def test_valid_answers_are_unchanged_and_valid_again(data: st.DataObject, fields: list[FormField]) -> None:
    answers = data.draw(filled_in(fields))
    kept = check_answers(fields, answers, complete=True)
    assert json.loads(json.dumps(kept)) == kept
    assert check_answers(fields, kept, complete=True) == kept
    assert kept.keys() == answers.keys()
    assert {name: kept[name] for name in kept if name in answers} == answers


@settings(deadline=None)
@given(data=st.data(), fields=FIELDS)
def test_exactly_the_missing_required_answers_are_named(data: st.DataObject, fields: list[FormField]) -> None:
    answers = data.draw(filled_in(fields))
    dropped = data.draw(st.sets(st.sampled_from([f.name for f in fields])))
    left = {name: value for name, value in answers.items() if name not in dropped}
    missing = {f"answers.{f.name}" for f in fields if f.required and f.name not in left}
    check_answers(fields, left, complete=False)
    if missing:
        with pytest.raises(AnswersInvalid) as refused:
            check_answers(fields, left, complete=True)
        assert {named for named, _ in refused.value.field_errors} == missing
    else:
        check_answers(fields, left, complete=True)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(fields=FIELDS, data=st.data())
def test_arbitrary_answers_are_accepted_or_refused_by_name(fields: list[FormField], data: st.DataObject) -> None:
    answers = data.draw(st.dictionaries(st.sampled_from([f.name for f in fields]) | NAMES, JUNK, max_size=5))
    faults: list[tuple[str, str]] = []
    kept: dict[str, Any] = {}
    try:
        kept = check_answers(fields, answers, complete=False)
    except AnswersInvalid as refused:
        faults = refused.field_errors
    assert all(named.startswith("answers") and message for named, message in faults)
    assert kept.keys() <= {f.name for f in fields}
    json.dumps(kept, allow_nan=False).encode()


def mission_call(**more: Any) -> Call:
    dates = {"starts_on": "2016-08-08", "ends_on": "2016-08-12", "destinations": ["BR"], "late_at_own_cost": True}
    values = {
        "id": "call",
        "title": "Mission",
        "kind": "mission",
        "organisation_name": "Platform",
        "stage": Stage.PUBLISHED,
        "opens_at": NOW - timedelta(days=1),
        "cut_offs": [{"deadline": CUT_OFF}],
        "deadline": CUT_OFF,
        "closes_at": CUT_OFF,
        "timezone": "UTC",
        "mission": dates,
    }
    return Call.model_validate(values | more)


def application(**more: Any) -> Application:
    of = {"call_id": "call", "call_title": "Mission", "call_kind": "mission", "cut_off": 1, "form": 1}
    who = {"organisation_id": "org", "organisation_name": "Org", "by": "anna", "made_at": NOW}
    return Application.model_validate({"id": "a", **of, **who, **more})


class OneApplication(RuleBasedStateMachine):
    """Any steps of applicant, publisher and clock with an application, in any order."""

    @initialize()
    def starts(self) -> None:
        self.call, self.now = mission_call(), NOW
        self.it = application()
        self.opened = self.was_withdrawn_late = self.was_cancelled = False
        self.submitted_at: list[datetime] = []

    @rule(days=st.integers(0, 40))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def submits(self) -> None:
        before = self.it
        try:
            state = next_state_at(before, self.call, self.now, in_time=Step.SUBMIT, late=Step.JOIN_LATE)
        except (CutOffAlreadyPassed, ApplicationStepNotAllowed):
            return
        self.it = before.model_copy(update={"state": state})
        if self.now < CUT_OFF:
            self.submitted_at.append(self.now)
            assert state is State.SUBMITTED
        else:
            assert state is State.OWN_COST
            assert self.now.date() < self.call.mission.starts_on

    @precondition(lambda self: self.now >= CUT_OFF and not self.opened)
    @rule()
    def opens(self) -> None:
        self.opened = True
        if self.it.state in TRANSITIONS[Step.OPEN]:
            self.it = self.it.opened()

    @rule(step=st.sampled_from([*{*Step} - {Step.SAVE, Step.SUBMIT, Step.SAVE_LATE, Step.JOIN_LATE, Step.OPEN}]))
    def acts(self, step: Step) -> None:
        try:
            state = next_state(self.it.state, step)
        except ApplicationStepNotAllowed:
            assert self.it.state not in TRANSITIONS[step]
            return
        self.was_cancelled |= state is State.CANCELLED
        self.was_withdrawn_late |= state is State.WITHDRAWN and self.now >= CUT_OFF
        self.it = self.it.model_copy(update={"state": state})

    @invariant()
    def only_timely_submissions_are_assessed_or_selected(self) -> None:
        if getattr(self, "it", None) and self.it.state in {State.IN_ASSESSMENT, State.SELECTED, State.RESERVE}:
            assert self.submitted_at
            assert max(self.submitted_at) < CUT_OFF
            assert self.opened

    @invariant()
    def a_cancelled_application_was_submitted_and_stays_cancelled(self) -> None:
        if getattr(self, "was_cancelled", False):
            assert self.it.state is State.CANCELLED
            assert self.submitted_at or self.now >= CUT_OFF
            assert not self.it.state.has_place

    @invariant()
    def an_application_withdrawn_after_the_cut_off_stays_withdrawn(self) -> None:
        if getattr(self, "was_withdrawn_late", False):
            assert self.it.state is State.WITHDRAWN
            assert not self.it.state.has_place


TestOneApplication = OneApplication.TestCase
TestOneApplication.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


@given(offset=st.integers(-5, 5))
def test_in_time_is_before_the_cut_off_by_a_millisecond(offset: int) -> None:
    at = CUT_OFF + timedelta(milliseconds=offset)
    if offset < 0:
        assert check_in_time(mission_call(), 1, at).deadline == CUT_OFF
        assert not takes_late_applications(mission_call(), 1, at)
    else:
        with pytest.raises(CutOffAlreadyPassed):
            check_in_time(mission_call(), 1, at)
        assert takes_late_applications(mission_call(), 1, at)


SUBMISSION = Submission(
    id="a:0001",
    application_id="a",
    number=1,
    call_id="call",
    cut_off=1,
    deadline=CUT_OFF,
    organisation_id="org",
    partners=["b"],
    form=1,
    answers={"people": 2},
    at=NOW,
)
CHANGES: dict[str, Any] = {
    "application_id": "b",
    "number": 2,
    "call_id": "other",
    "cut_off": 2,
    "deadline": NOW,
    "organisation_id": "else",
    "partners": [],
    "form": 2,
    "answers": {"people": 3},
    "at": NOW + timedelta(milliseconds=1),
}


def test_a_receipt_covers_every_fact() -> None:
    assert CHANGES.keys() == set(Submission.model_fields) - {"id", "hash"}
    hashes = {SUBMISSION.model_copy(update={name: value}).facts_hash() for name, value in CHANGES.items()}
    assert len(hashes | {SUBMISSION.facts_hash()}) == len(CHANGES) + 1


def test_a_receipt_does_not_depend_on_the_order_of_the_answers() -> None:
    one, other = ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    assert SUBMISSION.model_copy(update={"answers": one}).facts_hash() == (
        SUBMISSION.model_copy(update={"answers": other}).facts_hash()
    )


def audit_log(steps: int) -> tuple[Application, list[AuditEntry]]:
    it, entries = application(), []
    for number in range(steps):
        it = it.model_copy(update={"reason": f"step {number}"})
        entry = next_entry(it, "changed", "anna", NOW + timedelta(minutes=number))
        entries.append(entry)
        it = it.model_copy(update={"entries": entry.number, "head": entry.hash})
    return it, entries


TAMPERED: dict[str, Any] = {"by": "eve", "what": "else", "at": NOW - timedelta(days=1), "kept": {}, "number": 99}


@given(st.integers(1, 8), st.data())
def test_an_audit_log_shows_each_entry_that_was_changed_dropped_or_added(steps: int, data: st.DataObject) -> None:
    it, entries = audit_log(steps)
    assert first_defect(entries, it) == ""
    number = data.draw(st.integers(0, steps - 1))
    what = data.draw(st.sampled_from([*TAMPERED, "drop", "repeat", "hash", "document"]))
    if what == "drop":
        entries.pop(number)
    elif what == "repeat":
        entries.insert(number, entries[number])
    elif what == "hash":  # a rewritten entry with a new hash contradicts the next entry, or the document
        changed = entries[number].model_copy(update={"by": "eve", "hash": ""})
        entries[number] = next_entry_like(changed)
    elif what == "document":
        it = it.model_copy(update={"state": State.SELECTED})
    else:
        entries[number] = entries[number].model_copy(update={what: TAMPERED[what]})
    assert first_defect(entries, it)


def next_entry_like(entry: AuditEntry) -> AuditEntry:
    return entry.model_copy(update={"hash": chain_hash(entry.previous, entry.facts())})


def test_cancelled_is_final_and_only_a_place_or_an_awaited_decision_is_cancelled() -> None:
    for step in TRANSITIONS:
        with pytest.raises(ApplicationStepNotAllowed):
            next_state(State.CANCELLED, step)
    assert {*TRANSITIONS[Step.CANCEL]} == HAS_PLACE | AWAITS_DECISION


def test_a_mission_is_withdrawn_until_it_begins_even_if_another_cut_off_is_ahead() -> None:
    later = {"deadline": CUT_OFF + timedelta(days=200)}
    values = mission_call().model_dump() | {"cut_offs": [{"deadline": CUT_OFF}, later], "closes_at": later["deadline"]}
    call = Call.model_validate(values)
    check_withdrawable(call, CUT_OFF + timedelta(days=1))
    with pytest.raises(CallAlreadyClosed, match="has started"):
        check_withdrawable(call, datetime(2016, 8, 9, tzinfo=UTC))
