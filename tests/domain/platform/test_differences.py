"""The update of a change: only the differences between two rows."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.mongo.collection import differing

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["a", "b", "c_d", "3", "e.f", "$g", ""]), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.dictionaries(st.sampled_from(["name", "place", "answers"]), VALUES, max_size=3)


def applied(row: dict[str, Any], update: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the row as MongoDB would leave it."""
    for path, value in update.get("$set", {}).items():
        *parents, name = path.split(".")
        target = row
        for parent in parents:
            target = target[parent]
        target[name] = value
    for path in update.get("$unset", {}):
        *parents, name = path.split(".")
        target = row
        for parent in parents:
            target = target[parent]
        del target[name]
    return row


def copied(value: Any) -> Any:
    return {name: copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value


@given(ROWS, ROWS)
def test_the_update_makes_the_new_row_of_the_old_one(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert applied(copied(before), differing(before, after)) == after


@given(ROWS)
def test_equal_rows_need_no_update(row: dict[str, Any]) -> None:
    assert differing(row, copied(row)) == {}


def test_an_embedded_document_is_changed_by_path() -> None:
    before = {"title": "Mission", "place": {"city": "Liège", "country": "BE"}}
    after = {"title": "Mission", "place": {"city": "Namur", "country": "BE"}}
    assert differing(before, after) == {"$set": {"place.city": "Namur"}}


def test_keys_that_cannot_be_part_of_a_path_are_written_with_their_parent() -> None:
    before, after = {"answers": {"a.b": "1", "c": "2"}}, {"answers": {"a.b": "1", "c": "3"}}
    assert differing(before, after) == {"$set": {"answers": {"a.b": "1", "c": "3"}}}
