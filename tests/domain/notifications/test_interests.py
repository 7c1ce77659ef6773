"""Whether a fact concerns a member: the index never hides what the rule finds, and the reason names it."""

import string

from hypothesis import given
from hypothesis import strategies as st

from services.notifications.preferences.domain import Interest, Topic, anchors, possible_anchors, why

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
    text=st.lists(names(WORDS) | st.text(string.ascii_letters, max_size=8), max_size=5).map(" ".join),
)


@given(interests, topics)
def test_whoever_is_concerned_is_found_by_the_index(interest: Interest, topic: Topic) -> None:
    if why(interest, topic):
        assert set(anchors(interest)) & set(possible_anchors(topic))


@given(interests, topics)
def test_every_line_that_says_something_must_hold(interest: Interest, topic: Topic) -> None:
    reason = why(interest, topic)
    lines = [
        {"ecosystems": interest.ecosystems},
        {"countries": interest.countries},
        {"kinds": interest.kinds},
        {"keywords": interest.keywords},
    ]
    alone = [why(Interest(id="1", **line), topic) for line in lines if next(iter(line.values()))]
    assert bool(reason) == all(alone)


def test_the_reason_says_what_was_asked_for_and_nothing_else() -> None:
    interest = Interest(id="1", ecosystems=["digital", "health"], countries=["JP"], keywords=["smart grid"])
    topic = Topic(["digital"], ["JP", "TW"], "mission", "A smart grid for Tokyo")
    assert why(interest, topic) == "You follow Digital, Japan, “smart grid”"
    assert why(interest, Topic(["digital"], ["TW"], "mission", "smart grid")) is None


def test_a_call_open_to_every_country_concerns_whoever_follows_one() -> None:
    assert why(Interest(id="1", countries=["FR"]), Topic()) == "You follow France (open to every country)"


def test_keywords_match_whole_words_in_any_case() -> None:
    interest = Interest(id="1", keywords=["ict"])
    assert why(interest, Topic(text="The ICT sector"))
    assert why(interest, Topic(text="A strict rule")) is None
