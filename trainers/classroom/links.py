"""Links of the lab that are sent from browser to browser: a page and its parameters, and never an address.

Whoever takes one puts the page's path behind his own server's, so no link leads elsewhere; what the parameters say the
page's own codec checks, as it does for any link that is opened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from trainers.classroom.error import ClassError

MAX_QUERY = 8000
MAX_FIELDS = 400
_PATH = re.compile(r"[a-z0-9_-]{0,40}")
OWN = ("embed", "embed_options", "screen", "room")
"""Parameters by which each says how he looks at a page; they stay his own."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Link:
    """path: the last part of the page's address, empty for the landing page. query: without a question mark."""

    path: str = ""
    query: str = ""


def checked_link(path: Any, query: Any) -> Link:
    """A link that somebody has sent.

    Raises:
        ClassError: it is none, or longer than ``MAX_QUERY``.
    """
    if not isinstance(path, str) or not _PATH.fullmatch(path):
        raise ClassError(f"path was given {path!r:.60}; allowed is the name of a page")
    if not isinstance(query, str) or len(query) > MAX_QUERY:
        raise ClassError(f"query was given {query!r:.60}; allowed is text of up to {MAX_QUERY} characters")
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
        kept = urlencode([(name, text) for name, text in pairs if name not in OWN])
    except ValueError:  # of half a surrogate pair, or of bytes that are no letters, too
        raise ClassError(f"query has up to {MAX_FIELDS} parameters of plain text") from None
    if any(_CONTROL.search(name) for name, _ in pairs) or any("\x00" in text for _, text in pairs):
        raise ClassError("query has characters that no link of the lab has")
    if len(kept) > MAX_QUERY:
        raise ClassError(f"query takes more than {MAX_QUERY} characters")
    return Link(path=path, query=kept)
