"""What a view of each page leaves in a file without a lab: one entry a page, and nothing here draws on the page itself.

A view is *live* where the browser computes its picture (races, maps, what is dragged), else it is *pictures*, drawn
once for light and dark. Training runs, searches and studies are taken from the store where they are; nothing is trained
for a file, and what is not there is said, with the way to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pages.parts.lessons.of_stored import reuse_view, runs_view, search_view, surface_view, training_view
from pages.parts.lessons.of_subjects import (
    activations_view,
    derivatives_view,
    fair_view,
    generalization_view,
    initialization_view,
    losses_view,
    maps_view,
    neuron_view,
    normalization_view,
    race_view,
)
from pages.parts.lessons.view_types import ExportedView


@dataclass(frozen=True, kw_only=True)
class Page:
    """How a page is exported. view: of what its codec has read. how: said to whoever writes lessons."""

    view: Callable[[Any], ExportedView]
    how: str


_LIVE = "plays"
_DRAWN = "pictures"
_STORED = "pictures of what the lab has trained, searched or drawn for this link; else a sentence"

EXPORTED: Mapping[str, Page] = {
    "descent": Page(view=race_view, how=_LIVE),
    "line": Page(view=race_view, how=_LIVE),
    "maps": Page(view=maps_view, how=_LIVE),
    "fair": Page(view=fair_view, how=_DRAWN),
    "neuron": Page(view=neuron_view, how=f"{_LIVE}; scales and many rows as {_DRAWN}"),
    "activations": Page(view=activations_view, how=_DRAWN),
    "losses": Page(view=losses_view, how=f"{_DRAWN}; what is dragged {_LIVE}; the table as a sentence"),
    "derivatives": Page(view=derivatives_view, how=f"{_DRAWN}; the graph {_LIVE}"),
    "initialization": Page(view=initialization_view, how=_DRAWN),
    "normalization": Page(view=normalization_view, how=_DRAWN),
    "training": Page(
        view=training_view, how=f"{_LIVE}: curves of runs that the lab has for this link; else a sentence"
    ),
    "runs": Page(view=runs_view, how=f"{_LIVE}: the comparison; the list as a sentence"),
    "search": Page(view=search_view, how=_STORED),
    "surface": Page(view=surface_view, how=_STORED),
    "generalization": Page(view=generalization_view, how=f"{_DRAWN}; of trained networks {_STORED}"),
    "reuse": Page(view=reuse_view, how=_STORED),
}
"""Every page that a step may show, and what is left of it in a file."""
