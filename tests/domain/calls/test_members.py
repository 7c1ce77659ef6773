"""The words by which a member is found."""

import pytest

from services.calls.members.domain import folded_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zoë van der Berg", ["berg", "der", "van", "zoe"]),
        ("HÅKANSSON-ÖZ, José", ["hakansson", "jose", "oz"]),
        ("Γιώργος Παππάς", ["γιωργοσ", "παππασ"]),
        ("Weiß Weiss", ["weiss"]),
        (" . ", []),
    ],
)
def test_words_have_neither_case_nor_accents(name: str, words: list[str]) -> None:
    assert folded_words(name) == words
