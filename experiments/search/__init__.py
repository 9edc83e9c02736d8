"""Questions that many runs answer: which learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.search.state import SearchCodec as SearchCodec
    from experiments.search.state import ShownSearch as ShownSearch
    from experiments.search.words import halving_sentence as halving_sentence
    from experiments.search.words import range_sentence as range_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "state": {
            "SearchCodec": "A shown search as a link and back, and its settings by name.",
            "ShownSearch": "The run whose rate is looked for, and the settings of the search.",
        },
        "words": {
            "halving_sentence": "What halving has come to.",
            "range_sentence": "What the range test suggests and why.",
        },
    },
)
