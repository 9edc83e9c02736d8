"""Settings of the part of the page of the neuron that is about convexity. The names are a public format:

part=convexity  sight=chord  classes=blobs  weights=one_feature  ax=-6  ay=2  bx=6  by=-2
part=convexity  sight=growth  classes=setosa_virginica  decay=0.01
part=convexity  sight=scaling  measured=diabetes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landscapes.neurons import CLASSES, INPUTS
from settings import LinkPreset, Setting, choice, number

SIGHTS: Mapping[str, str] = {
    "chord": "A chord",
    "growth": "Weights that grow",
    "scaling": "Feature scaling",
}
"""What the part on convexity shows."""
MEASURED_ROWS: Mapping[str, str] = {
    "iris": "Iris: petal width from length",
    "diabetes": "Diabetes from body mass index",
    "versicolor_virginica": "Iris: versicolor, virginica",
    "blobs": "Two blobs",
}
"""Rows whose loss has a minimum over the weight of one feature and a bias."""
WEIGHTS: Mapping[str, str] = {"two_features": "Two features", "one_feature": "One feature and bias"}
REACH = 8.0
"""How far the weights go on the maps of the chord."""
DECAYS = (0.0, *(round(lead * 10.0**power, 4) for power in range(-4, 0) for lead in (1, 2, 5)), 1.0)
"""The strengths of L2 beside which the weights grow."""

_CLASSES = choice("rows", CLASSES, "Rows of two classes.", default="setosa_versicolor")
_WEIGHTS = choice("weights", INPUTS, "Two weights of two features, or weight and bias of one feature.")
_MEASURED = choice("rows", tuple(MEASURED_ROWS), "Rows whose features are scaled or not.")
_SIGHT = choice("sight", tuple(SIGHTS), "What is shown of convexity.")
_DECAY = number(
    "decay",
    0.01,
    0.0,
    1.0,
    "Adds half of this times the squared length of the weights; a bias pays nothing.",
    symbol=r"\lambda",
    stops=DECAYS,
)
ENDS = ("ax", "ay", "bx", "by")
"""The coordinates of both ends of the chord."""
_AT = (-6.0, -2.0, 4.0, 6.0)

PRESETS: tuple[LinkPreset, ...] = (
    LinkPreset(
        key="chord",
        title="A chord that fails",
        look_for="Drag A and B: cross-entropy stays below its chord wherever they are, squared error does not.",
        query={"part": "convexity"},
    ),
    LinkPreset(
        key="plateau",
        title="Flat where it is wrong",
        look_for="Near A squared error is flat and high: it curves downward before it falls. Cross-entropy is steep.",
        query={"part": "convexity", "ax": "-7", "ay": "-7", "bx": "7", "by": "7"},
    ),
    LinkPreset(
        key="for_ever",
        title="Weights that grow for ever",
        look_for="Without L2 the weights never come to rest: ten times the steps add about as much once more.",
        query={"part": "convexity", "sight": "growth"},
    ),
    LinkPreset(
        key="no_line",
        title="No line parts them",
        look_for="These classes overlap: the weights come to rest without L2, too, and L2 only makes them smaller.",
        query={"part": "convexity", "sight": "growth", "classes": "versicolor_virginica"},
    ),
    LinkPreset(
        key="round",
        title="A feature brought to scale",
        look_for="The same neuron and the same start: the long valley becomes a round bowl, and many steps become one.",
        query={"part": "convexity", "sight": "scaling"},
    ),
)
"""Presets of this part; each link has part=convexity."""


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part by key; none is the name of another part's, or of a race's."""
    yield "sight", _SIGHT
    yield "classes", _CLASSES
    yield "weights", _WEIGHTS
    for name, default in zip(ENDS, _AT, strict=True):
        meaning = f"{'First' if name[1] == 'x' else 'Second'} weight of end {name[0].upper()} of the chord."
        yield name, number(name, default, -REACH, REACH, meaning)
    yield "decay", _DECAY
    yield "measured", _MEASURED
