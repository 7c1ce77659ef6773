"""Texts of public sources get their sections, paragraphs and lists back, and lose no word."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.calls.catalogue.layout import laid_out
from services.calls.catalogue.pages import action_type
from shared.web.filters import paragraphs

GLUED = st.lists(
    st.sampled_from(
        [
            "Scope:",
            "Expected Outcome:",
            "It works.",
            "The test",
            "; and",
            ";",
            ":",
            "Try this",
            "null",
            "[1] See",
            " ",
            "- Go",
            "\n",
            "https://a.example/b.C;D",
            "e.g.",
            "the end",
        ]
    ),
    max_size=30,
).map("".join)


def bare(text: str) -> str:
    """Return what a layout must not change: everything but spaces, the marks of lists, and a word of the source."""
    return re.sub(r"[\s-]|null", "", text)


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("The Regulation.The rest", "The Regulation.\n\nThe rest"),
        ("Scope:Proposals should:test it;measure it", "Scope:\nProposals should:\n- test it;\n- measure it"),
        ("First done;Second done; andThird done. More.", "- First done;\n- Second done; and\n- Third done. More."),
        ("It ends.nullActivities start", "It ends.\n\nActivities start"),
        ("Annex B.[1] See the guide", "Annex B.\n\n[1] See the guide"),
        ("at https://a.example/Some.Page;x=1 and e.g.This", "at https://a.example/Some.Page;x=1 and e.g.This"),
        ("Two sentences. As they are: here; and there.", "Two sentences. As they are: here; and there."),
    ],
)
def test_what_stands_glued_together_is_parted(text: str, parted: str) -> None:
    assert laid_out(text) == parted


@example(text=" Scope:; and")
@given(text=GLUED | st.text())
def test_a_layout_keeps_every_word_and_is_made_once(text: str) -> None:
    assert bare(laid_out(text)) == bare(text)
    assert laid_out(laid_out(text)) == laid_out(text)


def test_real_texts_have_sections_and_short_paragraphs(real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_text().splitlines()
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines]
    texts = [laid_out(row["description"]) for row in rows if row["description"]]
    assert all("null" not in text for text in texts if "null " not in text)
    assert sum("<h3>" in paragraphs(text) for text in texts) > 0.9 * len(texts)
    longest = [max(map(len, text.split("\n"))) for text in texts]
    assert sum(length < 2500 for length in longest) > 0.95 * len(longest)


@pytest.mark.parametrize(
    ("title", "action"),
    [
        ("Clean rail (RIA)", "Research and innovation action"),
        ("Clean rail (IA) (Made in Europe)", "Innovation action"),
        ("Networks (CSA)", "Coordination and support action"),
        ("Clean rail (SET)", ""),
    ],
)
def test_the_title_names_the_type_of_action(title: str, action: str) -> None:
    assert action_type(title) == action
