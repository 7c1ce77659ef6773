"""A sentence is formed in English where it is needed, and in the language of the reader where it is shown."""

from datetime import UTC, datetime

import pytest

from shared.clock import moment
from shared.field_errors import message_of
from shared.sentences import Sentence, _, any_of, language, listed
from shared.vocabulary import country_name
from shared.web.i18n import translated


@pytest.fixture
def french():  # type: ignore[no-untyped-def]
    token = language.set("fr")
    yield
    language.reset(token)


def test_a_sentence_is_plain_english_by_itself() -> None:
    assert _("Applications are sealed until {deadline}. Enter a later time.", deadline="noon") == (
        "Applications are sealed until noon. Enter a later time."
    )
    assert _("{count:,} second(s)", count=1) == "1 second"
    assert _("{count:,} second(s)", count=1200) == "1,200 seconds"
    assert translated(_("{count:,} second(s)", count=2)) == "2 seconds"


def test_words_of_people_stay_as_they_are() -> None:
    said = _("{name} has {count} file(s).", name="Top 5 cluster(s)", count=1)
    assert said == "Top 5 cluster(s) has 1 file."


def test_words_of_people_are_never_a_pattern(french) -> None:  # type: ignore[no-untyped-def]
    assert translated(Sentence("{not} a pattern")) == "{not} a pattern"
    said = _("Two fields have the name {name}. Give each field its own name.", name="{name}")
    assert translated(said) == "Deux champs ont le nom {name}. Donnez à chaque champ son propre nom."


def test_a_sentence_is_formed_in_the_language_of_the_reader(french) -> None:  # type: ignore[no-untyped-def]
    when = moment(datetime(2016, 6, 30, 15, tzinfo=UTC), "Europe/Brussels")
    assert translated(_("Applications are sealed until {deadline}. Enter a later time.", deadline=when)).startswith(
        "Les candidatures sont scellées jusqu’au jeudi 30 juin 2016, 17:00"
    )
    assert translated(any_of(["draft", "submitted", "withdrawn"])) == "brouillon, envoyée ou retirée"
    assert translated(listed([country_name("DE"), country_name("GR")])) == "Allemagne, Grèce"


def test_messages_of_the_validation_library_are_formed_late_too(french) -> None:  # type: ignore[no-untyped-def]
    error = {"type": "string_too_long", "loc": ("body", "name"), "ctx": {"max_length": 120}}
    assert message_of(error) == "Use at most 120 characters."
    assert translated(message_of(error)) == "Utilisez au plus 120 caractère(s).".replace("(s)", "s")
