"""Records of the EU portal: the rules for reading them, and every real record."""

import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import ValidationError

from services.calls.imports.eu_portal import PortalRecord, to_record
from services.calls.imports.reading import Refused, read_lines
from services.calls.imports.reconcile import Reconciled, reconcile
from services.calls.imports.record import Record
from shared.errors import Invalid
from shared.imports.reading import FileForm

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


def test_a_stated_time_of_the_deadline_is_kept() -> None:
    assert call(deadline="2026-09-23T12:00:00+02:00").cut_offs[0].deadline == datetime(2026, 9, 23, 10, tzinfo=UTC)


def test_each_deadline_model_of_the_portal_is_known() -> None:
    names = ["", "single-stage", "Two-Stage", "two stage", "multiple cut-off", "multiple-cut-off"]
    models = [call(**({"deadlineModel": name} if name else {})).content.model.value for name in names]
    assert models == ["single", "single", "two_stage", "two_stage", "cut_offs", "cut_offs"]
    assert [cut_off.name for cut_off in call(deadlineModel="two-stage").cut_offs] == ["Stage 1"]


def test_the_id_of_a_topic_says_that_it_has_two_stages_if_the_record_does_not() -> None:
    assert read(topicId="HORIZON-JU-X-2027-01-two-stage", stage="single").model == "two_stage"


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
    assert read(topicId="EuropeAid/186246/DD/ACT/EL").about == ["GR"]


def test_the_same_record_has_the_same_content_and_a_changed_one_another() -> None:
    assert read().content == read().content
    assert read().content != read(title="Batteries for ships").content
    assert read().content != read(callStatus="closed").content
    assert read().content == read(topicId=RECORD["topicId"].lower()).content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"deadline": "soon"}, "deadline"),
        ({"title": ""}, "title"),
        ({"callStatus": "perhaps"}, "callStatus"),
        ({"deadlineModel": "rolling"}, "deadlineModel"),
        ({"budgetMin": -1}, "budgetMin"),
        ({"budgetMin": 2, "budgetMax": 1}, "budgetMax"),
    ],
)
def test_the_error_of_a_bad_row_names_the_field(change: dict, field: str) -> None:
    [(line, refused)] = read_lines(json.dumps(RECORD | change).encode(), FileForm(), 9)
    assert line == 1
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(f"{field}: ")
    assert refused.topic == RECORD["topicId"]


@examples(deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_line_breaks_the_import(line: bytes) -> None:
    with suppress(Invalid):
        for _, what in read_lines(line, FileForm("application/x-ndjson"), 100):
            assert isinstance(what, Record | Refused)


@examples(deadline=None)
@given(
    st.fixed_dictionaries(
        {key: st.text(max_size=30) | st.none() | st.integers() for key in RECORD},
        optional={"portalUrl": st.text(), "description": st.text()},
    )
)
def test_no_record_of_the_right_shape_breaks_the_import(record: dict) -> None:
    [(_, what)] = read_lines(json.dumps(record).encode(), FileForm(), 9)
    assert isinstance(what, Record | Refused)


def test_every_real_record_is_read(real_data: Path) -> None:
    lines = read_lines((real_data / "eu_calls_2026-08.jsonl").read_bytes(), FileForm(), 1000)
    records = [record for _, record in lines if isinstance(record, Record)]
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
