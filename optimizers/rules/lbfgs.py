"""L-BFGS as torch.optim.LBFGS has it, one of its inner iterations a step.

The inverse Hessian is never formed: the last m pairs s (steps) and y (changes of the gradient) are applied to the
gradient by the two-loop recursion, starting from H = s.y / y.y times the identity. Pairs with s.y <= 1e-10 are left
out. The first step is min(1, 1 / |g|_1) lr long along -g, later ones lr, or what the strong Wolfe search finds from
there.

One step here equals ``torch.optim.LBFGS(..., max_iter=1, max_eval=26).step(closure)``: max_iter=1 makes a step one
inner iteration, and max_eval leaves the line search PyTorch's usual 25 further trials. As there, a point stays where it
is once max |g| <= tolerance_grad or -g.d < tolerance_change.

Sources: Liu and Nocedal, "On the limited memory BFGS method", Mathematical Programming 45 (1989); torch.optim.LBFGS.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from optimizers.rules.line_search import recall, recalled, strong_wolfe
from optimizers.rules.symmetric import dot, per_point
from optimizers.types import Array, Hyper, MeteredObjective, Optimizer, State, Traits
from settings import Hyperparameter

_LARGEST_HISTORY = 100
_MEMORY = ("steps", "changes", "stored", "scale")


def _init(points: Array, hyper: Hyper) -> State:
    batch = points.shape[:-1]
    none = np.zeros((*batch, 1))
    # Different history sizes in one batch share the largest shape, so that blocks of a batch fit together.
    size = _LARGEST_HISTORY if np.ndim(hyper["history_size"]) else int(hyper["history_size"])
    return {
        "steps": np.zeros((*batch, size, 2)),
        "changes": np.zeros((*batch, size, 2)),
        "stored": none,
        "scale": none + 1.0,
        "direction": np.zeros_like(points),
        "step_length": none,
        "previous_gradient": np.zeros_like(points),
        "iterations": none,
        **recalled(points),
    }


def _step(objective: MeteredObjective, points: Array, state: State, hyper: Hyper, k: int) -> tuple[Array, State]:
    searches = hyper["line_search_fn"] == "strong_wolfe"
    if searches:
        value, gradient = recall(objective, points, state, k)
    else:
        value, gradient = state["value"][..., 0], _recall_gradient(objective, points, state, k)
    active = ~(np.abs(gradient).max(-1) <= per_point(hyper["tolerance_grad"]))
    first = state["iterations"][..., 0] == 0
    repeated = ~first & (gradient == state["previous_gradient"]).all(-1)
    if (repeated | ~active).all():  # nothing new was learned anywhere, so both loops would give the same again
        memory, direction = {name: state[name] for name in _MEMORY}, state["direction"]
    else:
        memory = _remember(state, gradient, active & ~first, hyper)
        direction = _two_loops(memory, gradient)
    slope = dot(gradient, direction)
    lr = per_point(hyper["lr"])
    length = np.where(first, np.minimum(1.0, 1.0 / np.abs(gradient).sum(-1)) * lr, lr)
    moves = active & ~(slope > -per_point(hyper["tolerance_change"]))
    reached, seen = value, gradient
    if searches:
        found = strong_wolfe(objective, points, direction, value, gradient, length, moves)
        length = np.where(moves, found.length, length)
        reached, seen = found.value, found.gradient
    points = np.where(moves[..., None], points + length[..., None] * direction, points)
    state = {
        **memory,
        "direction": np.where(active[..., None], direction, state["direction"]),
        "step_length": np.where(active[..., None], length[..., None], state["step_length"]),
        "previous_gradient": np.where(active[..., None], gradient, state["previous_gradient"]),
        "iterations": state["iterations"] + active[..., None],
        "value": reached[..., None],
        "gradient": seen,
    }
    return points, state


def _recall_gradient(objective: MeteredObjective, points: Array, state: State, k: int) -> Array:
    """A point that did not move has the gradient it had: it is not paid for again."""
    gradient = objective.gradient(points, np.zeros(points.shape[:-1], dtype=bool))
    unknown = (gradient != state["gradient"]).any(-1) | (k == 0)
    if unknown.any():
        objective.gradient(points, unknown)
    return gradient


def _remember(state: State, gradient: Array, eligible: Any, hyper: Hyper) -> State:
    """Push the newest pair to the front where its curvature is positive."""
    step = state["direction"] * state["step_length"]
    change = gradient - state["previous_gradient"]
    curvature = dot(change, step)
    keep = eligible & (curvature > 1e-10)
    memory = {}
    for name, newest in (("steps", step), ("changes", change)):
        old = state[name]
        pushed = np.concatenate([newest[..., None, :], old[..., :-1, :]], axis=-2)
        memory[name] = np.where(keep[..., None, None], pushed, old)
    memory["stored"] = np.minimum(state["stored"] + keep[..., None], hyper["history_size"])
    memory["scale"] = np.where(keep[..., None], (curvature / dot(change, change))[..., None], state["scale"])
    return memory


def _two_loops(memory: State, gradient: Array) -> Array:
    stored = memory["stored"]
    count = int(np.max(stored, initial=0))
    # Pairs first, so that each is a row; no choice is made for pairs that every point of the batch has.
    steps, changes = (np.moveaxis(memory[name][..., :count, :], -2, 0) for name in ("steps", "changes"))
    weights = 1.0 / dot(changes, steps)
    has = np.arange(count).reshape(count, *(1,) * stored.ndim) < stored
    everywhere = list(np.all(has, axis=tuple(range(1, has.ndim))))
    pairs = list(zip(steps, changes, weights, has, everywhere, strict=True))
    shares = []
    q = -gradient
    for step, change, weight, there, all_there in pairs:  # newest first
        share = dot(step, q) * weight
        shares.append(share)
        moved = q - share[..., None] * change
        q = moved if all_there else np.where(there, moved, q)
    q = q * memory["scale"]
    for (step, change, weight, there, all_there), share in zip(reversed(pairs), reversed(shares), strict=True):
        moved = q + (share - dot(change, q) * weight)[..., None] * step
        q = moved if all_there else np.where(there, moved, q)
    return q


def _torch_arguments(hyper: Hyper) -> dict[str, Any]:
    names = ("lr", "tolerance_grad", "tolerance_change", "history_size")
    search = None if hyper["line_search_fn"] == "none" else hyper["line_search_fn"]
    return {**{name: hyper[name] for name in names}, "max_iter": 1, "max_eval": 26, "line_search_fn": search}


RULES: tuple[Optimizer, ...] = (
    Optimizer(
        key="lbfgs",
        name="L-BFGS",
        idea="Rebuilds the inverse Hessian from its last few steps, without ever storing a matrix.",
        latex=(
            r"x_{k+1} = x_k - t_k H_k g_k,\quad "
            r"H_k g_k \text{ from the last } m \text{ pairs } s_i = x_{i+1} - x_i,\; y_i = g_{i+1} - g_i"
        ),
        reference="Liu and Nocedal, Mathematical Programming 45 (1989)",
        traits=Traits(memory="2hn", cost="hn"),
        hyperparameters=(
            Hyperparameter(
                name="lr",
                symbol=r"\eta",
                default=1.0,
                low=1e-3,
                high=2.0,
                valid="[0, inf)",
                log=True,
                meaning="Length of a step along the direction, or the first length the line search tries.",
            ),
            Hyperparameter(
                name="history_size",
                symbol="m",
                kind="int",
                default=100,
                low=1,
                high=_LARGEST_HISTORY,
                valid=f"[1, {_LARGEST_HISTORY}]",
                log=True,
                meaning="How many pairs of steps and gradient changes are remembered.",
            ),
            Hyperparameter(
                name="line_search_fn",
                symbol="t_k",
                kind="choice",
                default="none",
                choices=("none", "strong_wolfe"),
                meaning="Whether the length of a step is searched for or fixed.",
            ),
            Hyperparameter(
                name="tolerance_grad",
                symbol=r"\varepsilon_g",
                default=1e-7,
                low=0.0,
                high=1e-3,
                valid="[0, inf)",
                log=True,
                meaning="Once no component of the gradient is larger than this, the point stays.",
            ),
            Hyperparameter(
                name="tolerance_change",
                symbol=r"\varepsilon_x",
                default=1e-9,
                low=0.0,
                high=1e-3,
                valid="[0, inf)",
                log=True,
                meaning="Once the slope along the direction is smaller than this, the point stays.",
            ),
        ),
        init=_init,
        step=_step,
        notes=(
            "One step is one inner iteration of PyTorch's step, which makes 20 by default. Without a line search it "
            "may diverge where BFGS does not."
        ),
        torch="torch.optim.LBFGS",
        torch_arguments=_torch_arguments,
    ),
)
