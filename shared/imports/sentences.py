"""Sentences that lost the space between them on their way here: "this Regulation.The programme" (pure).

Only what cannot be anything else gets its space back: addresses, names of files and of products, and abbreviations
stay as they are.
"""

import re

CHARACTERS = re.compile(r"\S+")
# A sign after a word or a closing bracket or quotation mark, directly before a word with a capital.
SIGN = re.compile(r"(?<=[\w)\]”’»\"'])[.?!;:](?=[^\W\d_][^\W\d_]|A(?!\w))")
# "null", which a program wrote for a part of a text that did not exist, between two sentences.
NULL = re.compile(r"(?<=[.?!;:)\]”’»\"'])\s?null(?=[A-Z][a-z])")
YEAR = re.compile(r"(?<!\w)(?:19|20)\d\d$")
LAST_WORD, FIRST_WORD = re.compile(r"[^\W\d_]*$"), re.compile(r"\w*")
# Ends of addresses and of names of files and products, such as Node.js, in any case; no word of a sentence is here.
ENDS = (
    "biz|com|csv|dev|docx?|edu|eu|exe|gif|gov|html?|info|int|io|jpe?g|jsx?|json|md|mp\\d|net|odt|org|pdf|php|png|pptx?|py|"
    "rtf|svg|tsx?|txt|uk|xlsx?|xml|ya?ml|zip"
)
ADDRESS = re.compile(rf"://|[wW]{{3}}\.|[@\\]|\(\)|\w\.[a-z]{{2,}}|\w\.(?i:{ENDS})(?!\w)")
NAMESPACES = {"dc", "doi", "foaf", "isbn", "issn", "orcid", "owl", "rdf", "schema", "skos", "uri", "urn", "xsd"}
LONGEST_WORD = 50


def parted(text: str) -> str:
    """Return a text with a space after each sentence, and each item of a list, that lost it."""
    text, parts, done = NULL.sub(" ", text), [], 0
    for sign in SIGN.finditer(text):
        if sign.start() < done:
            continue
        start = 1 + max(done - 1, *(text.rfind(space, done, sign.start()) for space in " \n"))
        end = next(CHARACTERS.finditer(text, sign.start())).end()
        parts += [text[done:start], _parted(text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _parted(token: str) -> str:
    """Return characters without a space between them with the spaces that they lost."""
    signs = [sign.start() for sign in SIGN.finditer(token)]
    if not signs or ADDRESS.search(token):
        return token
    ends = [sign + 1 for sign in signs if _ends(token, sign) and _begins(token, sign + 1)]
    return " ".join(token[start:end] for start, end in zip([0, *ends], [*ends, len(token)], strict=True))


def _ends(token: str, sign: int) -> bool:
    """Return whether a sentence may end with a sign."""
    before = token[max(0, sign - LONGEST_WORD) : sign]
    word = LAST_WORD.findall(before)[0]
    if not word:
        return not (before[-1].isalnum() or before[-1] == "_") or bool(YEAR.search(before))
    is_word = len(word) > 1 and (word[-1].islower() or word.isupper())
    return is_word and word != "Ph" and not (token[sign] == ":" and word.lower() in NAMESPACES)


def _begins(token: str, start: int) -> bool:
    """Return whether a sentence may begin in a token: with a word that has one capital, or with A."""
    found = FIRST_WORD.match(token, start, start + LONGEST_WORD)
    word = found[0] if found else ""
    return word == "A" or word.istitle()
