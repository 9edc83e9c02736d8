"""Settings that each show one phenomenon of a neuron. A link without any is the first."""

from __future__ import annotations

from experiments.neuron import convexity, penalties
from settings import LinkPreset, by_key

OPENING = {
    "start": "-5,-3",
    "o1": "sgd",
    "o1.lr": "1",
    "o2": "momentum",
    "o2.lr": "0.3",
    "o3": "adam",
    "o3.lr": "0.1",
    "steps": "200",
}
"""The race that the page opens with."""

PRESETS: dict[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="overlap",
            title="Two species that overlap",
            look_for="Press play: the boundary turns into its place. Step through the rows: who is still wrong?",
            query={},
        ),
        *convexity.PRESETS,
        *penalties.PRESETS,
    ]
)
