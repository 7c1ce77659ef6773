"""Sentences that were glued together are parted, and nothing else is."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from shared.imports.cleaning import clean_line, clean_text


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("by this Regulation.The grant", "by this Regulation. The grant"),
        ("one (see below).Two", "one (see below). Two"),
        ("the ‘Green Deal’.In short", "the ‘Green Deal’. In short"),
        ("in the EU.Proposals", "in the EU. Proposals"),
        ("until 2030.Applicants", "until 2030. Applicants"),
        ("a new therapy.A key", "a new therapy. A key"),
        ("What changes?Who gains!And how", "What changes? Who gains! And how"),
        ("Expected Outcome:Clean rivers;Safe lakes", "Expected Outcome: Clean rivers; Safe lakes"),
        ("fin de l’été.Également", "fin de l’été. Également"),
        ("τέλος.Αυτό", "τέλος. Αυτό"),
        ("<b>Ends.</b><i>Begins</i>", "Ends. Begins"),
        ("is welcome.nullActivities start", "is welcome. Activities start"),
        ("is welcome [1]nullThe end", "is welcome [1] The end"),
    ],
)
def test_glued_sentences_are_parted(glued: str, apart: str) -> None:
    assert clean_line(glued) == apart
    assert clean_text(glued) == apart


@pytest.mark.parametrize(
    "text",
    [
        "see https://portal.example/Topic.Html and www.Portal.Example.The",
        "europa.eu/Topic, health.ec.europa.eu:Topic, anna.Berg@portal.example",
        "Annex.Final.Pdf, Node.Js, Booking.Com, ASP.Net, java.util.List, print().Then",
        "U.S.The, the U.S. Army, Ph.D., Ph.Ds, e.g.The, J.Smith, D.Light, e.Go, No. Two",
        "obj.MethodName, HORIZON-CL5.Foo, v1.Two, C:\\Users, dc:Title, urn:Isbn, 3.Applicants, a_.Bar",
        "nullable, annul.lation, a null Hypothesis, isNullOr",
    ],
)
def test_addresses_names_of_files_and_abbreviations_stay_as_they_are(text: str) -> None:
    assert clean_line(text) == text


@examples(deadline=None)
@given(st.text(st.sampled_from('aBc. :;?!)"/@w\nÉé1_')))
def test_a_text_that_is_clean_stays_as_it_is(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)


def test_the_real_texts_keep_every_character_but_null_and_spaces(real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_text().splitlines()
    texts = [clean_text(json.loads(line).get("description") or "") for line in lines]
    assert sum(". " in text for text in texts) > 450
    assert not any("nullActivities" in text or "Regulation.The" in text for text in texts)
    assert all("https:// " not in text and "www. " not in text for text in texts)
