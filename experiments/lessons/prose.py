"""What Markdown of a lesson may hold: text, lists, tables, code, formulas, and links to the lab or by https."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from experiments.lessons.formulas import formula_mathml
from experiments.lessons.types import Problem

# What Streamlit would make a link of that CommonMark leaves as text.
_BARE = re.compile(r"\b(?:(?!https://)[a-z][a-z0-9+.-]*://|www\.|mailto:)|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@cache
def reader() -> MarkdownIt:
    """CommonMark with tables and formulas, which are written as MathML. HTML stays text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.validateLink = _any  # ours is stricter, and says what is wrong
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.add_render_rule("formula", _as_mathml)
    return markdown


def _formula(state: StateInline, silent: bool) -> bool:
    """$...$ or $$...$$ as one token, in which a backslash and a star are the formula's."""
    source, begin = state.src, state.pos
    if source[begin] != "$":
        return False
    fence = "$$" if source.startswith("$$", begin) else "$"
    end = source.find(fence, begin + len(fence))
    while end > 0 and source[end - 1] == "\\":
        end = source.find(fence, end + 1)
    content = source[begin + len(fence) : end] if 0 < end < state.posMax else ""
    if not content.strip():
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content, token.markup = content.strip(), fence
    state.pos = end + len(fence)
    return True


def _as_mathml(_self: Any, tokens: Sequence[Token], place: int, _options: Any, _env: Any) -> str:
    return formula_mathml(tokens[place].content, block=tokens[place].markup == "$$")


def _any(url: str) -> bool:
    return True


def problems_of(text: str, line: int) -> Iterator[Problem]:
    """What this Markdown, which begins in that line of its file, may not hold."""
    for number, each in enumerate(text.split("\n"), line):
        if _UNSEEN.search(each):
            yield Problem(number, "a character that nobody sees; take it out.")
        if (bare := _BARE.search(each)) is not None:
            yield Problem(number, f"{bare[0]!r} would become a link; write links as [words](https://...).")
    for token in reader().parse(text):
        begins = line + (token.map[0] if token.map else 0)
        for child in token.children or ():
            yield from _of(child, begins)


def _of(token: Token, line: int) -> Iterator[Problem]:
    if token.type == "image":
        yield Problem(line, "a picture; a lesson shows the lab's own pictures, so give the step a link instead.")
    elif token.type == "link_open" and not is_allowed(str(token.attrs.get("href", ""))):
        yield Problem(line, "a link that leads neither to the lab (/descent?...) nor to https://; change or remove it.")


def is_allowed(url: str) -> bool:
    """Whether a link leads to a page of the lab or by https elsewhere."""
    if "\\" in url or "%5c" in url.lower() or any(ord(letter) < 33 for letter in url):
        return False
    if re.match(r"/(?!/)", url):
        return True
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        return False
