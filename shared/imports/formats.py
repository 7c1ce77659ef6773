"""Files that the import does not take (pure): they are refused as a whole, with what they seem to be."""

import re

# What a file seems to be, by its first bytes. Office files are ZIP archives; the names inside tell them apart.
SIGNATURES = [
    (rb"\s*%PDF-", "a PDF file"),
    (rb"PK\x03\x04(?s:.*)xl/", "an Excel workbook (XLSX)"),
    (rb"PK\x03\x04(?s:.*)word/", "a Word document (DOCX)"),
    (rb"PK\x03\x04(?s:.{26,80})opendocument\.spreadsheet", "an OpenDocument spreadsheet (ODS)"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"\xd0\xcf\x11\xe0", "an old Office file (XLS or DOC)"),
    (rb"\x1f\x8b", "a gzip archive"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8", "a picture"),
]
TEXTS = [
    (r"BEGIN:VCALENDAR", "an iCalendar file"),
    (r"BEGIN:VCARD", "a vCard"),
    (r"<(?:!doctype html|html)", "a web page (HTML)"),
    (r"<(?:\?xml|rss|feed)|<\w", "an XML file"),
    (r"\{\\rtf", "a rich text file (RTF)"),
]
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\udc80-\udcff]")  # the last ones stand for bytes that are no text
BY_BYTES = [(re.compile(pattern), kind) for pattern, kind in SIGNATURES]
BY_TEXT = [(re.compile(pattern, re.I), kind) for pattern, kind in TEXTS]


def kind_of_bytes(body: bytes) -> str | None:
    """Return what a file seems to be that is not a text."""
    return next((kind for pattern, kind in BY_BYTES if pattern.match(body)), None)


def kind_of_text(text: str) -> str | None:
    """Return what a text seems to be, if the import does not take it."""
    start = text[:1000].lstrip()
    if start.count("\0") * 20 > len(start):
        return "a binary file"
    return next((kind for pattern, kind in BY_TEXT if pattern.match(start)), None)


def refusal_of_header(names: list[str], lacking: str, taken: str) -> str:
    """Return the sentence that refuses a file without the necessary columns."""
    own = ", ".join(names)[:100] or "nothing"
    if CONTROLS.search(own):
        return f"The file seems to be a binary file, or a text in another charset; state the charset of a text. {taken}"
    return f"The header lacks {lacking}; it has {own}. {taken}"


def refusal(kind: str, taken: str) -> str:
    """Return the sentence that refuses a file."""
    return f"The file seems to be {kind}, which cannot be imported. {taken}"
