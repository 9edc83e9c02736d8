"""Maps: where every start ends, and what two hyperparameters do; as settings, links and what is known beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.maps.computed import EndGrid as EndGrid
    from experiments.maps.computed import Growing as Growing
    from experiments.maps.computed import computed_grid as computed_grid
    from experiments.maps.computed import end_path as end_path
    from experiments.maps.desk import Answer as Answer
    from experiments.maps.desk import ask_grids as ask_grids
    from experiments.maps.ends import End as End
    from experiments.maps.ends import flat_slope as flat_slope
    from experiments.maps.ends import path_ends as path_ends
    from experiments.maps.goals import Goal as Goal
    from experiments.maps.goals import median_goals as median_goals
    from experiments.maps.goals import path_goals as path_goals
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
    from experiments.maps.settings import line_axis as line_axis
    from experiments.maps.settings import rule_keys as rule_keys
    from experiments.maps.settings import surface_of as surface_of
    from experiments.maps.settings import window_of as window_of
    from experiments.maps.sheets import Sheet as Sheet
    from experiments.maps.sheets import goal_of as goal_of
    from experiments.maps.sheets import line_sheet as line_sheet
    from experiments.maps.sheets import map_sheet as map_sheet
    from experiments.maps.sheets import server_sheets as server_sheets
    from experiments.maps.sheets import starts_of as starts_of
    from experiments.maps.theory import Theory as Theory
    from experiments.maps.theory import curvatures as curvatures
    from experiments.maps.theory import span as span
    from experiments.maps.theory import theory_of as theory_of

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "computed": {
            "EndGrid": "What becomes of each sample of a sheet.",
            "Growing": "The next grid of a sheet, while it is computed.",
            "computed_grid": "The grid of a sheet, computed at once.",
            "end_path": "The path from one start of a map of basins.",
        },
        "desk": {
            "Answer": "What is known of a sheet by now.",
            "ask_grids": "What is known of each sheet by now, or a moment later; asking for it has it computed.",
        },
        "ends": {
            "End": "What is said of a path that ends in no point at rest, by its code.",
            "flat_slope": "The length of the gradient below which a point counts as at rest.",
            "path_ends": "Where each path of a batch ends, and how many steps that takes.",
        },
        "goals": {
            "Goal": "What a path comes near to, and how near.",
            "median_goals": "What becomes of the middle one of several starts.",
            "path_goals": "Whether each path of a batch comes near the minimum, and when.",
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
            "line_axis": "The hyperparameter that a line of sensitivity varies.",
            "rule_keys": "The rules on offer.",
            "surface_of": "The surface of these settings.",
            "window_of": "The window of these settings.",
        },
        "sheets": {
            "Sheet": "What a map computes of one rule, as numbers.",
            "goal_of": "The lowest value that is known, and how near to it a path must come.",
            "line_sheet": "The line of a rule whose rate is varied.",
            "map_sheet": "The map of basins or rates of a rule.",
            "server_sheets": "The sheets of the rules that the browser cannot move.",
            "starts_of": "The starts whose steps a map of rates, or a line, counts.",
        },
        "theory": {
            "Theory": "What theory says of a map of rates.",
            "curvatures": "The smallest and largest curvature of a quadratic.",
            "span": "The ends of an axis that shows a hyperparameter.",
            "theory_of": "What theory says of two hyperparameters on a quadratic.",
        },
    },
)
