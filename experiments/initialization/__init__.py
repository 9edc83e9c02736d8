"""Networks at initialization: the set-ups side by side, what is known of them, and the presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.initialization.settings import MAX_SETUPS as MAX_SETUPS
    from experiments.initialization.settings import MODES as MODES
    from experiments.initialization.settings import PARTS as PARTS
    from experiments.initialization.settings import POSITIONS as POSITIONS
    from experiments.initialization.settings import PRESETS as PRESETS
    from experiments.initialization.settings import activation_parameters as activation_parameters
    from experiments.initialization.settings import at_spreads as at_spreads
    from experiments.initialization.settings import declared as declared
    from experiments.initialization.settings import focus_of as focus_of
    from experiments.initialization.settings import initializer_parameters as initializer_parameters
    from experiments.initialization.settings import make_signal as make_signal
    from experiments.initialization.settings import setup_label as setup_label
    from experiments.initialization.settings import setups_of as setups_of
    from experiments.initialization.settings import verdicts as verdicts
    from experiments.initialization.settings import widths_of as widths_of
    from experiments.initialization.settings import with_one_more as with_one_more
    from experiments.initialization.settings import without as without
    from experiments.initialization.signal import Signal as Signal

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "settings": {
            "MAX_SETUPS": "The most networks side by side.",
            "MODES": "Which fan a Kaiming initializer keeps.",
            "PARTS": "The parts of the page.",
            "POSITIONS": "Where a normalization may act.",
            "PRESETS": "The presets by key.",
            "activation_parameters": "What the activation of a set-up lets one set, under ``s1.a.name``.",
            "at_spreads": "The changes that give a set-up these spreads of weights (times the root of the "
            "inputs) and biases.",
            "declared": "Every setting by key; see settings/query.py.",
            "focus_of": "The set-up that a click on the edge of chaos changes.",
            "initializer_parameters": "What the initializer of a set-up lets one set, under ``s1.name``.",
            "make_signal": "A set-up with what is known of it.",
            "setup_label": "A short name.",
            "setups_of": "The networks side by side.",
            "verdicts": "Every set-up with a sentence.",
            "widths_of": "Inputs, then the units of each layer.",
            "with_one_more": "The changes that add a set-up.",
            "without": "The changes that take away one set-up; those after it move up.",
        },
        "signal": {
            "Signal": "One set-up at its place (from 1), with what is known of it.",
        },
    },
)
