"""Texts of public sources that lost their line breaks, as sections, paragraphs and lists again (pure).

    "Scope:Proposals should:test it;measure it.The rest"   Scope:
                                                           Proposals should:
                                                           - test it
                                                           - measure it.

                                                           The rest

Only what stands glued together is parted, so that a text which has its breaks stays as it is.
"""

import re

WEB_ADDRESS = r"(?P<kept>(?:https?://|www\.)[^\s\[]+)"
LABELS = r"(?:Specific )?(?:Expected (?:Outcome|Impact|Result)|Objective|Scope|Challenge|Impact|Activitie|Background)s?"
LABEL = re.compile(rf"(?:^|(?<=[.;!?)\]]) ?)(?P<label>{LABELS}):[ ]?(?=\S)")
NULL = re.compile(r"(?<=[.\])])[ ]?null(?=[A-Z\[]|$)")
SENTENCE = re.compile(
    rf"{WEB_ADDRESS}|(?P<end>(?:(?<=[A-Za-z0-9)\]’”\"%][a-z0-9)\]’”\"%])|(?<=[A-Z]{2}))[.!?]|[.][)\]])(?=[A-Z“][\w’' ])"
)
NOTE = re.compile(r"(?<=[\w.)\]/])(?=\[\d{1,2}\] ?(?:[A-Z]|https?://))")
START = re.compile(r"(?<=[a-z]{3})(?=(?:The|This|These|Proposals?|Projects?|Actions?|Applicants|Support|In) [a-z]{2})")
ITEM = re.compile(rf"{WEB_ADDRESS}|;[ ]?(?P<word>and|or|as well as)?[ ]?(?=(?:(?<=;)|(?<=[a-z]))[A-Z])|;(?=[a-z])")
LEAD = re.compile(rf"{WEB_ADDRESS}|(?<=[a-z]{{2}}):(?=[A-Za-z])")
DASH = re.compile(r"(?<=[a-z:;,.)])- (?=[A-Z])")


def laid_out(text: str) -> str:
    """Return a text with its sections, paragraphs and lists parted; each of its words stays, in its order."""
    text = NULL.sub("\n\n", text.strip())
    text = LABEL.sub(lambda found: f"\n\n{found['label']}:\n", text)
    text = SENTENCE.sub(lambda found: found["kept"] or f"{found['end']}\n\n", text)
    text = LEAD.sub(lambda found: found["kept"] or ":\n", text)
    text = DASH.sub("\n- ", START.sub("\n\n", NOTE.sub("\n\n", text)))
    lines = [_listed(line.strip()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _listed(line: str) -> str:
    """Return a line as a list if it has items that are glued together."""
    items, start = [], 0
    for found in ITEM.finditer(line):
        if found["kept"]:
            continue
        items.append(line[start : found.start()] + (f"; {found['word']}" if found["word"] else ";"))
        start = found.end()
    return "\n".join(f"- {item.strip()}" for item in [*items, line[start:]]) if items else line
