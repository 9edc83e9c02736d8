"""Functions of ours as Python source that runs without us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from exports.source.closure import source_of as source_of
    from exports.source.definition import Source as Source
    from exports.source.place import SourceUnavailable as SourceUnavailable
    from exports.source.value import constant_text as constant_text

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "closure": {
            "source_of": "The source of functions with all that they call, once each, in order.",
        },
        "definition": {
            "Source": "Import lines, definitions, and what the functions asked for are called.",
        },
        "place": {
            "SourceUnavailable": "Some code cannot be written down; the message says which, or why.",
        },
        "value": {
            "constant_text": "A number, text or None, or a tuple of them, as Python writes it.",
        },
    },
)
