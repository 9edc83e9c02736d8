"""One neuron on rows: which row is read, and what else the page shows beside its race."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.neuron.presets import OPENING as OPENING
    from experiments.neuron.presets import PRESETS as PRESETS
    from experiments.neuron.settings import PARTS as PARTS
    from experiments.neuron.settings import declared as declared

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "presets": {
            "OPENING": "The race that the page opens with, as a link.",
            "PRESETS": "The presets by key.",
        },
        "settings": {
            "PARTS": "What the page may show.",
            "declared": "Every setting of the page beside its race, given those before it.",
        },
    },
)
