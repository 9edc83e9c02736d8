"""What the browser needs for the chord, the growing weights and the penalties (figures/frontend/convexity/).

The blob is that of ``figures/frontend/wire.py``. The chord: the programs of both surfaces with their rows, and filled
contours of both on the same levels. Growth: length, loss and angle of every strength. Penalties: the bowl as a
quadratic, and the optimum of every strength.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from contourpy import FillType, contour_generator
from numpy.typing import NDArray

from experiments.neuron import (
    DECAYS,
    ENDS,
    REACH,
    SAMPLES,
    SURFACES,
    bowl_of,
    decay_place,
    ends_of,
    growth_of,
    lambda_place,
    path_of,
    surfaces_of,
    zero_from,
)
from figures.frontend import Buffers, blob
from figures.theme import BLUE, GREEN, ORANGE, PURPLE, VERMILLION, field_color, on_background

Array = NDArray[np.float64]
Values = Mapping[str, Any]

_GRID = 81
_BANDS = 18
_SPAN = 1000.0
_COLORS = {"logistic": BLUE, "sigmoid_squared": VERMILLION}


def chord_payload(values: Values) -> bytes:
    """What the browser needs for a chord on two losses."""
    buffers, surfaces = Buffers(), surfaces_of(values)
    axis = np.linspace(-REACH, REACH, _GRID)
    points = np.stack(np.meshgrid(axis, axis), axis=-1)
    heights = {key: surface.value(points) for key, surface in surfaces.items()}
    lowest, highest = (float(end([each.ravel() for each in heights.values()])) for end in (np.min, np.max))
    levels = np.geomspace(max(lowest, highest / _SPAN), highest, _BANDS + 1)
    levels[0] = lowest  # what is lower is all one band: a loss that falls to 0 would take all the colors
    first = next(iter(surfaces.values()))
    assert first.rows is not None
    names = first.rows.meanings
    header = {
        "version": 1,
        "view": "chord",
        "surfaces": [
            {
                "key": key,
                "name": name,
                "colors": _both(_COLORS[key]),
                "codes": {"value": surfaces[key].codes.value, "hessian": surfaces[key].codes.hessian},
                "bands": _bands(axis, heights[key], levels, buffers),
            }
            for key, name in SURFACES.items()
        ],
        "rows": first.rows.as_lists,
        "weights": [f"w₁: {names[0]}", f"w₂: {names[1]}" if values["weights"] == "two_features" else "b: bias"],
        "names": list(ENDS),
        "at": np.concatenate(ends_of(values)).tolist(),
        "reach": REACH,
        "samples": SAMPLES,
        "levels": levels.tolist(),
        "colors": [[field_color((i + 0.5) / _BANDS, dark) for i in range(_BANDS)] for dark in (False, True)],
        "alarm": _both(ORANGE),
    }
    return blob(header, buffers)


def _bands(axis: Array, heights: Array, levels: Array, buffers: Buffers) -> list[dict[str, Any]]:
    """The outlines between each level and the next: points x, y, x, y, ... and where each outline starts."""
    generator = contour_generator(axis, axis, heights, fill_type=FillType.ChunkCombinedOffset)
    made = []
    for low, high in pairwise(levels):
        filled: Any = generator.filled(float(low), float(high))
        (outlines,), (offsets,) = filled
        outlines, starts = (np.empty((0, 2)), []) if outlines is None else (outlines, offsets[:-1].tolist())
        made.append({"points": buffers.numbers(outlines.ravel()), "starts": starts})
    return made


def growth_payload(values: Values) -> bytes:
    """What the browser needs for weights that grow."""
    growth, buffers = growth_of(values), Buffers()
    angle = growth.angle
    header = {
        "version": 1,
        "view": "growth",
        "steps": buffers.numbers(growth.steps),
        "decays": list(DECAYS),
        "at": decay_place(values["decay"]),
        "lengths": [buffers.numbers(each) for each in growth.length],
        "losses": [buffers.numbers(each) for each in growth.loss],
        "angles": None if angle is None else [buffers.numbers(each) for each in angle],
        "margin": growth.margin,
        "colors": [_both(VERMILLION), _both(BLUE)],
    }
    return blob(header, buffers)


def shapes_payload(values: Values) -> bytes:
    """What the browser needs for the shapes of penalties over a bowl."""
    bowl, buffers, mix = bowl_of(values["fitted"]), Buffers(), values["mix"]
    strengths, weights = path_of(values)
    (p, r), (_, q) = bowl.curvature.tolist()
    header = {
        "version": 1,
        "view": "shapes",
        "lambdas": strengths.tolist(),
        "at": lambda_place(values["lambda"]),
        "optima": buffers.exact(weights.ravel()),
        "mix": mix,
        "form": values["form"],
        "names": list(bowl.names),
        "level": bowl.level,
        "slope": bowl.slope.tolist(),
        "curvature": [p, r, q],
        "zeroFrom": list(zero_from(bowl, mix)),
        "colors": {
            "first": _both(BLUE),
            "second": _both(VERMILLION),
            "shape": _both(GREEN),
            "path": _both(PURPLE),
        },
    }
    return blob(header, buffers)


def _both(color: str) -> list[str]:
    return [on_background(color, dark) for dark in (False, True)]
