"""Every step of a race as CSV."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from experiments.race import Lane, RaceResult
from exports.csv_text import cell_text

if TYPE_CHECKING:
    pass


COLUMNS: Mapping[str, str] = {
    "optimizer": "label, unique within the race",
    "step": "0 is the start",
    "x": "first coordinate",
    "y": "second coordinate",
    "value": "f at the point, without noise",
    "gradient_norm": "length of the gradient there, without noise",
    "learning_rate": "rate of the step that leaves the point; empty for rules without one",
    "evaluations": "gradient evaluations spent so far; a value counts one, a Hessian two",
}


ROWS_SEEN = "rows_seen"
"""On a surface made of rows, after ``evaluations``: what these cost in rows, one that comes again counted again."""

_AXES = ("x", "y")


_LARGEST_MEMORY = 6


def paths_csv(result: RaceResult) -> str:
    """Every lane's every step, one row each, in full float precision (RFC 4180, lines end with CRLF).

    The columns of ``COLUMNS`` come first, on a surface made of rows ``ROWS_SEEN``, then what any of the rules
    remembers: ``m_x`` and ``m_y`` for a vector m, ``v`` for a number, ``B_xx`` to ``B_yy`` for a matrix. A cell is
    empty where a rule has no such memory. Memories of more than six numbers (the steps that L-BFGS keeps) are left out:
    they are differences of rows. After a divergence the last finite point repeats. In one dimension there
    is no y.
    """
    line = result.race.landscape.dimensions == 1
    memories = [dict(_memory(lane, line)) for lane in result.lanes]
    names = list(dict.fromkeys(itertools.chain.from_iterable(memories)))
    seen = [] if result.race.landscape.rows is None else [ROWS_SEEN]
    own = (name for name in COLUMNS if not (line and name == "y"))
    lines = [",".join(cell_text(name) for name in (*own, *seen, *names))]
    for lane, memory in zip(result.lanes, memories, strict=True):
        path = lane.trajectory
        count = len(path.points)
        with np.errstate(all="ignore"):
            norms = np.linalg.norm(result.race.landscape.gradient(path.points), axis=-1)
        empty = [""] * count
        places = (path.points[:, axis] for axis in range(result.race.landscape.dimensions))
        columns = [
            [cell_text(lane.label)] * count,
            map(str, range(count)),
            *(_cells(column) for column in (*places, path.values, norms, path.rates)),
            map(str, path.evaluations.tolist()),
            *([map(str, _rows_seen(result, lane).tolist())] if seen else []),
            *(_cells(memory[name]) if name in memory else empty for name in names),
        ]
        lines.extend(map(",".join, zip(*columns, strict=True)))
    return "\r\n".join(lines) + "\r\n"


def _rows_seen(result: RaceResult, lane: Lane) -> NDArray[np.int64]:
    rows, batches, path = result.race.landscape.rows, result.race.batches(lane.entry), lane.trajectory
    assert rows is not None
    each = np.full(path.steps, len(rows)) if batches is None else batches.sizes(path.steps)
    return np.concatenate([[0], np.cumsum(np.diff(path.evaluations) * each)])


def _cells(column: NDArray[np.float64]) -> Sequence[str]:
    return ["" if value != value else repr(value) for value in np.asarray(column, dtype=np.float64).tolist()]


def _memory(lane: Lane, line: bool) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Every number that a rule remembers, as named columns ``(steps + 1,)``; on a line those that belong to x."""
    for name, every in lane.trajectory.states.items():
        ends = [slice(1 if line and size == 2 else None) for size in every.shape[1:]]
        state = every[(slice(None), *ends)]
        shape = state.shape[1:]
        if state[0].size > _LARGEST_MEMORY:
            continue
        if math.prod(shape) == 1:
            yield name, state.reshape(len(state))
        elif shape == (2, 2):
            for i, j in itertools.product(range(2), repeat=2):
                yield f"{name}_{_AXES[i]}{_AXES[j]}", state[:, i, j]
        else:
            for index in np.ndindex(*shape):
                *outer, last = index
                end = _AXES[last] if shape[-1] == 2 else str(last)
                yield "_".join([name, *map(str, outer), end]), state[(slice(None), *index)]
