"""The agenda solver against an independent checker: every agenda is checked, every optimum found by enumeration."""

import itertools
import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.matchmaking.agenda import engine, tables
from services.matchmaking.agenda.diagnosis import obstacles
from services.matchmaking.agenda.dzn import BadProblem, read_dzn
from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import Meeting, count_breaks, violations
from services.matchmaking.agenda.proof import any_agenda, prove, prove_repair
from services.matchmaking.agenda.repair import Changes, Place, apply_changes, repair, search_repairs
from services.matchmaking.agenda.search import anneal, construct
from tests.support.agendas import SMALL, event, meet, reports_of, verdict

THOROUGH = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def braces(numbers: set[int] | frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(numbers))) + "}"


@st.composite
def files(draw: st.DrawFn, most: int = 5) -> str:
    """Return small events as data files."""
    people, slots = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    pairs = st.sampled_from(list(itertools.combinations(range(1, people + 1), 2)))
    rows = draw(st.lists(st.tuples(pairs, st.sampled_from([1, 2, 3, 3, 3])), min_size=1, max_size=most))
    of_slots, of_meetings = st.integers(1, slots), st.integers(1, len(rows))
    forbidden = draw(st.lists(st.frozensets(of_slots, max_size=2), min_size=people, max_size=people))
    fixed = draw(st.lists(st.sampled_from([0, 0, 0, *range(1, slots + 1)]), min_size=len(rows), max_size=len(rows)))
    before: list[set[int]] = [set() for _ in rows]
    for one, two in draw(st.lists(st.tuples(of_meetings, of_meetings), max_size=2)):
        before[two - 1].add(one)
    return f"""
        nBusiness = {people}; nMeetings = {len(rows)}; nTables = {draw(st.integers(1, 3))};
        nTotalSlots = {slots}; nMorningSlots = {draw(st.integers(0, slots))};
        requested = [{"".join(f"|{one}, {two}, {session}, " for (one, two), session in rows)}|];
        forbidden = [{", ".join(map(braces, forbidden))}];
        fixed = {fixed};
        precedences = [{", ".join(map(braces, before))}];"""


def all_agendas(text: str) -> dict[tuple[int, ...], int]:
    """Return every agenda (1-based slots) with its breaks, by enumeration and without the solver."""
    problem = read_dzn(text)
    found = {}
    for slots in itertools.product(range(1, problem.slots + 1), repeat=len(problem.meetings)):
        at = [slots[:number].count(slot) + 1 for number, slot in enumerate(slots)]
        wrong, number_of_breaks = verdict(text, list(slots), at)
        if not wrong:
            found[slots] = number_of_breaks
    return found


@THOROUGH
@given(files())
def test_the_optimum_and_every_bound_agree_with_enumeration(text: str) -> None:
    problem, possible = read_dzn(text), all_agendas(text)
    if obstacles(problem):
        assert not possible
        return
    *bounds, (kind, agenda) = reports_of(prove, problem)
    if not possible:
        assert kind == "infeasible"
        return
    assert kind == "optimal"
    assert possible[tuple(slot + 1 for slot in agenda)] == min(possible.values())
    assert all(bound <= min(possible.values()) for _, bound in bounds)


@THOROUGH
@given(files())
def test_the_search_finds_only_agendas_and_the_best_of_small_ones(text: str) -> None:
    problem, possible = read_dzn(text), all_agendas(text)
    assume(possible)
    start = construct(problem, random.Random(1)) or any_agenda(problem)
    costs = [possible[tuple(slot + 1 for slot in agenda)] for agenda in anneal(problem, start, random.Random(1))]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == min(possible.values())


@THOROUGH
@given(files(most=4), st.data())
def test_a_repair_moves_the_fewest_meetings_and_then_has_the_fewest_breaks(text: str, data: st.DataObject) -> None:
    possible = all_agendas(text)
    assume(possible)
    published = [Place(slot, 1) for slot in data.draw(st.sampled_from(sorted(possible)))]
    problem = read_dzn(text)
    number = st.integers(0, len(published) - 1)
    changes = Changes(
        cancelled=data.draw(st.frozensets(number, max_size=1)),
        away=frozenset({(0, data.draw(st.integers(0, problem.slots - 1)))}),
        added=tuple(data.draw(st.lists(st.just(Meeting((0, 1), range(problem.slots))), max_size=1))),
        frozen=data.draw(st.frozensets(number, max_size=1)),
    )
    after, kept = apply_changes(problem, published, changes)
    slots = [place.slot - 1 if place else None for place in kept]

    def cost(agenda: tuple[int, ...]) -> tuple[int, int]:
        moved = sum(was not in {None, now} for was, now in zip(slots, agenda, strict=True))
        return moved, sum(count_breaks([agenda[m] for m in mine]) for mine in after.meetings_of)

    costs = [
        cost(agenda)
        for agenda in itertools.product(range(problem.slots), repeat=len(after.meetings))
        if not violations(after, agenda)
    ]
    if obstacles(after):
        assert not costs
        return
    *bounds, (kind, agenda) = reports_of(prove_repair, after, slots, 100)
    assert kind == ("optimal" if costs else "infeasible")
    if costs:
        assert cost(tuple(agenda)) == min(costs)
        assert all(bound <= 100 * min(costs)[0] + min(costs)[1] for _, bound in bounds)
    for _, near in reports_of(search_repairs, after, slots):
        assert cost(tuple(near)) in costs


@pytest.mark.parametrize(
    ("slots", "expected"), [([], 0), ([3], 0), ([1, 2, 3], 0), ([1, 3], 1), ([5, 1, 2], 1), ([0, 2, 5, 9], 3)]
)
def test_a_break_is_an_idle_run_between_two_meetings(slots: list[int], expected: int) -> None:
    assert count_breaks(slots) == expected


