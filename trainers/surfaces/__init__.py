"""Loss surfaces of trained networks: planes through the space of weights, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from trainers.surfaces.directions import Layout as Layout
    from trainers.surfaces.directions import Plane as Plane
    from trainers.surfaces.directions import path_plane as path_plane
    from trainers.surfaces.directions import plane_through as plane_through
    from trainers.surfaces.directions import random_direction as random_direction
    from trainers.surfaces.directions import random_plane as random_plane
    from trainers.surfaces.request import PLANES as PLANES
    from trainers.surfaces.request import RESOLUTIONS as RESOLUTIONS
    from trainers.surfaces.request import RUNS_OF as RUNS_OF
    from trainers.surfaces.request import SurfaceRequest as SurfaceRequest
    from trainers.surfaces.stacked import Evaluation as Evaluation

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "directions": {
            "Layout": "Where each tensor of a model stands in the vector of its weights.",
            "Plane": "An origin, directions, and where given points lie.",
            "path_plane": "The two main directions of a path, through its last point.",
            "plane_through": "The plane through three points, or the line through two.",
            "random_direction": "A direction of which every filter is as long as that of the weights.",
            "random_plane": "Two random directions around some weights.",
        },
        "request": {
            "PLANES": "Kinds of plane, with what they are in words.",
            "RESOLUTIONS": "Points along each side.",
            "RUNS_OF": "How many runs each kind of plane takes.",
            "SurfaceRequest": "One surface, as it is asked for.",
        },
        "stacked": {
            "Evaluation": "A network's losses and metrics under many weights, evaluated together.",
        },
    },
)
