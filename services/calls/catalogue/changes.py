"""The changes of a call in words (pure)."""

from services.calls.catalogue.content import CallBody
from services.calls.catalogue.deadlines.words import deadlines_in_words
from services.calls.catalogue.domain import Call
from shared.clock import moment

# Names of the fields in notifications of a change.
FIELD_WORDS = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "kind": "kind of call",
    "programme": "programme",
    "countries": "countries to which it is open",
    "about": "countries that it is about",
    "ecosystems": "ecosystems",
    "keywords": "keywords",
    "link": "link",
    "eligibility": "eligibility",
    "budget": "budget",
    "mission": "places, costs or dates of the mission",
    "documents": "documents",
}


def opening_in_words(before: CallBody | Call, after: CallBody | Call) -> list[str]:
    """Return the change of the opening, in words that are true before and after it."""
    if (before.opens_at, before.forthcoming) == (after.opens_at, after.forthcoming):
        return []
    if after.opens_at:
        return [f"opening: {moment(after.opens_at, after.cut_offs[0].timezone)}"]
    return ["opening: at a date that is not yet known"] if after.forthcoming else []


def changes_in_words(before: CallBody | Call, after: CallBody | Call) -> list[str]:
    """Return the changes to notify followers about; empty if there are none."""
    changes = deadlines_in_words(before.cut_offs, after.cut_offs)
    changes += opening_in_words(before, after)
    if getattr(before, "closed_at", None) and not getattr(after, "closed_at", None):
        changes.append("open again")
    changed = (words for name, words in FIELD_WORDS.items() if getattr(before, name) != getattr(after, name))
    return changes + [f"{words} changed" for words in changed]
