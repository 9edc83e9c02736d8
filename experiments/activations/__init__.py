"""Activations compared: which ones, over which inputs, and the presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.activations.curve import Curve as Curve
    from experiments.activations.settings import CHAIN as CHAIN
    from experiments.activations.settings import INPUTS as INPUTS
    from experiments.activations.settings import LOGITS as LOGITS
    from experiments.activations.settings import MAX_CURVES as MAX_CURVES
    from experiments.activations.settings import PRESETS as PRESETS
    from experiments.activations.settings import VIEWS as VIEWS
    from experiments.activations.settings import curves_of as curves_of
    from experiments.activations.settings import declared as declared
    from experiments.activations.settings import with_one_more as with_one_more
    from experiments.activations.settings import without as without

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "curve": {
            "Curve": "An activation with its hyperparameters, at its place (from 1) in a comparison.",
        },
        "settings": {
            "CHAIN": "The settings of the chain through depth.",
            "INPUTS": "Distributions of inputs.",
            "LOGITS": "The settings of the softmax.",
            "MAX_CURVES": "The most functions compared at once.",
            "PRESETS": "The presets by key.",
            "VIEWS": "What the page may show.",
            "curves_of": "The chosen functions; a name that occurs twice is followed by its parameters.",
            "declared": "Every setting by key; see settings/query.py.",
            "with_one_more": "The changes that add the next function of the catalogue that is not shown yet.",
            "without": "The changes that take away one function; those after it move up.",
        },
    },
)
