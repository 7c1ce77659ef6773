"""Reading the EU portal's records: the stated rules, and every real record."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.calls.importing import read_line
from services.calls.portal import PortalRecord, to_call

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


def read(**more: object):
    return to_call(PortalRecord.model_validate(RECORD | more))


def test_a_bare_date_closes_at_five_in_brussels_in_summer_and_in_winter() -> None:
    assert read().body.deadline == datetime(2026, 9, 23, 15, tzinfo=UTC)
    assert read(deadline="2026-12-01").body.deadline == datetime(2026, 12, 1, 16, tzinfo=UTC)


def test_keywords_do_not_repeat_the_topics_own_names() -> None:
    assert read().body.keywords == ["Batteries", "Storage"]


def test_programme_cluster_and_words_say_the_ecosystems() -> None:
    assert [str(e) for e in read().body.ecosystems] == ["energy_renewables", "mobility"]
    plain = {"cluster": "", "title": "Protection of the euro", "keywords": ""}
    assert read(**plain).body.ecosystems == []
    assert [str(e) for e in read(**plain, programme="European Defence Fund").body.ecosystems] == ["aerospace_defence"]


def test_an_external_action_is_about_the_country_its_topic_ends_in() -> None:
    assert read(topicId="EuropeAid/186246/DD/ACT/NG").body.countries == ["NG"]
    assert read(topicId="EuropeAid/186246/DD/ACT/Multi").body.countries == []


def test_the_same_record_has_the_same_content_and_a_changed_one_another() -> None:
    assert read().source == read().source
    assert read().source.content != read(title="Batteries for ships").source.content
    assert read().source.content != read(callStatus="closed").source.content


@pytest.mark.parametrize(
    ("change", "field"),
    [({"deadline": "soon"}, "deadline"), ({"title": ""}, "title"), ({"callStatus": "perhaps"}, "callStatus")],
)
def test_a_bad_row_says_which_field(change: dict, field: str) -> None:
    row, call = read_line(json.dumps(RECORD | change).encode(), 7)
    assert call is None
    assert (row.line, row.outcome) == (7, "refused")
    assert row.reason.startswith(f"{field}: ")


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_no_line_whatsoever_breaks_the_import(line: bytes) -> None:
    row, _ = read_line(line, 1)
    assert row.outcome in {"read", "refused"}


@given(
    st.fixed_dictionaries(
        {key: st.text(max_size=30) | st.none() | st.integers() for key in RECORD},
        optional={"portalUrl": st.text(), "description": st.text()},
    )
)
def test_no_record_of_the_right_shape_breaks_it_either(record: dict) -> None:
    row, _ = read_line(json.dumps(record).encode(), 1)
    assert row.outcome in {"read", "refused"}


def test_every_real_record_is_read(real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    calls = [to_call(PortalRecord.model_validate_json(line)) for line in lines]
    assert len(calls) == 500
    assert len({call.source.id for call in calls}) == 500
    assert sum(call.says_closed for call in calls) == 3
    assert sum(bool(call.body.ecosystems) for call in calls) >= 450


def test_a_row_that_is_not_a_record_is_refused() -> None:
    with pytest.raises(ValidationError):
        PortalRecord.model_validate_json("[]")
