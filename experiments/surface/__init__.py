"""Loss surfaces of networks: what the page shows as settings and a link, presets, and what pictures say in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faces import face

if TYPE_CHECKING:
    from experiments.surface.presets import PRESETS as PRESETS
    from experiments.surface.presets import SurfacePreset as SurfacePreset
    from experiments.surface.presets import link_presets as link_presets
    from experiments.surface.saddles import Saddles as Saddles
    from experiments.surface.saddles import below as below
    from experiments.surface.saddles import matrices as matrices
    from experiments.surface.saddles import saddle_sentences as saddle_sentences
    from experiments.surface.saddles import saddles_of as saddles_of
    from experiments.surface.saddles import saddles_request as saddles_request
    from experiments.surface.saddles import semicircle as semicircle
    from experiments.surface.state import CODEC as CODEC
    from experiments.surface.state import MOST_RUNS as MOST_RUNS
    from experiments.surface.state import PARTS as PARTS
    from experiments.surface.state import PLANE_NAMES as PLANE_NAMES
    from experiments.surface.state import SHOWN_NAMES as SHOWN_NAMES
    from experiments.surface.state import SOURCES as SOURCES
    from experiments.surface.state import VIEW_NAMES as VIEW_NAMES
    from experiments.surface.state import asked as asked
    from experiments.surface.state import declared as declared
    from experiments.surface.state import groups_of as groups_of
    from experiments.surface.state import run_ids as run_ids
    from experiments.surface.words import measured_sentence as measured_sentence
    from experiments.surface.words import roughness as roughness
    from experiments.surface.words import sentences as sentences
    from experiments.surface.words import sharpness_columns as sharpness_columns
    from experiments.surface.words import sharpness_sentence as sharpness_sentence

__getattr__, __dir__, __all__ = face(
    __name__,
    {
        "presets": {
            "PRESETS": "The presets by key.",
            "SurfacePreset": "Small runs whose surfaces show one phenomenon.",
            "link_presets": "The presets as links of the page.",
        },
        "saddles": {
            "Saddles": "Critical points in few to many dimensions.",
            "below": "The share of eigenvalues below 0 at a height, in many dimensions.",
            "matrices": "Random symmetric matrices in place of Hessians.",
            "saddle_sentences": "What they say of minima and heights.",
            "saddles_of": "The critical points that are known.",
            "saddles_request": "What is asked of a worker.",
            "semicircle": "The density of eigenvalues in many dimensions.",
        },
        "state": {
            "CODEC": "The settings of the page as one state and as a link.",
            "MOST_RUNS": "Runs that the page shows at once.",
            "PARTS": "Names of the parts of the page by key.",
            "PLANE_NAMES": "Kinds of plane in a few words.",
            "SHOWN_NAMES": "What may be drawn, by key.",
            "SOURCES": "Names of what has critical points by key.",
            "VIEW_NAMES": "How it may be drawn.",
            "asked": "The settings that a request for a surface takes.",
            "declared": "Every setting of the page.",
            "groups_of": "The runs of each picture.",
            "run_ids": "The runs that the link names.",
        },
        "words": {
            "measured_sentence": "What is measured, and how.",
            "roughness": "How much a surface bends from point to point.",
            "sentences": "What a surface says, sentence by sentence.",
            "sharpness_columns": "The sharpness of runs as the columns of a table.",
            "sharpness_sentence": "How the numbers of that table are found.",
        },
    },
)
