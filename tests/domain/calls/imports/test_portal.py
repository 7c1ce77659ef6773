"""Records of the EU portal: the rules for reading them, and every real record."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.calls.imports.eu_portal import PortalRecord, read_portal, to_record
from services.calls.imports.reading import json_lines
from services.calls.imports.reconcile import Reconciled, reconcile
from services.calls.imports.record import Record

RECORD = {
    "topicId": "HORIZON-CL5-2026-01",
    "callIdentifier": "HORIZON-CL5-2026",
    "title": "Batteries for rail",
    "programme": "Horizon Europe",
    "cluster": "CL5",
    "deadline": "2026-09-23",
    "callStatus": "open",
    "keywords": "HORIZON-CL5-2026-01, HORIZON-CL5-2026, Batteries, Storage",
}


NOW = datetime(2026, 8, 1, tzinfo=UTC)


def read(**more: object) -> Record:
    return to_record(PortalRecord.model_validate(RECORD | more))


def call(**more: object) -> Reconciled:
    return reconcile([read(**more)], NOW)


def test_a_bare_date_closes_at_five_in_brussels_in_summer_and_in_winter() -> None:
    assert call().cut_offs[0].deadline == datetime(2026, 9, 23, 15, tzinfo=UTC)
    assert call(deadline="2026-12-01").cut_offs[0].deadline == datetime(2026, 12, 1, 16, tzinfo=UTC)


def test_each_deadline_model_of_the_portal_is_known() -> None:
    models = {name: call(deadlineModel=name).content.model.value for name in ("", "two-stage", "multiple cut-off")}
    assert models == {"": "single", "two-stage": "two_stage", "multiple cut-off": "cut_offs"}
    assert [cut_off.name for cut_off in call(deadlineModel="two-stage").cut_offs] == ["Stage 1"]


def test_the_amounts_of_a_record_are_its_budget() -> None:
    assert call().content.budget is None
    budget = call(budgetMin=0, budgetMax=7_000_000, expectedGrants=30).content.budget
    assert (budget.smallest, budget.largest, budget.grants) == (0, 7_000_000, 30)


def test_keywords_do_not_repeat_the_topics_own_names() -> None:
    assert read().keywords == ["Batteries", "Storage"]


def test_ecosystems_follow_from_programme_cluster_and_words() -> None:
    assert [str(e) for e in read().ecosystems] == ["energy_renewables", "mobility"]
    plain = {"cluster": "", "title": "Protection of the euro", "keywords": ""}
    assert read(**plain).ecosystems == []
    assert [str(e) for e in read(**plain, programme="European Defence Fund").ecosystems] == ["aerospace_defence"]


def test_the_topic_of_an_external_action_ends_in_its_country() -> None:
    assert read(topicId="EuropeAid/186246/DD/ACT/NG").about == ["NG"]
    assert read(topicId="EuropeAid/186246/DD/ACT/Multi").about == []


def test_the_same_record_has_the_same_content_and_a_changed_one_another() -> None:
    assert read().content == read().content
    assert read().content != read(title="Batteries for ships").content
    assert read().content != read(callStatus="closed").content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": "soon"}, "deadline"),
        ({"title": ""}, "title"),
        ({"callStatus": "perhaps"}, "callStatus"),
        ({"deadlineModel": "rolling"}, "deadlineModel"),
        ({"budgetMin": -1}, "budgetMin"),
        ({"budgetMin": 2, "budgetMax": 1}, "largest"),
    ],
)
def test_the_error_of_a_bad_row_names_the_field(change: dict, field: str) -> None:
    [(line, reason)] = json_lines(json.dumps(RECORD | change).encode())
    assert line == 1
    assert isinstance(reason, str)
    assert reason.startswith(f"{field}: ")


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_line_breaks_the_import(line: bytes) -> None:
    for _, what in json_lines(line):
        assert isinstance(what, Record | str)


@given(
    st.fixed_dictionaries(
        {key: st.text(max_size=30) | st.none() | st.integers() for key in RECORD},
        optional={"portalUrl": st.text(), "description": st.text()},
    )
)
def test_no_record_of_the_right_shape_breaks_the_import(record: dict) -> None:
    [(_, what)] = json_lines(json.dumps(record).encode())
    assert isinstance(what, Record | str)


def test_every_real_record_is_read(real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    records = [read_portal(line) for line in lines]
    assert len(records) == 500
    assert len({record.id for record in records}) == 500
    assert sum(record.standing == "closed" for record in records) == 3
    assert sum(bool(record.ecosystems) for record in records) >= 450
    assert Counter(record.model and record.model.value for record in records) == {
        "single": 456,
        "two_stage": 23,
        None: 19,
        "cut_offs": 2,
    }


def test_a_row_that_is_not_a_record_is_refused() -> None:
    with pytest.raises(ValidationError):
        PortalRecord.model_validate_json("[]")