# --- data files ---------------------------------------------------------------------------------


def test_a_data_file_is_read_correctly() -> None:
    problem = read_dzn(SMALL)
    assert [meeting.participants for meeting in problem.meetings] == [(0, 1), (0, 2)]
    assert problem.allowed == [[1], [3]]
    assert problem.precedences == [(0, 1)]
    solution = solve(problem)
    assert (solution.status, solution.slots, solution.breaks, solution.lower_bound) == ("optimal", [2, 4], 1, 1)


def test_spellings_of_the_same_file_are_read_alike() -> None:
    other = SMALL.replace("fixed", "/* fixed = [3, 3]; */ fixed").replace("{1}]", "{1..1}]").rstrip("; \n")
    other = other.replace("|];", "|]; % here; they = [are]\n meetingsxBusiness = [{2, 3}, {2}, {3}];").replace(
        "{0}", "1..0"
    )
    assert read_dzn(other) == read_dzn(SMALL)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (SMALL.replace("nTables = 1;", ""), "nTables is missing"),
        (SMALL.replace("nTables = 1;", "nTables = ²;"), "nTables: expected a number"),
        (SMALL.replace("nTables = 1;", "nTables = 0;"), "nTables: expected a number from 1"),
        (SMALL.replace("nTables = 1;", "nTables = 1, 2;"), "nTables: expected a number from 1"),
        (SMALL.replace("|1, 3, 3", "|1, 9, 3"), "row 2"),
        (SMALL.replace("{1}, {0}]", "{1}]"), "forbidden: 3 sets"),
        (SMALL.replace("[0, 4]", "[0]"), "fixed: 2 numbers"),
        (SMALL.replace("[0, 4]", "[0, 5]"), "fixed: 2 numbers"),
        (SMALL.replace("[{}, {1}]", "[{}, {3}]"), "precedences: expected numbers from 1 to 2, not '3'"),
        (SMALL.replace("[{}, {1}]", "[{}, x, {1}]"), "precedences: 2 sets"),
        (SMALL.replace("{1}, {0}]", "{5}, {0}]"), "forbidden: expected numbers from 1 to 4, not '5'"),
        (SMALL.replace("[0, 4]", "[0, 4x]"), "fixed: expected a number, not '4x'"),
        (SMALL.replace("[0, 4]", "[0, 12345678901]"), "fixed: expected a number"),
        (SMALL + "fixed = [1, 1];", "one `name = value;` for each name, not 'fixed"),
        (SMALL + "solve satisfy;", "not 'solve satisfy'"),
    ],
)
def test_the_error_of_a_broken_file_names_the_place(wrong: str, error: str) -> None:
    with pytest.raises(BadProblem, match=error):
        read_dzn(wrong)


def test_a_solver_out_of_memory_still_returns_an_agenda(monkeypatch: pytest.MonkeyPatch) -> None:
    real = engine.Worker
    monkeypatch.setattr(
        engine, "Worker", lambda job, *given: real(job, *given, memory=(80 if job is prove else 4000) << 20)
    )
    people = range(1, 101)
    pairs = [(one, two) for one in people for two in people if one < two <= one + 5]
    problem = event(100, 20, 27, *(meet(one, two, range(20)) for one, two in pairs))
    solution = solve(problem, time_limit=6)
    assert (solution.status, solution.reasons) == ("feasible", [engine.NO_MEMORY])
    assert violations(problem, [slot - 1 for slot in solution.slots]) == []


# --- tables and repair --------------------------------------------------------------------------


def test_participants_of_consecutive_meetings_stay_at_the_table() -> None:
    day = range(3)
    one_after_another = event(4, 3, 2, meet(1, 2, day), meet(1, 3, day), meet(1, 4, day), meet(2, 3, day))
    at = tables.assign(one_after_another, [0, 1, 2, 2])
    assert len({at[0], at[1], at[3]}) == 1
    assert at[2] != at[3]
    assert tables.count_changes(one_after_another, [0, 1, 2, 2], at) == 1


def test_a_repair_keeps_numbers_tables_and_frozen_meetings() -> None:
    day = range(3)
    problem = event(4, 3, 2, meet(1, 2, day), meet(1, 3, day), meet(2, 4, day))
    published = [Place(1, 2), Place(2, 2), Place(2, 1)]
    changes = Changes(
        cancelled=frozenset({0}),
        away=frozenset({(0, 1)}),
        added=(meet(3, 4, day),),
        frozen=frozenset({2}),
    )
    repaired = repair(problem, published, changes)
    assert (repaired.status, repaired.moved, repaired.lower_bound) == ("optimal", 1, 1)
    assert [difference.meeting for difference in repaired.differences] == [1, 2, 4]
    assert repaired.slots[0] is None
    assert (repaired.slots[2], repaired.tables[2]) == (2, 1)
    frozen_too = replace(changes, frozen=frozenset({1, 2}))
    assert repair(problem, published, frozen_too).reasons == [
        "meeting 2 of participants 1 and 3 is in slot 2, and participant 1 is away in slot 2"
    ]


def test_when_everything_is_cancelled_nothing_is_left_to_move() -> None:
    problem = event(2, 2, 1, meet(1, 2, range(2)))
    repaired = repair(problem, [Place(1, 1)], Changes(cancelled=frozenset({0})))
    assert (repaired.status, repaired.moved, repaired.slots) == ("optimal", 0, [None])
    assert [(d.was, d.now) for d in repaired.differences] == [(Place(1, 1), None)]
