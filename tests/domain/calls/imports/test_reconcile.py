"""Two sources of one call: rows of the list, a rule for each field, and the same result in any order."""

import csv
import io
import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.catalogue.deadlines.domain import CutOff, DeadlineModel
from services.calls.imports.reading import Line, Refused, read_lines
from services.calls.imports.reconcile import reconcile, with_past
from services.calls.imports.record import HORIZON, PORTAL, Record
from services.calls.terms import Budget
from shared.imports.reading import FileForm

NOW = datetime(2026, 8, 1, tzinfo=UTC)
ROW = {
    "code": "HORIZON-CL5-2026-11-D3-06",
    "name": "Grids for islands",
    "open_date": "2026-05-05",
    "close_date": "2026-12-01",
    "budget_eur": "4000000.0",
    "link": "https://ec.europa.eu/topic",
    "section": "allCalls",
}


def table(*rows: dict) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROW))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read(text: str | bytes) -> list[Line]:
    return read_lines(text.encode() if isinstance(text, str) else text, FileForm(), 1000)


def listed(**more: str) -> Record:
    [(line, record)] = read(table(ROW | more))
    assert line == 2
    assert isinstance(record, Record), record
    return record


def portal(**more: object) -> Record:
    facts = {"title": "Grids for islands", "link": "https://ec.europa.eu/topic", "closes_on": "2026-12-01"}
    return Record.model_validate({"source": PORTAL, "id": ROW["code"], "standing": "open", **facts, **more})


def days(call: object) -> list[tuple[str, str]]:
    return [(cut_off.name, f"{cut_off.deadline:%d.%m.%Y}") for cut_off in call.cut_offs]


def test_a_topics_row_is_the_topic_and_its_amount_the_smallest_grant() -> None:
    record = listed()
    assert (record.id, record.kind, record.budget.smallest) == (ROW["code"], "funding", 4_000_000)
    assert record.ecosystems == ["energy_renewables", "mobility"]
    assert listed(budget_eur="").budget is None


@pytest.mark.parametrize(
    "row",
    [
        {"name": "ISLANDS 2nd Open Call"},
        {"name": "Call for pilots"},
        {"code": "HORIZON-CL5-2024-D3-01", "name": "Grants for students"},
        {"code": "HORIZON-CL5-2022-D3-01", "open_date": "2023-01-01"},
    ],
)
def test_a_call_of_a_project_funded_under_a_topic_is_a_cascade_call_of_its_own(row: dict) -> None:
    record = listed(**row)
    assert record.kind == "cascade"
    assert record.id.startswith(f"{(ROW | row)['code']}:")
    assert record.budget.total == 4_000_000
    assert record.id != listed(**row | {"name": f"{(ROW | row)['name']} again"}).id


def test_a_topic_that_opens_late_in_its_own_work_programme_is_no_cascade_call() -> None:
    assert listed(open_date="2027-02-10", close_date="2027-09-01").kind == "funding"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"close_date": "2026-05-04"}, "closes before it opens"),
        ({"open_date": "soon"}, "Use a date"),
        ({"code": "a b"}, "characters that are not allowed"),
        ({"name": "ab"}, "at least 3 characters"),
        ({"name": ""}, "name: This field is required."),
        ({"budget_eur": "much"}, "Use a whole number"),
        ({"budget_eur": "-5"}, "Use 0 or more"),
        ({"link": "ftp://x"}, "begins with http:// or https://"),
        ({"close_date": "9999-12-31"}, "between 1990 and 2100"),
    ],
)
def test_a_bad_row_has_its_reason_and_the_rest_goes_on(row: dict, reason: str) -> None:
    rows = dict(read(table(ROW | row, ROW)))
    assert isinstance(rows[2], Refused)
    assert reason in rows[2].reason
    assert isinstance(rows[3], Record)


def test_rows_know_their_lines_also_behind_a_cell_of_two_lines() -> None:
    text = table(ROW | {"name": "Grids\nfor islands"}, ROW) + "too,few\n"
    rows = dict(read(text))
    assert sorted(rows) == [2, 4, 5]
    assert rows[2].title == "Grids for islands"
    assert rows[5].reason == "line: The row has 2 cells; it must have 7."


def test_of_two_texts_the_clean_one_is_kept_and_it_is_no_conflict() -> None:
    broken = portal(title="\ufffdnergie pour l\ufffdeau", description="Caf\ufffd")
    both = reconcile([broken, listed(name="Énergie pour l'eau")], NOW)
    assert both.content.title == "Énergie pour l'eau"
    assert both.provenance["title"] == HORIZON
    assert both.conflicts == []
    assert both.content.description == "Caf\ufffd"


def test_case_and_typography_are_no_conflict() -> None:
    both = reconcile([portal(title="The farmers’ grid – ISLANDS"), listed(name="The farmers' grid - islands")], NOW)
    assert both.content.title == "The farmers’ grid – ISLANDS"
    assert both.conflicts == []


def test_two_stages_are_one_date_of_each_source() -> None:
    code = f"{ROW['code']}-two-stage"
    first = portal(id=code, model="two_stage", closes_on="2026-09-01")
    second = listed(code=code)
    both = reconcile([second, first], NOW)
    assert days(both) == [("Stage 1", "01.09.2026"), ("Stage 2", "01.12.2026")]
    assert both.conflicts == []
    assert days(reconcile([first], NOW)) == [("Stage 1", "01.09.2026")]
    assert days(reconcile([second], NOW)) == [("Stage 2", "01.12.2026")]


