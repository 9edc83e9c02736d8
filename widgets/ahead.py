"""What a browser will ask for, told with the page itself: Streamlit's own page tells it only as the first run is drawn.

By then it has loaded sixty files, and those of components follow one after the other where they name each other, from
the process that makes the page. Told of at once (a header ``Link``), they are read while the first run is made.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit

from widgets.components import file_addresses

_CHUNKS = Path(streamlit.__file__).parent / "static" / "static" / "js"
_NAMED = re.compile(r"""(?:from|import)\s*["'`]\./([\w.-]+\.js)["'`]""")
_DRAWN_BY = ("BidiComponent", "Html")
_COMPONENTS = {"": ("address", "player"), "descent": ("address", "player"), "line": ("address", "line")}
"""The components that a page shows first, by its path; any other page shows that of the address."""


def files_ahead(path: str) -> dict[str, str]:
    """What the page at this path (``descent``) shows first: addresses from the root, without a slash, and what each is.

    That is as in a header ``Link``: ``rel=modulepreload``, or ``rel=preload; as=style``. Of Streamlit's own files those
    that draw components, as far as its page does not name them already; none where it has no such file.
    """
    return _files(_COMPONENTS.get(path, ("address",)))


@cache
def _files(components: tuple[str, ...]) -> dict[str, str]:
    files = [file for name in components for file in file_addresses(name)]
    files += [f"static/js/{name}" for stem in _DRAWN_BY for name in _chunks(stem)]
    return {file: "rel=preload; as=style" if file.endswith(".css") else "rel=modulepreload" for file in files}


def _chunks(stem: str) -> list[str]:
    """The file of a part of Streamlit's page and all files that it imports, without those that the page names."""
    page = _CHUNKS.parents[1] / "index.html"
    named = set(re.findall(r"[\w.-]+\.js", page.read_text(encoding="utf-8"))) if page.exists() else set()
    waiting = [file.name for file in _CHUNKS.glob(f"{stem}.*.js")]
    found: list[str] = []
    while waiting:
        name = waiting.pop()
        if name in named or name in found or not (_CHUNKS / name).exists():
            continue
        found.append(name)
        waiting += _NAMED.findall((_CHUNKS / name).read_text(encoding="utf-8"))
    return found
