"""Two heads on shared layers against two networks of their own (Caruana 1997, Machine Learning 28, 41-75).

The shared layers follow the sum of both gradients, each with its weight; where these point apart, one task pays for the
other (Yu et al. 2020, arXiv:2001.06782).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from trainers.data import Part, Splits, load
from trainers.loop import epoch_order
from trainers.transfers.request import EPOCHS, FIRST_BATCH, RATE, SEEN, TasksRequest
from trainers.transfers.study import Curve

DIGITS = 10


class TwoHeads(nn.Module):
    """Rows ``(n, ...)`` to the outputs of both tasks, from two hidden layers that they share."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.heads = nn.ModuleList([nn.Linear(width, DIGITS), nn.Linear(width, 2)])

    def forward(self, x: Tensor) -> list[Tensor]:
        features = self.body(x)
        return [head(features) for head in self.heads]


def second_targets(second: str, part: Part, middle: Any) -> Any:
    """The classes of the second task ``(n,)``, 0 or 1, of rows whose targets are digits. middle: of all training rows,
    through which the random plane goes.
    """
    if second == "even":
        return (part.targets % 2 == 0).astype(np.int64)
    if second == "large":
        return (part.targets >= DIGITS // 2).astype(np.int64)
    flat = (part.inputs - middle).reshape(len(part), -1)
    direction = np.random.default_rng(0).standard_normal(flat.shape[1])
    return (flat @ direction > 0).astype(np.int64)


Labeled = Sequence[tuple[Tensor, Tensor]]  # inputs and classes of each task


def task_losses(model: TwoHeads, rows: Labeled) -> list[Tensor]:
    """The cross-entropy of each task on its own rows."""
    return [functional.cross_entropy(model(x)[task], y) for task, (x, y) in enumerate(rows)]


def shared_loss(model: TwoHeads, rows: Labeled, weight: float) -> Tensor:
    """The weighted sum of both losses: the first task counts ``weight``, the second what is left of 1."""
    first, second = task_losses(model, rows)
    return weight * first + (1 - weight) * second


def agreement(model: TwoHeads, rows: Labeled) -> float:
    """The cosine of the angle between both tasks' gradients in the shared layers; NaN where one is zero."""
    parameters, flat = list(model.body.parameters()), []
    for loss in task_losses(model, rows):
        flat.append(torch.cat([gradient.flatten() for gradient in torch.autograd.grad(loss, parameters)]))
    return float((flat[0] @ flat[1]) / (flat[0].norm() * flat[1].norm()))


def train_shared(request: TasksRequest, seed: int) -> Curve:
    """Both tasks on shared layers."""
    rows = _rows(request, seed)
    torch.manual_seed(seed)
    model = TwoHeads(rows.inputs, request.width)
    return _train(model, rows, request.weight, seed, measured=True)


def train_alone(request: TasksRequest, seed: int) -> Curve:
    """A network for each task, of the same width and from the same first weights as the shared one."""
    rows, curves = _rows(request, seed), []
    for task in (0, 1):
        torch.manual_seed(seed)
        model = TwoHeads(rows.inputs, request.width)
        curves.append(_train(model, rows, 1.0 - task, seed))
    return Curve(losses=(curves[0].losses[0], curves[1].losses[1]), scores=(curves[0].scores[0], curves[1].scores[1]))


class _Rows:
    """Training and validation rows with the targets of both tasks; of the second so many are known in training."""

    def __init__(self, splits: Splits, second: str, known: int) -> None:
        self.inputs = int(np.prod(splits.shape))
        middle = splits.train.inputs.mean(0)
        train, self.val = (
            [(x, torch.from_numpy(y)) for y in (part.targets, second_targets(second, part, middle))]
            for part, x in ((part, torch.from_numpy(part.inputs)) for part in (splits.train, splits.val))
        )
        self.train = [train[0], (train[1][0][:known], train[1][1][:known])]

    def batches(self, seed: int, epoch: int) -> Iterator[Labeled]:
        """Rows of the first task in turn, each time beside as many of the second as are known."""
        (x, y), (x2, y2) = self.train
        for number, rows in enumerate(epoch_order(seed, epoch, len(x)).split(FIRST_BATCH)):
            known = epoch_order(seed + 1, epoch * len(x) + number, len(x2))[:FIRST_BATCH]
            yield (x[rows], y[rows]), (x2[known], y2[known])


def _rows(request: TasksRequest, seed: int) -> _Rows:
    return _Rows(load(request.data(seed).data), request.second, request.rows)


def _train(model: TwoHeads, rows: _Rows, weight: float, seed: int, *, measured: bool = False) -> Curve:
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    told: list[list[list[float]]] = [[[], []], [[], []]]
    cosines: list[float] = []
    for epoch in range(EPOCHS + 1):
        if epoch:
            for batch in rows.batches(seed, epoch):
                optimizer.zero_grad()
                shared_loss(model, batch, weight).backward()
                optimizer.step()
        if epoch in SEEN:
            if measured:
                cosines.append(agreement(model, rows.train))
            with torch.no_grad():
                for task, (x, y) in enumerate(rows.val):
                    output = model(x)[task]
                    told[0][task].append(float(functional.cross_entropy(output, y)))
                    told[1][task].append(float((output.argmax(1) == y).float().mean()))
    losses, scores = (tuple(tuple(values) for values in kind) for kind in told)
    return Curve(losses=losses, scores=scores, agreement=tuple(cosines))
