"""Texts of operators as HTML: CommonMark without HTML and pictures, with links that search engines do not follow."""

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LOWEST = 6  # of headings
RENDERER = MarkdownIt("js-default").disable("image")


@lru_cache(256)
def rendered(text: str, top: int = 3) -> Markup:
    """Return a text as HTML whose headings begin at the level `top`."""
    environment: dict[str, object] = {}
    tokens = RENDERER.parse(text, environment)
    for token in _all(tokens):
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1:]) + top - 1, LOWEST)}"
        if token.type == "link_open":
            token.attrSet("rel", "nofollow noopener")
    return Markup(RENDERER.renderer.render(tokens, RENDERER.options, environment))  # noqa: S704


def _all(tokens: Sequence[Token]) -> Sequence[Token]:
    return [each for token in tokens for each in (token, *_all(token.children or ()))]
