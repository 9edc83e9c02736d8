"""What measuring a set-up costs a server that others share, and the largest one that is measured in its place.

The estimate counts multiplications, and what else takes as long as so many: it depends on the set-up alone, so that a
link shows the same numbers on every machine.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from networks.setup import Setup
from numerals import readable

MOST = 3e11  # some ten seconds of a core
QUICK = 3e10
MEMORY = 300 << 20  # bytes of stored activations and weights

_DRAWN = 400.0  # a normal number takes as long as so many multiplications
_FACTORED = 3.5  # an orthogonal matrix, times its numbers, times its shorter side
_FEWEST = 100  # samples: with fewer, layers become narrower instead


def multiplications(setup: Setup) -> float:
    """How many multiplications take as long as a forward and a backward pass."""
    return sum(_layer(setup, rows, columns) for rows, columns in pairwise(setup.widths))


def affordable(setup: Setup) -> Setup:
    """The set-up itself, or one with fewer inputs sent, and narrower layers where that is not enough."""
    in_memory = int(0.75 * MEMORY / (8 * sum(setup.widths)))
    fewest = min(_FEWEST, setup.samples)
    smaller = replace(setup, samples=max(2, min(setup.samples, in_memory)))
    if multiplications(smaller) <= MOST:
        return smaller
    fixed = multiplications(replace(setup, samples=2))
    by_sample = 3.0 * sum(rows * columns for rows, columns in pairwise(setup.widths))
    smaller = replace(smaller, samples=max(min(fewest, smaller.samples), int((MOST - fixed) / by_sample)))
    share = 1.0
    while multiplications(smaller) > MOST:
        share *= 0.95
        smaller = replace(smaller, widths=tuple(max(1, round(share * units)) for units in setup.widths))
    return smaller


def shortened(asked: Setup, measured: Setup) -> str:
    """One sentence on what is measured instead of what was asked, empty where that is the same."""
    instead = []
    if measured.widths != asked.widths:
        instead.append(f"layers of {readable(max(measured.widths))} units for {readable(max(asked.widths))}")
    if measured.samples != asked.samples:
        instead.append(f"{readable(measured.samples)} inputs for {readable(asked.samples)}")
    if not instead:
        return ""
    return f"This is more than is measured for one link; shown are {' and '.join(instead)}."


def _layer(setup: Setup, rows: int, columns: int) -> float:
    numbers = float(rows * columns)
    drawn = {"constant": 0.0, "orthogonal": _DRAWN + _FACTORED * min(rows, columns)}.get(
        setup.initializer_entry.distribution, _DRAWN
    )
    return numbers * (3.0 * setup.samples + 2 * drawn)  # weights that do not fit are drawn again on the way back
