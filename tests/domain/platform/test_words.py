"""The words of texts: one folding for alerts and searches, whatever the case, the accents and the endings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.words import fold, identifier, identifiers, wanted_identifiers, wanted_words, words

LETTERS = st.text(st.characters(categories=["L", "M", "N", "Z", "P"]), max_size=20)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Île-de-France", "ile de france"),
        ("ΕΝΈΡΓΕΙΑ", "ενέργειας"),
        ("ΤΌΠΟΣ", "τόπος"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Batteries", "battery"),
        ("industrial clusters", "Industry cluster"),
        ("CO₂ and ﬁnance", "co2 finance"),
        ("Cafe\u0301", "CAF\u00c9"),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_spellings_of_the_same_words_are_the_same(written: str, asked: str) -> None:
    assert words(written) == wanted_words(asked) != []


@pytest.mark.parametrize(("abbreviation", "word"), [("IT", "it"), ("WHO", "who"), ("US", "us")])
def test_abbreviations_in_capitals_are_no_stop_words(abbreviation: str, word: str) -> None:
    assert words(f"Funds for {abbreviation} firms") != words(f"Funds for {word} firms")
    assert words(f"Funds for {word} firms") == ["fund", "firm"]
    assert wanted_words(abbreviation) == wanted_words(word) == words(abbreviation)
    assert words(f"MAY {abbreviation} FIRMS APPLY") == words("may firms apply")  # a headline shouts


@given(LETTERS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(LETTERS)
def test_the_words_do_not_depend_on_how_accents_are_composed(text: str) -> None:
    forms = [unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    assert words(forms[0]) == words(forms[1])
    assert words(forms[2]) == words(forms[3])


@given(LETTERS)
def test_a_person_who_asks_for_the_words_of_a_text_finds_it(text: str) -> None:
    assert not words(text) or wanted_words(text) == words(text)
    assert all(word and not word[0].isspace() and " " not in word for word in words(text))


@given(st.lists(st.sampled_from(["HORIZON", "CL4", "2026", "DIGITAL", "01"]), min_size=2, max_size=6), st.data())
def test_parts_of_an_identifier_are_found_by_it_in_any_spelling(pieces: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(pieces) - 2))
    asked = pieces[start : data.draw(st.integers(start + 2, len(pieces)))]
    has_digit = any(c.isdigit() for c in "".join(asked))
    for spelling in ("-".join(asked), "/".join(asked).lower(), " ".join(asked)):
        wanted = wanted_identifiers(spelling)
        assert bool(wanted) == has_digit
        assert not has_digit or set(wanted) & set(identifier("-".join(pieces)))


def test_only_words_with_separators_and_a_digit_are_identifiers() -> None:
    assert identifiers("A low-carbon grid of 2026, see LIFE-2026") == ["_life_2026", "life_2026"]
    assert wanted_identifiers("low-carbon grid") == []
