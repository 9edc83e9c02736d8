"""Basins of rules that search in loops, computed here: the browser has no program of such a rule.

They are the grids of the browser's map with fewer samples, coarse first: 16 x 16 starts, and twice as many along each
axis while the next grid is expected within ``SECONDS``. What is known is kept for everybody who asks for the same map.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.maps.ends import path_ends
from experiments.maps.rest import Window, rest_points
from experiments.maps.settings import surface_of, window_of
from landscapes import Landscape, identified
from optimizers import OPTIMIZERS, descend

Array = NDArray[np.float64]
Progress = Callable[[float], None]
"""Called now and then with the share done; what it raises ends the work."""

SAMPLES = 512  # along each axis of the finest map of the browser (figures/frontend/maps/panel.js)
SECONDS = 6.0  # of one processor, for the finest grid
AT_ONCE = 0.4  # such seconds, within which a finer grid is had at once
_STRIDES = (32, 16, 8, 4)
_NUMBERS = 4_000_000  # that a block of paths may hold
_KEPT = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class EndGrid:
    """Where paths end: every ``stride``-th sample of ``SAMPLES`` along each axis, row 0 at the top.

    ends, steps: ``(side, side)``, as ``path_ends`` tells them. seconds: of one processor, for a whole grid of its kind.
    last: no finer one will come.
    """

    stride: int
    ends: NDArray[np.int64]
    steps: NDArray[np.int64]
    seconds: float
    last: bool

    @property
    def side(self) -> int:
        """Starts along each axis."""
        return len(self.ends)


_kept: OrderedDict[Hashable, EndGrid] = OrderedDict()
_lock, _turn = Lock(), Lock()


def end_grid(values: Mapping[str, Any], slot: str, progress: Progress | None = None) -> EndGrid:
    """The finest grid that is known of the rule ``values[slot]``, or that is there within a moment."""
    grid = _known(values, slot) or _next(values, slot, None, progress)
    while not grid.last and _expected(grid.seconds) <= AT_ONCE:
        grid = _next(values, slot, grid, progress)
    return grid


def finer_grid(values: Mapping[str, Any], slot: str, progress: Progress | None = None) -> bool:
    """Compute the grid after the one that is known; whether there was one to compute."""
    grid = _known(values, slot)
    if grid is None or grid.last:
        return False
    _next(values, slot, grid, progress)
    return True


def end_path(values: Mapping[str, Any], slot: str) -> tuple[Array, int, int]:
    """The path from the start of the page: its finite points ``(n, 2)``, its end and its steps."""
    landscape, window = surface_of(values), window_of(values)
    rule, own = _rule(values, slot)
    start = np.array([[values["at_x"], values["at_y"]]])
    path = descend(landscape, OPTIMIZERS[rule], start=start, steps=values["steps"], record="points", **own)
    ends, steps = path_ends(landscape, path, window, rest_points(landscape, window))
    bad = int(path.first_nonfinite[0])
    return path.points[: len(path.points) if bad < 0 else max(bad, 1), 0], int(ends[0]), int(steps[0])


def _rule(values: Mapping[str, Any], slot: str) -> tuple[str, dict[str, Any]]:
    rule = values[slot]
    return rule, {each.name: values[f"{slot}.{each.name}"] for each in OPTIMIZERS[rule].hyperparameters}


def _key(values: Mapping[str, Any], slot: str) -> Hashable:
    rule, own = _rule(values, slot)
    return identified(surface_of(values)), window_of(values), rule, tuple(own.items()), values["steps"]


def _known(values: Mapping[str, Any], slot: str) -> EndGrid | None:
    with _lock:
        return _kept.get(_key(values, slot))


def _expected(seconds: float) -> float:
    """What four times as many starts take: less than four times as long, for they move together."""
    return 3 * seconds


def _next(values: Mapping[str, Any], slot: str, before: EndGrid | None, progress: Progress | None) -> EndGrid:
    """One after the other: many who ask at once for the same grid wait for one run of it."""
    while not _turn.acquire(timeout=0.1):
        if progress is not None:
            progress(0.0)
    try:
        known = _known(values, slot)
        if known is not None and (before is None or known.stride < before.stride):
            return known
        grid = _computed(values, slot, before, progress)
        with _lock:
            _kept[_key(values, slot)] = grid
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return grid
    finally:
        _turn.release()


def _computed(values: Mapping[str, Any], slot: str, before: EndGrid | None, progress: Progress | None) -> EndGrid:
    landscape, window = surface_of(values), window_of(values)
    stride = _STRIDES[0] if before is None else before.stride // 2
    side = SAMPLES // stride
    ends, steps = np.zeros((2, side, side), dtype=np.int64)
    new = np.ones((side, side), dtype=bool)
    if before is not None:
        new[::2, ::2] = False
        ends[::2, ::2], steps[::2, ::2] = before.ends, before.steps
    began = time.thread_time()  # of this thread alone: a busy machine has the same map
    ends[new], steps[new] = _ends_from(
        landscape, window, sample_starts(window, stride)[new], values, slot, progress or (lambda _share: None)
    )
    taken = (time.thread_time() - began) * side * side / int(new.sum())
    last = stride == _STRIDES[-1] or _expected(taken) > SECONDS
    for each in (ends, steps):
        each.flags.writeable = False
    return EndGrid(stride=stride, ends=ends, steps=steps, seconds=taken, last=last)


def sample_starts(window: Window, stride: int) -> Array:
    """The starts of a grid ``(side, side, 2)``: samples of the finest map, each in the middle of its cell there."""
    (left, right), (bottom, top) = window
    part = (np.arange(0, SAMPLES, stride) + 0.5) / SAMPLES
    x, y = np.meshgrid(left + part * (right - left), bottom + (1 - part) * (top - bottom))
    return np.stack([x, y], axis=-1)


def _ends_from(
    landscape: Landscape, window: Window, starts: Array, values: Mapping[str, Any], slot: str, progress: Progress
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rule, own = _rule(values, slot)
    rest, many = rest_points(landscape, window), max(1, _NUMBERS // (5 * (values["steps"] + 1)))
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for first in range(0, len(starts), many):
        part = len(starts[first : first + many])

        def share(done: float, first: int = first, part: int = part) -> None:
            progress((first + done * part) / len(starts))

        block = starts[first : first + many]
        path = descend(
            landscape,
            OPTIMIZERS[rule],
            start=block,
            steps=values["steps"],
            record="points",
            progress=share,
            **own,
        )
        found.append(path_ends(landscape, path, window, rest))
    ends, steps = zip(*found, strict=True)
    return np.concatenate(ends), np.concatenate(steps)
