"""Words in memory: found by their beginning or by their stem, over several words of a profile."""

from services.profiles.directory.postings import NO_WORDS, Postings
from services.profiles.directory.tally import bit_set, bits_of


def test_words_are_found_by_their_beginning_and_by_one_word_beside() -> None:
    postings = Postings.of({"photonics": [1, 3], "photo": [2], "zebra": [4], "photon": [3]})
    assert {*postings.having("photon", "photon")} == {1, 3}
    assert {*postings.having("photo", "zebra")} == {1, 2, 3, 4}
    assert {*postings.having("z", "photo")} == {2, 4}
    assert [*postings.having("quartz", "quartz")] == []
    assert [*NO_WORDS.having("a", "a")] == []


def test_numbers_become_a_set_of_bits_and_numbers_again() -> None:
    assert bits_of(bit_set([5, 0, 700, 5])) == [0, 5, 700]
    assert bits_of(0) == []
