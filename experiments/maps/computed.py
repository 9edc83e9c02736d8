"""Maps and lines of rules that search in loops, computed here: the browser has no program of such a rule.

A map has the samples of the browser's with fewer of them, coarse first: 8 x 8, and twice as many along each axis while
the next grid is expected within ``SECONDS``. It grows by blocks that take a moment each.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from experiments.maps.ends import path_ends
from experiments.maps.rest import Window, rest_points
from experiments.maps.sheets import Progress, Sheet
from landscapes import Identified
from optimizers import OPTIMIZERS, descend

Array = NDArray[np.float64]

SECONDS = 6.0  # of one processor, for the finest grid
STRIDES = (64, 32, 16, 8, 4)
_MOMENT = 0.2  # such seconds, for a block
TRIED = 100  # steps, after which it is looked which paths are at rest
_WORTH = 2  # times as many steps, from which on that is worth it
_FEWEST = 64  # paths of a block
_NUMBERS = 4_000_000  # that a block may hold


@dataclass(frozen=True, eq=False, kw_only=True)
class EndGrid:
    """What becomes of each sample: every ``stride``-th along each axis of a map, row 0 at the top; all of a line.

    ends, steps, values: ``(side, side)`` or ``(n,)``, as a ``Sheet`` tells them; no values of basins. seconds: of
    one processor, for a whole grid of its kind. last: no finer one will come.
    """

    stride: int
    ends: NDArray[np.int16]
    steps: NDArray[np.int32]
    values: Array
    seconds: float
    last: bool

    @property
    def side(self) -> int:
        """Samples along each axis."""
        return len(self.ends)

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self.ends.nbytes + self.steps.nbytes + self.values.nbytes


class Growing:
    """The grid of a sheet that comes after the one that is known (none: the first), while it is computed."""

    def __init__(self, sheet: Sheet, before: EndGrid | None) -> None:
        self.stride = STRIDES[0] if before is None else before.stride // 2
        self._sheet = sheet
        samples = sheet.samples(self.stride)
        shape = samples.shape[:-1]
        new = np.ones(shape, dtype=bool)
        self._ends, self._steps = np.zeros(shape, dtype=np.int16), np.zeros(shape, dtype=np.int32)
        self._values = np.zeros(0 if sheet.goal is None else shape)
        if before is not None:
            new[::2, ::2] = False
            self._ends[::2, ::2], self._steps[::2, ::2] = before.ends, before.steps
            if sheet.goal is not None:
                self._values[::2, ::2] = before.values
        self._left = np.flatnonzero(new)
        self._samples = samples.reshape(len(new.ravel()), samples.shape[-1])
        self._many, self._seconds = _FEWEST, 0.0
        self._all, self._slow = len(self._left), self._left[:0]  # the slow ones have not come to rest when tried

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return 1 - (len(self._left) + len(self._slow)) / self._all

    def advance(self, progress: Progress | None = None) -> None:
        """Compute the next block: most paths come to rest early, and only the others take all their steps."""
        sheet = self._sheet
        trying = len(self._left) > 0
        tried = TRIED if trying and sheet.steps >= _WORTH * TRIED else None
        many = max(1, min(self._many // max(1, len(sheet.starts)), _NUMBERS // sheet.numbers))
        left = self._left if trying else self._slow
        block, left = left[:many], left[many:]
        began = time.thread_time()  # of this thread alone: a busy machine has the same map
        ends, steps, values, settled = sheet.outcomes(self._samples[block], progress, tried)
        taken = time.thread_time() - began
        self._ends.flat[block], self._steps.flat[block] = ends, steps
        if sheet.goal is not None:
            self._values.flat[block] = values
        if trying:
            self._left, self._slow = left, np.concatenate([self._slow, block[~settled]])
        else:
            self._slow = left
        self._seconds += taken
        if taken < _MOMENT / 2:
            self._many *= 2
        elif taken > 2 * _MOMENT:
            self._many = max(_FEWEST, self._many // 2)

    def whole(self) -> EndGrid | None:
        """The grid, when all of it is done."""
        if len(self._left) or len(self._slow):
            return None
        seconds = self._seconds * len(self._samples) / self._all
        for each in (self._ends, self._steps, self._values):
            each.flags.writeable = False
        return EndGrid(
            stride=self.stride,
            ends=self._ends,
            steps=self._steps,
            values=self._values,
            seconds=seconds,
            last=not self._sheet.is_map or self.stride == STRIDES[-1] or _expected(seconds) > SECONDS,
        )


def _expected(seconds: float) -> float:
    """What four times as many paths take: less than four times as long, for they move together."""
    return 3 * seconds


@lru_cache(maxsize=16)
def computed_grid(sheet: Sheet, side: int = 128) -> EndGrid:
    """The grid with so many samples along each axis, or the finest that is expected within ``SECONDS``; of a line all
    that it has. It is computed at once, for whoever cannot come back for it."""
    known: EndGrid | None = None
    while known is None or not (known.last or known.side >= side):
        growing, grid = Growing(sheet, known), None
        while grid is None:
            growing.advance()
            grid = growing.whole()
        known = grid
    return known


def end_path(sheet: Sheet, start: tuple[float, float]) -> tuple[Array, int, int]:
    """The path from one start of a map of basins: its finite points ``(n, 2)``, its end and its steps."""
    return _path(sheet.surface, sheet.window, sheet.rule, sheet.own, sheet.steps, start)


@lru_cache(maxsize=64)
def _path(
    surface: Identified, window: Window, rule: str, own: tuple, steps: int, start: tuple[float, float]
) -> tuple[Array, int, int]:
    landscape = surface.landscape
    path = descend(landscape, OPTIMIZERS[rule], start=np.array([start]), steps=steps, record="points", **dict(own))
    ends, counted = path_ends(landscape, path, window, rest_points(landscape, window))
    bad = int(path.first_nonfinite[0])
    points = path.points[: len(path.points) if bad < 0 else max(bad, 1), 0]
    return points, int(ends[0]), int(counted[0])