def test_several_cut_offs_are_every_date_that_is_named() -> None:
    both = reconcile([portal(model="cut_offs", closes_on="2026-10-01"), listed()], NOW)
    assert days(both) == [("", "01.10.2026"), ("", "01.12.2026")]


def test_of_two_deadlines_the_portals_is_kept_and_the_other_is_listed() -> None:
    both = reconcile([listed(), portal(closes_on="2026-12-03")], NOW)
    assert days(both) == [("", "03.12.2026")]
    [found] = both.conflicts
    assert (found.field, found.kept, found.source) == ("deadline", "2026-12-03", PORTAL)
    assert (found.other, found.other_source) == ("2026-12-01", HORIZON)


def test_a_fact_in_one_source_only_is_taken_and_listed() -> None:
    both = reconcile([portal(description="Long"), listed()], NOW)
    assert both.content.description == "Long"
    assert both.content.opens_at == datetime(2026, 5, 4, 22, tzinfo=UTC)
    assert both.provenance["description"] == PORTAL
    assert both.provenance["opens_at"] == HORIZON
    assert both.provenance["deadline"] == PORTAL


@pytest.mark.parametrize(
    ("record", "row", "field"),
    [
        ({"title": "Grids"}, {}, "title"),
        ({"link": "https://ec.europa.eu/other"}, {}, "link"),
        ({"budget": Budget(smallest=1, largest=2)}, {}, "budget"),
        ({}, {"open_date": "2026-08-04"}, "opens_at"),
        ({"closes_on": "2026-04-01", "standing": None}, {}, "opens_at"),
    ],
)
def test_if_sources_contradict_each_other_the_portal_is_kept_and_the_conflict_listed(
    record: dict, row: dict, field: str
) -> None:
    both = reconcile([listed(**row), portal(**record)], NOW)
    assert field in [found.field for found in both.conflicts]
    assert {found.source for found in both.conflicts} == {PORTAL}


def test_a_passed_cut_off_is_kept_if_the_record_drops_it() -> None:
    past, ahead, far = (CutOff(deadline=datetime(2026, month, 1, 15, tzinfo=UTC)) for month in (6, 9, 12))
    kept = with_past([past, ahead], [far], DeadlineModel.CUT_OFFS, NOW)
    assert kept == [past, far]
    stages = with_past([past], [far], DeadlineModel.TWO_STAGE, NOW)
    assert [(c.name, c.deadline) for c in stages] == [("Stage 1", past.deadline), ("Stage 2", far.deadline)]
    assert with_past([past], [far], DeadlineModel.SINGLE, NOW) == [far]


some_day = st.dates(date(2026, 5, 1), date(2027, 12, 1))
from_portal = st.builds(
    portal,
    title=st.sampled_from(["Grids", "Grids for islands"]),
    closes_on=some_day,
    model=st.sampled_from([None, *DeadlineModel]),
    standing=st.sampled_from(["open", "forthcoming", "closed"]),
    budget=st.none() | st.integers(0, 9).map(lambda n: Budget(smallest=n, largest=n + 1)),
)
from_list = st.builds(
    lambda opens, span, amount, two: Record(
        source=HORIZON,
        id=ROW["code"],
        title="Grids for islands",
        opens_on=opens,
        closes_on=date.fromordinal(opens.toordinal() + span),
        budget=amount,
        model=DeadlineModel.TWO_STAGE if two else None,
    ),
    some_day,
    st.integers(0, 300),
    st.none() | st.integers(0, 9).map(lambda n: Budget(smallest=n)),
    st.booleans(),
)


@examples(deadline=None)
@given(records=st.lists(from_portal, min_size=1, max_size=1) | st.tuples(from_portal, from_list).map(list))
def test_records_in_any_order_give_the_same_call_and_it_can_be_stored(records: list[Record]) -> None:
    results = [reconcile(order, NOW) for order in itertools.permutations(records)]
    assert all(result == results[0] for result in results)
    call = results[0]
    deadlines = [cut_off.deadline for cut_off in call.cut_offs]
    assert deadlines == sorted(set(deadlines))
    assert 1 <= len(deadlines) <= call.content.model.most
    assert call.content.opens_at is None or call.content.opens_at < deadlines[0]
    for found in call.conflicts:
        assert found.kept != found.other


def records_in(file: Path) -> dict[str, Record]:
    return {record.id: record for _, record in read(file.read_bytes()) if isinstance(record, Record)}


def test_every_real_row_is_accepted_and_no_topic_is_named_twice(real_data: Path) -> None:
    rows = read((real_data / "horizon_calls_2026-05.csv").read_bytes())
    records = [what for _, what in rows]
    assert len(records) == 532
    assert all(isinstance(record, Record) for record in records)
    assert len({record.key for record in records}) == 532
    topics = records_in(real_data / "eu_calls_2026-08.jsonl")
    both = [record for record in records if record.id in topics]
    assert len(both) == 322
    assert {record.kind.value for record in both} == {"funding"}


def test_the_real_sources_disagree_on_three_openings_only_and_give_seventeen_two_stages(real_data: Path) -> None:
    records = records_in(real_data / "eu_calls_2026-08.jsonl")
    rows = records_in(real_data / "horizon_calls_2026-05.csv")
    calls = [reconcile([records[id], row], NOW) for id, row in rows.items() if id in records]
    assert [found.field for call in calls for found in call.conflicts] == ["opens_at"] * 3
    assert sum(len(call.cut_offs) == 2 for call in calls) == 17
