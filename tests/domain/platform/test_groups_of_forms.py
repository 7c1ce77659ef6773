"""Lists of groups in a form: what counts as untouched, and where an error is shown."""

from typing import Any

from shared.forms.fields import Field, Kind, Words, fields_of
from shared.forms.reading import place_of, read

LINE: dict[str, Any] = {
    "type": "object",
    "required": ["outcome"],
    "properties": {
        "id": {"type": "string"},
        "outcome": {"type": "string", "enum": ["select", "reject"]},
        "weight": {"type": "integer", "default": 1},
        "reason": {"type": "string"},
    },
}
FIELDS: tuple[Field, ...] = fields_of({"properties": {"lines": {"type": "array", "items": LINE}}})


def sent(*lines: dict[str, str]) -> dict[str, list[str]]:
    return {f"lines.{n}.{name}": [value] for n, line in enumerate(lines) for name, value in line.items()}


def values(*lines: dict[str, str], blanks: bool = False) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(FIELDS, sent(*lines), blanks=blanks)["lines"]
    return found


def test_a_group_with_nothing_but_what_it_had_from_the_start_is_not_sent() -> None:
    assert values({"weight": "1"}, {"outcome": "", "weight": "1"}) == []
    assert values({"weight": "2"}) == [{"weight": 2}]


def test_a_choice_alone_is_sent() -> None:
    assert values({"outcome": "select", "weight": "1"}) == [{"outcome": "select", "weight": 1}]


def test_a_stored_group_is_removed_by_emptying_it_and_a_choice_about_something_is_kept() -> None:
    hidden = {"lines.id": Words(kind=Kind.HIDDEN)}
    line = {"lines.0.id": ["7"], "lines.0.outcome": ["select"]}
    stored = fields_of({"properties": {"lines": {"type": "array", "items": LINE}}}, hidden)
    assert read(stored, line) == {"lines": []}
    names = LINE["properties"] | {"id": {"type": "string", "minLength": 1}}
    items = LINE | {"required": ["id", "outcome"], "properties": names}
    about = fields_of({"properties": {"lines": {"type": "array", "items": items}}}, hidden)
    assert read(about, line) == {"lines": [{"id": "7", "outcome": "select"}]}


def test_the_page_shows_untouched_groups_again_and_errors_at_the_groups_that_were_sent() -> None:
    lines = [{"weight": "1"}, {"outcome": "reject"}, {"weight": "1"}, {"outcome": "reject"}]
    shown = {"lines": values(*lines, blanks=True)}
    assert [line.get("outcome") for line in shown["lines"]] == [None, "reject", None, "reject"]
    assert place_of("lines.0.reason", FIELDS, shown) == "lines.1.reason"
    assert place_of("lines.1", FIELDS, shown) == "lines.3"
    assert place_of("lines", FIELDS, shown) == "lines"
    assert place_of("lines.7.reason", FIELDS, shown) == "lines.7.reason"
    assert place_of("unknown.0", FIELDS, shown) == "unknown.0"


def test_words_of_people_stay_as_they_wrote_them_and_yes_or_no_has_no_answer_at_first() -> None:
    described = {
        "topic": {"type": "string", "label": "e_mobility or grids?", "enum": ["e_mobility", "grids"]},
        "insured": {"type": "boolean", "format": "yes_or_no", "label": "Insured?"},
    }
    topic, insured = fields_of({"properties": described})
    assert (topic.label, topic.options) == ("e_mobility or grids?", (("e_mobility", "e_mobility"), ("grids", "grids")))
    assert read([insured], {}) == {}
    assert read([insured], {"insured": ["false"]}) == {"insured": False}
