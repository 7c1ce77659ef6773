"""The agenda solver against an independent checker: every agenda is checked, every optimum found by enumeration."""

import itertools
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pysat.solvers import Solver

from services.matchmaking.agenda import engine, tables
from services.matchmaking.agenda.diagnosis import UNFAIR, Constraints, explain, obstacles
from services.matchmaking.agenda.dzn import BadProblem, read_dzn
from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import Meeting, Problem, count_breaks, violations
from services.matchmaking.agenda.proof import any_agenda, prove, prove_repair
from services.matchmaking.agenda.repair import Changes, Place, apply_changes, repair, search_repairs
from services.matchmaking.agenda.search import anneal, construct
from tests.chaos.parts import until
from tests.support import ROOT
from tests.support.agendas import verdict

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


def reports_of(job: Any, *arguments: object) -> list[tuple[str, Any]]:
    """Return the reports of a job that runs in this process."""
    reports: list[tuple[str, Any]] = []
    job(reports.append, *arguments)
    return reports


@THOROUGH
@given(files())
def test_the_optimum_and_every_bound_are_those_that_trying_everything_finds(text: str) -> None:
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

SMALL = """
nBusiness = 3; nMeetings = 2; nTables = 1; nTotalSlots = 4; nMorningSlots = 2;
requested = [|1, 2, 1, |1, 3, 3, |];
forbidden = [{0}, {1}, {0}];
fixed = [0, 4];
precedences = [{}, {1}];
"""


def test_a_data_file_is_read_as_it_is_meant() -> None:
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
    ("wrong", "said"),
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
def test_a_broken_file_says_where(wrong: str, said: str) -> None:
    with pytest.raises(BadProblem, match=said):
        read_dzn(wrong)


# --- reasons ------------------------------------------------------------------------------------


def meet(one: int, two: int, slots: range, fixed: int | None = None) -> Meeting:
    return Meeting((one - 1, two - 1), slots, fixed)


def event(people: int, slots: int, places: int, *meetings: Meeting, **more: Any) -> Problem:
    return Problem(people, slots, places, meetings, [frozenset()] * people, **more)


def test_an_overbooked_participant_is_named_in_words() -> None:
    problem = read_dzn(SMALL.replace("[0, 4]", "[0, 0]").replace("[{0}, {1}", "[{1,3,4}, {1}"))
    assert "participant 1 has 2 meetings and 1 usable slot" in obstacles(problem)
    solution = solve(problem)
    assert solution.status == "infeasible"
    assert solution.reasons == obstacles(problem)


def pairs_in(slots: range, number: int) -> list[Meeting]:
    return [meet(2 * n + 1, 2 * n + 2, slots) for n in range(number)]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            event(10, 6, 2, *pairs_in(range(2), 5)),
            "5 meetings are for slots 1 and 2, which have 4 places: 2 tables each",
        ),
        (
            event(7, 6, 9, *(meet(one, two, range(6)) for one, two in itertools.combinations(range(1, 8), 2))),
            "21 meetings are for slots 1 to 6, which have 18 places: 7 participants can hold 3 meetings at a time",
        ),
        (
            event(2, 4, 1, meet(1, 2, range(2), 3)),
            "meeting 1 of participants 1 and 2 is in slot 4, and its session is slots 1 and 2",
        ),
        (event(2, 4, 1, meet(1, 2, range(0))), "meeting 1 of participants 1 and 2 is for a session that has no slots"),
        (
            Problem(2, 3, 1, [meet(1, 2, range(3))], [frozenset({0, 1, 2}), frozenset({0})]),
            "meeting 1 of participants 1 and 2 is held, and participant 1 is away in slots 1 to 3",
        ),
        (
            Problem(2, 3, 1, [meet(1, 2, range(3))], [frozenset({0}), frozenset({1, 2})]),
            "meeting 1 of participants 1 and 2 is held, "
            "and participant 1 is away in slot 1 and participant 2 is away in slots 2 and 3",
        ),
    ],
)
def test_each_obstacle_is_named_in_words(problem: Problem, said: str) -> None:
    assert obstacles(problem) == [said]


def test_obstacles_are_found_among_many_slots() -> None:
    """Each partner can come to two slots only, one after the other, so that a place is found along a path of 400."""
    away = [frozenset(range(500)) - {n, n + 1} for n in range(400)]
    meetings = [meet(1, n + 2, range(500)) for n in range(400)]
    last = meet(1, 402, range(500))
    problem = Problem(402, 500, 99, [*meetings, last], [frozenset(), *away, frozenset(range(500)) - {0, 1}])
    assert obstacles(problem) == []


DAY = range(2)
CLASHES = {
    "a triangle": event(5, 2, 3, meet(1, 2, DAY), meet(4, 5, DAY), meet(2, 3, DAY), meet(1, 3, DAY)),
    "two absences, three meetings apart": Problem(
        4, 2, 3, [meet(1, 2, DAY), meet(2, 3, DAY), meet(3, 4, DAY)], [frozenset(away) for away in ([1], [], [], [0])]
    ),
    "a table and an order": event(4, 2, 1, meet(1, 2, DAY), meet(3, 4, DAY), precedences=[(0, 1), (1, 0)]),
}


@pytest.mark.parametrize("name", CLASHES)
def test_no_smaller_set_of_constraints_is_contradictory(name: str) -> None:
    """Against every smaller set, one by one."""
    problem = CLASHES[name]
    assert obstacles(problem) == []
    *_, (_, (words, *reasons)) = reports_of(explain, problem)
    assert "and no smaller set does" in words
    constraints = Constraints(problem)
    with Solver(name="m22", bootstrap_with=constraints.clauses) as solver:
        by_words = {text: literal for literal, text in constraints.words.items()}
        assert not solver.solve(assumptions=[by_words[reason] for reason in reasons])
        for smaller in itertools.combinations(constraints.words, len(reasons) - 1):
            assert solver.solve(assumptions=list(smaller)), smaller


