"""What people may have meant by a word: longer words that begin with it, or words with few typing mistakes between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from services.calls.catalogue.search import search_string, text_query
from services.calls.catalogue.vocabulary import LONG, MOST_MEANT, SHORTEST_MISTAKE, SHORTEST_START, Vocabulary
from shared.words import words

REAL = Vocabulary(words("Hydrogen for trains, batteries, photovoltaic roofs, digital health, healthy soils in 2026"))
letters = st.text("abcde", min_size=1, max_size=12)
vocabularies = st.lists(letters, max_size=40).map(Vocabulary)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hydrogn", ["hydrogen"]),
        ("hydrogne", ["hydrogen"]),
        ("hidrogne", ["hydrogen"]),
        ("photovol", ["photovolta"]),
        ("digit", []),
        ("hydr", ["hydrogen"]),
        ("tran", ["train"]),
        ("2025", []),
        ("zz", []),
        ("quantum", []),
    ],
)
def test_a_word_that_no_call_has_stands_for_longer_or_similar_ones(typed: str, meant: list[str]) -> None:
    assert REAL.meant(typed) == meant


@given(known=vocabularies, start=letters)
def test_all_longer_words_begin_with_the_start(known: Vocabulary, start: str) -> None:
    longer = [word for word in known.words if word.startswith(start) and word != start]
    found = known.beginning(start)
    assert set(found) <= set(longer)
    assert len(found) == (min(len(longer), MOST_MEANT) if len(start) >= SHORTEST_START else 0)


@given(known=vocabularies, typed=letters)
def test_near_words_are_those_with_the_fewest_mistakes(known: Vocabulary, typed: str) -> None:
    most = 0 if len(typed) < SHORTEST_MISTAKE else 2 if len(typed) >= LONG else 1
    distances = {word: OSA.distance(typed, word) for word in known.words}
    within = {word: distance for word, distance in distances.items() if most and distance <= most}
    fewest = {word for word, distance in within.items() if distance == min(within.values())}
    found = known.near(typed)
    assert set(found) <= fewest
    assert len(found) == min(len(fewest), MOST_MEANT)


@given(known=vocabularies)
def test_a_known_word_stands_for_itself(known: Vocabulary) -> None:
    assert [known.meant(word) for word in known.words] == [[] for _ in known.words]


def test_what_was_meant_is_searched_with_what_was_typed() -> None:
    assert search_string("hydrogn", ["hydrogen"]).split()[:2] == ["hydrogn", "hydrogen"]
    ranked, everywhere = text_query("hydrogn health", REAL)["$or"]
    assert "hydrogen" in ranked["$text"]["$search"]
    assert [part["found_by.words"]["$in"] for part in everywhere["$and"]] == [
        ["hydrogn", "hydrogen"],
        ["health", "healthi"],
    ]
    assert "$text" in text_query('"clean hydrogen"', REAL)
