"""Presets of the page of reuse, each one phenomenon."""

from __future__ import annotations

from collections.abc import Mapping

from settings import LinkPreset, by_key

PRESETS: Mapping[str, LinkPreset] = by_key(
    [
        LinkPreset(
            key="few",
            title="Few rows: transfer wins",
            look_for="Twenty turned digits: who has seen upright ones is soon where others arrive late.",
            query={},
        ),
        LinkPreset(
            key="many",
            title="Many rows: the gap narrows",
            look_for="With 800 rows training from scratch comes close, but later; frozen layers only stand in the way.",
            query={"rows": "800"},
        ),
        LinkPreset(
            key="noisy",
            title="The same digits, noisy",
            look_for="Reused networks are best before their first step: twenty noisy rows only spoil them.",
            query={"pair": "noisy"},
        ),
        LinkPreset(
            key="classes",
            title="New classes: 0 to 4, then 5 to 9",
            look_for="Layers that tell five digits apart have thrown away what tells the others apart: freezing hurts.",
            query={"pair": "classes"},
        ),
        LinkPreset(
            key="unrelated",
            title="An unrelated task does not help",
            look_for="Learned on shuffled pixels, the first layer looks for nothing that digits have.",
            query={"pair": "shuffled"},
        ),
        LinkPreset(
            key="moons",
            title="Moons to turned moons",
            look_for="The curve only has to be turned: fine-tuning needs a few epochs for it.",
            query={"pair": "moons", "rows": "50"},
        ),
        LinkPreset(
            key="shared",
            title="Two tasks: sharing helps",
            look_for="Forty rows say whether a digit is 5 or more; 400 say which it is, and that helps.",
            query={"part": "tasks"},
        ),
        LinkPreset(
            key="conflict",
            title="Two tasks in conflict",
            look_for="Three units for two tasks that have nothing in common: sharing costs both.",
            query={"part": "tasks", "second": "direction", "width": "3", "rows": "400", "weight": "0.5"},
        ),
    ]
)
