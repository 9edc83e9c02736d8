"""The same descent by an optimizer of PyTorch, or one built like them, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from optimizers import Objective

Path = NDArray[np.float64]


def torch_path(
    objective: Objective,
    make: Callable[[torch.Tensor], Any],
    start: tuple[float, float],
    steps: int,
    *,
    matrix: bool = False,
    after: Callable[[Any, torch.Tensor], None] | None = None,
) -> tuple[Path, NDArray[np.float64]]:
    """Points ``(steps + 1, 2)`` and the rate of each step ``(steps,)``.

    make: from the parameter to its optimizer. matrix: the parameter is a 1x2 matrix (Muon takes nothing else).
    after: called after each step, for example to advance a scheduler.
    """
    point = torch.tensor([start] if matrix else start, dtype=torch.float64, requires_grad=True)
    shared = point.detach().numpy().reshape(2)
    optimizer = make(point)
    path, rates = [shared.copy()], []
    for _ in range(steps):
        point.grad = torch.from_numpy(np.array(objective.gradient(shared.copy()))).reshape(point.shape)
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        path.append(shared.copy())
        if after is not None:
            after(optimizer, point)
    return np.array(path), np.array(rates, dtype=np.float64)


def assert_same_path(ours: Path, theirs: Path, rtol: float = 1e-9) -> None:
    """Equal to ``rtol`` of the coordinate, or of 1 where that is smaller (the landscapes are of that size).

    A path that diverges is compared until it is a million away.
    """
    inside = np.abs(theirs).max(-1) < 1e6
    end = len(theirs) if inside.all() else int(inside.argmin())
    assert end > 2, "a path that leaves the plane at once compares nothing"
    np.testing.assert_allclose(ours[:end], theirs[:end], rtol=rtol, atol=rtol)
