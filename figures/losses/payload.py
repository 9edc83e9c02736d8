"""What the browser needs for what is dragged on the page of losses (figures/frontend/losses/).

The blob is that of ``figures/frontend/wire.py``. An outlier: the other points, the fits at every place of the grid and,
for the pull of each point, the slope of each loss over the error, which has corners only at ``knots``. Two histograms:
both over the same bins, and every distance with its slope at every shift; NaN where there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.losses import MIDDLES, REGRESSION, SHIFTS, apart_of, at_shift, fits_of, hyper_of, on_grid
from figures.frontend import Buffers, blob
from figures.losses.styles import P_COLOR, Q_COLOR, both_colors, loss_color, loss_dash
from networks.losses import DISTANCES, LOSS_FUNCTIONS

Values = Mapping[str, Any]
_FAR = 1000.0  # an error that no point has
_BESIDE = 1e-9


def outlier_payload(values: Values) -> bytes:
    """What the browser needs to drag an outlier."""
    fits, buffers = fits_of(values), Buffers()
    losses = []
    for key in REGRESSION:
        loss, hyper = LOSS_FUNCTIONS[key], hyper_of(key, values)
        knots = sorted({kink + side * _BESIDE for kink in loss.kinks(hyper) for side in (-1, 0, 1)} | {-_FAR, _FAR})
        errors = np.array(knots)
        losses.append(
            {
                "key": key,
                "name": loss.short,
                "colors": both_colors(loss_color(key)),
                "dash": list(loss_dash(key)),
                "knots": errors.tolist(),
                "slopes": loss.gradient(errors, np.zeros_like(errors), hyper).tolist(),
                "fits": buffers.exact(fits.by_loss[key].ravel()),
            }
        )
    header = {
        "version": 1,
        "view": "outlier",
        "line": fits.line,
        "x": fits.x.tolist(),
        "y": fits.y.tolist(),
        "across": fits.across.tolist(),
        "up": fits.up.tolist(),
        "at": list(on_grid(values)),
        "losses": losses,
    }
    return blob(header, buffers)


def apart_payload(values: Values) -> bytes:
    """What the browser needs to slide two histograms apart."""
    known, buffers = apart_of(values), Buffers()
    shift = at_shift(values).shift
    header = {
        "version": 1,
        "view": "apart",
        "middles": MIDDLES.tolist(),
        "shifts": SHIFTS.tolist(),
        "at": int(np.flatnonzero(shift == SHIFTS)[0]),
        "colors": {"p": both_colors(P_COLOR), "q": both_colors(Q_COLOR)},
        "p": buffers.numbers(known.p),
        "q": buffers.numbers(known.q.ravel()),
        "distances": [
            {
                "key": key,
                "name": distance.name,
                "colors": both_colors(loss_color(key)),
                "dash": list(loss_dash(key)),
                "values": buffers.numbers(np.where(np.isfinite(known.values[key]), known.values[key], np.nan)),
                "slopes": buffers.numbers(known.slopes[key]),
            }
            for key, distance in DISTANCES.items()
        ],
    }
    return blob(header, buffers)