def test_a_smallest_contradiction_is_named_if_no_participant_is_overbooked() -> None:
    solution = solve(CLASHES["a triangle"])
    assert solution.status == "infeasible"
    assert solution.reasons == [
        "these 3 constraints contradict each other, and no smaller set does:",
        "meeting 1 of participants 1 and 2 is held",
        "meeting 3 of participants 2 and 3 is held",
        "meeting 4 of participants 1 and 3 is held",
    ]


def test_a_circle_of_meetings_each_before_the_next_is_named() -> None:
    day = range(4)
    circle = event(6, 4, 3, meet(1, 2, day), meet(3, 4, day), meet(5, 6, day), precedences=[(0, 1), (1, 2), (2, 0)])
    assert "meeting 3 comes before meeting 1" in solve(circle).reasons


def test_unfairness_alone_is_named() -> None:
    scattered = [meet(1, 2 + n % 2, range(9), 2 * n) for n in range(5)]
    assert solve(event(4, 9, 2, *scattered)).reasons == [UNFAIR]


def test_out_of_memory_it_still_has_an_agenda(monkeypatch: pytest.MonkeyPatch) -> None:
    real = engine.Worker
    monkeypatch.setattr(
        engine, "Worker", lambda job, *given: real(job, *given, memory=(150 if job is prove else 4000) << 20)
    )
    people = range(1, 101)
    pairs = [(one, two) for one in people for two in people if one < two <= one + 5]
    problem = event(100, 20, 27, *(meet(one, two, range(20)) for one, two in pairs))
    solution = solve(problem, time_limit=4)
    assert (solution.status, solution.reasons) == ("feasible", [engine.NO_MEMORY])
    assert violations(problem, [slot - 1 for slot in solution.slots]) == []


def test_the_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "hard.dzn"  # thirteen people, each meets each, more tables than needed
    pairs = list(itertools.combinations(range(1, 14), 2))
    file.write_text(
        f"nBusiness = 13; nMeetings = {len(pairs)}; nTables = 6; nTotalSlots = 13; nMorningSlots = 13;"
        f"requested = [{''.join(f'|{one}, {two}, 3, ' for one, two in pairs)}|];"
        f"fixed = [{', '.join('1' if pair == (1, 2) else '0' for pair in pairs)}];"
    )
    parent = subprocess.Popen([sys.executable, "-m", "ccp", "agenda", "solve", str(file)], stdout=subprocess.DEVNULL)
    children = until(lambda: workers_of(parent.pid), "the workers to start")
    parent.kill()
    parent.wait()
    until(lambda: not any(Path(f"/proc/{child}").exists() for child in children), "the workers to be gone")


def workers_of(pid: int) -> list[str]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return children if len(children) == 2 else []


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


# --- the command --------------------------------------------------------------------------------


def ccp(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccp", "agenda", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_the_command_prints_one_json_object_and_draws_the_agenda(tmp_path: Path) -> None:
    file, picture = tmp_path / "small.dzn", tmp_path / "small.svg"
    file.write_text(SMALL)
    done = ccp("solve", file, "--json", "--progress", "--svg", picture)
    printed = json.loads(done.stdout)
    assert list(printed) == ["status", "breaks", "lower_bound", "seconds", "slots", "tables", "reasons"]
    assert (printed["slots"], printed["tables"]) == ([2, 4], [1, 1])
    assert "best so far 1 break, at least" in done.stderr
    titles = [title.text for title in BeautifulSoup(picture.read_text(), "html.parser").find_all("title")]
    assert titles.count("break of participant 1") == 1
    assert "participants 3 and 1, slot 4, table 1" in titles


def test_the_example_of_the_readme_has_one_break_and_no_agenda_without() -> None:
    text = (ROOT / "examples" / "brokerage.dzn").read_text()
    solution = solve(read_dzn(text))
    assert (solution.status, solution.breaks) == ("optimal", 1)
    bare = "\n".join(line.split("%")[0] for line in text.splitlines())
    assert verdict(bare, solution.slots, solution.tables) == ([], 1)


def test_the_command_repairs_what_it_printed(tmp_path: Path) -> None:
    file, agenda = tmp_path / "small.dzn", tmp_path / "agenda.json"
    file.write_text(SMALL.replace("[0, 4]", "[0, 0]"))
    agenda.write_text(ccp("solve", file, "--json").stdout)
    done = ccp("repair", file, agenda, "--away", "3:3", "--meet", "2-3", "--cancel", "1", "--json")
    repaired = json.loads(done.stdout)
    assert repaired["slots"][0] is None
    assert repaired["slots"][1] != 3
    assert {difference["meeting"] for difference in repaired["differences"]} >= {1, 3}
    assert "--away 3:9: wanted (1 to 3):(1 to 4)" in ccp("repair", file, agenda, "--away", "3:9").stderr
    assert "is not what `ccp agenda solve --json` prints" in ccp("repair", file, file).stderr
    agenda.write_text(done.stdout)
    again = json.loads(ccp("repair", file, agenda, "--freeze", "all", "--json").stdout)
    assert again["slots"] == repaired["slots"]
    assert again["differences"] == []
    agenda.write_text(json.dumps({"slots": [1, 1], "tables": [1, 1]}))
    assert "small.dzn" not in (said := ccp("repair", file, agenda).stderr)
    assert "is not a valid agenda of this problem" in said
    assert "No such file" in ccp("solve", file, "--svg", tmp_path / "nowhere" / "x.svg").stderr
