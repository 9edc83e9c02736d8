"""Maps: where every start ends, and what two hyperparameters do; as settings, links and what is known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.maps.computed import EndGrid as EndGrid
    from experiments.maps.computed import end_grid as end_grid
    from experiments.maps.computed import end_path as end_path
    from experiments.maps.computed import finer_grid as finer_grid
    from experiments.maps.computed import sample_starts as sample_starts
    from experiments.maps.ends import End as End
    from experiments.maps.ends import flat_slope as flat_slope
    from experiments.maps.ends import path_ends as path_ends
    from experiments.maps.presets import PRESETS as PRESETS
    from experiments.maps.rest import RestPoint as RestPoint
    from experiments.maps.rest import grid_starts as grid_starts
    from experiments.maps.rest import rest_points as rest_points
    from experiments.maps.settings import FAMILIES as FAMILIES
    from experiments.maps.settings import MOST_STEPS as MOST_STEPS
    from experiments.maps.settings import NONE as NONE
    from experiments.maps.settings import STARTS as STARTS
    from experiments.maps.settings import VIEWS as VIEWS
    from experiments.maps.settings import MapsCodec as MapsCodec
    from experiments.maps.settings import axes_of as axes_of
    from experiments.maps.settings import declared as declared
    from experiments.maps.settings import is_offered as is_offered
    from experiments.maps.settings import rule_keys as rule_keys
    from experiments.maps.settings import surface_of as surface_of
    from experiments.maps.settings import window_of as window_of
    from experiments.maps.theory import Theory as Theory
    from experiments.maps.theory import curvatures as curvatures
    from experiments.maps.theory import span as span
    from experiments.maps.theory import theory_of as theory_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "computed": {
            "EndGrid": "Where paths end.",
            "end_grid": "The finest grid that is known of a rule, or that is there within a moment.",
            "end_path": "The path from the start of the page.",
            "finer_grid": "Compute the grid after the one that is known; whether there was one to compute.",
            "sample_starts": "The starts of a grid.",
        },
        "ends": {
            "End": "What is said of a path that ends in no point at rest, by its code.",
            "flat_slope": "The length of the gradient below which a point counts as at rest.",
            "path_ends": "Where each path of a batch ends, and how many steps that takes.",
        },
        "presets": {
            "PRESETS": "The presets by key.",
        },
        "rest": {
            "RestPoint": "A point at rest, and how near a path must end to have come to it.",
            "grid_starts": "The middles of the cells of a window.",
            "rest_points": "The points at rest inside a window.",
        },
        "settings": {
            "FAMILIES": "Rules that are compared by their rates.",
            "MOST_STEPS": "The most steps that a path of a map may take.",
            "NONE": "The key that stands for no second rule.",
            "STARTS": "Whose steps a map of rates counts.",
            "VIEWS": "What the page may show.",
            "MapsCodec": "The settings of the page as one state and as a link.",
            "axes_of": "The hyperparameters of a rule that a map of rates may vary.",
            "declared": "Every setting of the page, given those before it.",
            "is_offered": "Whether the browser can move a rule.",
            "rule_keys": "The rules on offer.",
            "surface_of": "The surface of these settings.",
            "window_of": "The window of these settings.",
        },
        "theory": {
            "Theory": "What theory says of a map of rates.",
            "curvatures": "The smallest and largest curvature of a quadratic.",
            "span": "The ends of an axis that shows a hyperparameter.",
            "theory_of": "What theory says of two hyperparameters on a quadratic.",
        },
    },
)
