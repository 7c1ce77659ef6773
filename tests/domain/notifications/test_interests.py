"""The match of interests and topics: the index finds every match, and the reason names what is shared."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.preferences.domain import Interest, Topic, anchors, match_reason, possible_anchors

WORDS = ["battery", "smart grid", "ICT", "low-carbon", "R&D"]
names = st.sampled_from
interests = st.builds(
    Interest,
    id=st.just("1"),
    ecosystems=st.lists(names(["digital", "health", "mobility"]), max_size=2, unique=True),
    countries=st.lists(names(["JP", "BR", "FR"]), max_size=2, unique=True),
    kinds=st.lists(names(["mission", "funding"]), max_size=2, unique=True),
    keywords=st.lists(names(WORDS), max_size=2, unique=True),
).filter(lambda i: i.ecosystems or i.countries or i.kinds or i.keywords)
topics = st.builds(
    Topic,
    ecosystems=st.lists(names(["digital", "health", "mobility"]), max_size=2, unique=True),
    countries=st.lists(names(["JP", "BR", "FR"]), max_size=2, unique=True),
    kind=names(["mission", "funding", "cascade", ""]),
    texts=st.lists(names(WORDS) | st.text(string.ascii_letters, max_size=8), max_size=5),
    about=st.lists(names(["JP", "BR", "FR"]), max_size=2, unique=True),
)


@given(interests, topics)
def test_every_match_is_found_by_the_index(interest: Interest, topic: Topic) -> None:
    if match_reason(interest, topic):
        assert set(anchors(interest)) & set(possible_anchors(topic))


@given(interests, topics)
def test_every_criterion_that_is_not_empty_must_match(interest: Interest, topic: Topic) -> None:
    reason = match_reason(interest, topic)
    criteria = [
        {"ecosystems": interest.ecosystems},
        {"countries": interest.countries},
        {"kinds": interest.kinds},
        {"keywords": interest.keywords},
    ]
    alone = [
        match_reason(Interest(id="1", **criterion), topic) for criterion in criteria if next(iter(criterion.values()))
    ]
    assert bool(reason) == all(alone)


def test_the_reason_names_what_is_shared_and_nothing_else() -> None:
    interest = Interest(id="1", ecosystems=["digital", "health"], countries=["JP"], keywords=["smart grid"])
    topic = Topic(["digital"], ["JP", "TW"], "mission", ["A smart grid for Tokyo"])
    assert match_reason(interest, topic) == "You follow Digital, Japan, “smart grid”"
    assert match_reason(interest, Topic(["digital"], ["TW"], "mission", ["smart grid"])) is None


def test_a_call_open_to_every_country_matches_an_interest_in_one() -> None:
    assert match_reason(Interest(id="1", countries=["FR"]), Topic()) == "You follow France (open to every country)"


def test_a_call_for_every_sector_matches_an_interest_in_one() -> None:
    interest = Interest(id="1", ecosystems=["health"])
    assert match_reason(interest, Topic()) == "You follow Health (for every sector)"
    assert match_reason(interest, Topic(ecosystems=["digital"])) is None


def test_a_call_about_a_country_concerns_those_who_follow_it() -> None:
    mission = Topic(countries=["FR"], about=["JP"])
    assert match_reason(Interest(id="1", countries=["JP"]), mission) == "You follow Japan (destination)"
    assert match_reason(Interest(id="1", countries=["FR"]), mission) == "You follow France"
    assert match_reason(Interest(id="1", countries=["BR"]), mission) is None
    open_to_all = Topic(about=["JP"])
    assert match_reason(Interest(id="1", countries=["JP"]), open_to_all) == "You follow Japan (destination)"
    assert match_reason(Interest(id="1", countries=["FR"]), open_to_all) == "You follow France (open to every country)"


@pytest.mark.parametrize(
    ("keyword", "text", "matches"),
    [
        ("ict", "The ICT sector", True),
        ("ict", "A strict rule", False),
        ("IT", "Funds for IT firms", True),
        ("IT", "Make it work", False),
        ("it", "Make it work", False),  # stored before capitals counted
        ("WHO", "Those who apply", False),
        ("battery", "Batteries for Île-de-France", True),
        ("Ile de France", "Batteries for Île-de-France", True),
        ("ενέργεια", "ΕΝΈΡΓΕΙΑ", True),
        ("smart grids", "A smart grid", True),
        ("grid smart", "A smart grid", False),
    ],
)
def test_keywords_match_whole_words_in_any_form(keyword: str, text: str, matches: bool) -> None:
    interest, topic = Interest(id="1", keywords=[keyword]), Topic(texts=[text])
    assert bool(match_reason(interest, topic)) is matches
    assert not matches or set(anchors(interest)) & set(possible_anchors(topic))


def test_a_keyword_of_two_words_is_not_found_across_two_texts() -> None:
    assert match_reason(Interest(id="1", keywords=["smart grid"]), Topic(texts=["smart", "grid"])) is None
