"""When a path has come to rest for good: what follows can be told without being computed."""

from __future__ import annotations

import numpy as np

from optimizers.types import Array, State

# Rules that act on every n-th step (lookahead, restarts, a Hessian now and then) must have had their turn at rest.
STILL = 256


class Rest:
    """Counts the steps in a row after which one path, ``(2,)``, and all that its rule remembers are the same bits.

    After ``STILL`` of them a rule without noise and at a constant rate repeats its last step to the end. A line search
    that fails at the minimum tries every length at every step, which is what most time of a long race went to.
    """

    def __init__(self) -> None:
        self._steps = 0

    def after(self, points: Array, state: State, next_points: Array, next_state: State) -> bool:
        """Whether the path rests, told of one step after the other."""
        if points[0] != next_points[0] or points[1] != next_points[1] or not _same(state, next_state):
            self._steps = 0
            return False
        self._steps += 1
        return self._steps >= STILL


def _same(state: State, other: State) -> bool:
    return all(np.array_equal(entry, other[name], equal_nan=True) for name, entry in state.items())
