"""Questions that many runs answer: which learning rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.search.presets import PRESETS as PRESETS
    from experiments.search.state import PARTS as PARTS
    from experiments.search.state import SearchCodec as SearchCodec
    from experiments.search.state import ShownSearch as ShownSearch
    from experiments.search.state import sweep_link as sweep_link
    from experiments.search.told import BestSoFar as BestSoFar
    from experiments.search.told import best_so_far as best_so_far
    from experiments.search.varied import AXES as AXES
    from experiments.search.varied import NONE as NONE
    from experiments.search.varied import menu_of as menu_of
    from experiments.search.words import halving_sentence as halving_sentence
    from experiments.search.words import range_sentence as range_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "presets": {
            "PRESETS": "Searches that each show one phenomenon.",
        },
        "state": {
            "PARTS": "The ways to search, by key.",
            "SearchCodec": "A shown search as a link and back, and its settings by name.",
            "ShownSearch": "The run that is searched about, and the settings of the search by name.",
            "sweep_link": "The link of the page that shows this search.",
        },
        "told": {
            "BestSoFar": "The best goal of a study after each trial that ended.",
            "best_so_far": "For each study, in the order in which its trials ended.",
        },
        "varied": {
            "AXES": "What may be varied at once: two settings, and one side by side.",
            "NONE": "What an axis is called that varies nothing.",
            "menu_of": "All values of a setting that has no range, as far as they suit the run.",
        },
        "words": {
            "halving_sentence": "What halving has come to.",
            "range_sentence": "What the range test suggests and why.",
        },
    },
)
