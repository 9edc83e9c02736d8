"""Training presets: each shows one phenomenon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.presets.catalogue import PRESETS as PRESETS
    from trainers.presets.catalogue import TrainingPreset as TrainingPreset

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "catalogue": {
            "PRESETS": "The presets by key.",
            "TrainingPreset": "A title of at most five words, what to look for in at most twenty, and the runs.",
        },
    },
)
