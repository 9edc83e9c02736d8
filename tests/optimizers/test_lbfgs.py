"""L-BFGS against torch.optim.LBFGS with one inner iteration a step, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizers.descend import descend
from optimizers.rules.lbfgs import RULES
from tests.optimizers.surfaces import surface

RULE = RULES[0]


def _torch(name, start, values):
    """PyTorch's optimizer at a start, its closure, and its one parameter."""
    objective = surface(name)
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    assert RULE.torch_arguments is not None
    optimizer = torch.optim.LBFGS([point], **RULE.torch_arguments({**RULE.defaults(), **values}))

    def closure():
        here = point.detach().numpy().copy()
        point.grad = torch.from_numpy(objective.gradient(here))
        return torch.tensor(float(objective.value(here)), dtype=torch.float64)

    return optimizer, closure, point


SEARCHES = ["none", "strong_wolfe"]
SURFACES = {
    "rosenbrock": (1.2, 1.1),
    "himmelblau": (-0.5, 1.2),
    "beale": (2.0, 1.5),
    "styblinski_tang": (-0.5, 1.2),
    "ripples": (-0.5, 1.2),
}


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("history_size", [1, 3, 100])
@pytest.mark.parametrize("name", SURFACES)
def test_the_path_is_that_of_torch(name, search, history_size):
    values = {"line_search_fn": search, "history_size": history_size, "lr": 1.0 if search == "strong_wolfe" else 0.4}
    path = descend(surface(name), RULE, start=SURFACES[name], steps=500, **values)
    optimizer, closure, point = _torch(name, SURFACES[name], values)
    for k in range(500):
        optimizer.step(closure)
        np.testing.assert_allclose(
            point.detach().numpy(), path.points[k + 1], rtol=1e-9, atol=1e-9, err_msg=f"step {k}"
        )


@given(
    st.sampled_from(list(SURFACES)),
    st.tuples(st.floats(-2, 2), st.floats(-2, 2)),
    st.sampled_from(SEARCHES),
    st.floats(0.01, 1.5),
    st.integers(1, 12),
    st.sampled_from([0.0, 1e-7, 1e-3]),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_each_step_of_drawn_settings_is_that_of_torch_with_the_same_memory(name, start, search, lr, size, tolerance):
    """From our memory at step k PyTorch takes our step k: differences of rounding cannot pile up over a wild path."""
    values = {
        "line_search_fn": search,
        "lr": lr,
        "history_size": size,
        "tolerance_grad": tolerance,
        "tolerance_change": tolerance / 100,
    }
    path = descend(surface(name), RULE, start=start, steps=30, **values)
    for k in range(30):
        memory = {state: entries[k] for state, entries in path.states.items()}
        optimizer, closure, point = _torch(name, path.points[k], values)
        if memory["iterations"].item():
            stored = int(memory["stored"].item())
            pairs = [torch.from_numpy(memory[pair][:stored][::-1].copy()) for pair in ("steps", "changes")]
            optimizer.state[point] = {
                "n_iter": int(memory["iterations"].item()),
                "func_evals": 0,
                "d": torch.from_numpy(memory["direction"].copy()),
                "t": float(memory["step_length"].item()),
                "old_stps": list(pairs[0]),
                "old_dirs": list(pairs[1]),
                "ro": [1.0 / y.dot(s) for s, y in zip(*pairs, strict=True)],
                "H_diag": float(memory["scale"].item()),
                "prev_flat_grad": torch.from_numpy(memory["previous_gradient"].copy()),
                "prev_loss": 0.0,
            }
        optimizer.step(closure)
        expected = point.detach().numpy()
        if not (np.isfinite(expected).all() and np.isfinite(surface(name).value(expected))):
            return
        size_of_step = np.abs(expected - path.points[k]).max()
        np.testing.assert_allclose(
            path.points[k + 1], expected, rtol=1e-9, atol=1e-9 * size_of_step, err_msg=f"step {k} of {values}"
        )


def test_defaults_are_those_of_torch():
    defaults = RULE.defaults()
    torchs = torch.optim.LBFGS([torch.zeros(2, requires_grad=True)]).defaults
    for name in ("lr", "history_size", "tolerance_grad", "tolerance_change"):
        assert defaults[name] == torchs[name]
    assert (defaults["line_search_fn"], torchs["line_search_fn"]) == ("none", None)


def test_the_memory_holds_the_newest_pairs_first():
    path = descend(
        surface("rosenbrock"), RULE, start=(-1.5, 2.0), steps=12, history_size=4, line_search_fn="strong_wolfe"
    )
    steps = np.diff(path.points, axis=0)
    np.testing.assert_array_equal(path.states["stored"][:7, 0], [0, 0, 1, 2, 3, 4, 4])
    np.testing.assert_allclose(path.states["steps"][8], steps[6:2:-1], rtol=1e-12)


def test_one_gradient_a_step_without_a_search_and_none_once_it_has_stopped():
    path = descend(surface("himmelblau"), RULE, start=(0.5, 0.5), steps=100, lr=0.5)
    costs = np.diff(path.evaluations)
    moved = np.diff(path.points, axis=0).any(-1)
    assert set(costs[moved]) == {1}
    assert costs[~moved].sum() == 1
