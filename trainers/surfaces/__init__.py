"""Loss surfaces of trained networks: planes through the space of weights, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.surfaces.computing import compute_surface as compute_surface
    from trainers.surfaces.directions import Layout as Layout
    from trainers.surfaces.directions import Plane as Plane
    from trainers.surfaces.directions import path_plane as path_plane
    from trainers.surfaces.directions import plane_through as plane_through
    from trainers.surfaces.directions import random_direction as random_direction
    from trainers.surfaces.directions import random_plane as random_plane
    from trainers.surfaces.joining import bezier as bezier
    from trainers.surfaces.joining import trained_control as trained_control
    from trainers.surfaces.matching import matched as matched
    from trainers.surfaces.request import LEAST_OF_PATH as LEAST_OF_PATH
    from trainers.surfaces.request import PLANES as PLANES
    from trainers.surfaces.request import RESOLUTIONS as RESOLUTIONS
    from trainers.surfaces.request import RUNS_OF as RUNS_OF
    from trainers.surfaces.request import SurfaceRequest as SurfaceRequest
    from trainers.surfaces.result import Joint as Joint
    from trainers.surfaces.result import Mark as Mark
    from trainers.surfaces.result import Sharpness as Sharpness
    from trainers.surfaces.result import Surface as Surface
    from trainers.surfaces.sharpness import sharpness_of as sharpness_of
    from trainers.surfaces.stacked import Evaluation as Evaluation

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "computing": {
            "compute_surface": "The surface that is asked for, from the kept weights of runs.",
        },
        "directions": {
            "Layout": "Where each tensor of a model stands in the vector of its weights.",
            "Plane": "An origin, directions, and where given points lie.",
            "path_plane": "The two main directions of a path, through its last point.",
            "plane_through": "The plane through three points, or the line through two.",
            "random_direction": "A direction of which every filter is as long as that of the weights.",
            "random_plane": "Two random directions around some weights.",
        },
        "joining": {
            "bezier": "The point of a quadratic curve at a share of the way.",
            "trained_control": "The middle point of a curve of low loss.",
        },
        "matching": {
            "matched": "Weights with their hidden units in the order that fits others best.",
        },
        "request": {
            "LEAST_OF_PATH": "How many kept weights the plane of a path takes.",
            "PLANES": "Kinds of plane, with what they are in words.",
            "RESOLUTIONS": "Points along each side.",
            "RUNS_OF": "How many runs each kind of plane takes.",
            "SurfaceRequest": "One surface, as it is asked for.",
        },
        "result": {
            "Joint": "A way from one run to another, with the losses along it.",
            "Mark": "What lies in the plane.",
            "Sharpness": "How the training loss curves around a run.",
            "Surface": "A lattice of losses and metrics, and what lies in it.",
        },
        "sharpness": {
            "sharpness_of": "Ends of the Hessian's spectrum, its trace, and what SAM sees.",
        },
        "stacked": {
            "Evaluation": "A network's losses and metrics under many weights, evaluated together.",
        },
    },
)
