"""How a loss falls with parameters, rows and compute: networks of many widths, and one width on few to many rows.

A teacher (a fixed random tanh network) is learned from rows without end, or from a few; digits from what there is.
Kaplan et al. 2020 (arXiv:2001.08361); Sharma and Kaplan 2020 (arXiv:2004.10802) for networks that learn a teacher.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from settings import Setting, choice, number, whole
from trainers.allowances import Size

if TYPE_CHECKING:
    from torch import Tensor

Values = Mapping[str, Any]
SCALING_WIDTHS = (4, 6, 8, 12, 16, 24, 32, 48, 64)
SCALING_ROWS = (24, 48, 96, 192, 384, 768, 1536)
DIGIT_ROWS = (25, 50, 100, 200, 400, 800)
_DIGIT_WIDTHS = (2, 3, 4, 6, 8, 12, 16, 24, 32)
_STEPS, _BATCH, _RATE = 2000, 256, 0.01
_TEACHER = 24  # units in each hidden layer of the teacher
_JUDGED = 2000  # rows that the loss is measured on
_DIGIT_IMAGES = 1797  # that there are
_LOOKS = tuple(dict.fromkeys(round(_STEPS * 2 ** (-k / 2)) for k in range(13, -1, -1)))

SETTINGS: tuple[Setting, ...] = (
    choice("learn", ("teacher", "digits"), "What the networks learn."),
    choice("inputs", ("2", "4", "8"), "How many numbers the teacher is shown.", default="4"),
    number(
        "noise",
        0.0,
        0.0,
        1.0,
        "Standard deviation of each target around the teacher's answer, which spreads by 1.",
        symbol=r"\sigma",
        stops=tuple(round(i / 20, 2) for i in range(21)),
    ),
    whole("seeds", 4, 2, 8, "Networks of each size, each with weights and rows of its own."),
    whole("seed", 0, 0, 9999, "Draws the teacher, the rows and the first weights."),
)


def cell_of(width: int, rows: int | None) -> str:
    """The name of a cell. rows: None for rows without end, or all there are."""
    return f"{width} units" if rows is None else f"{width} units and {rows} rows"


def widths_of(values: Values) -> tuple[int, ...]:
    """The widths that are compared."""
    return _DIGIT_WIDTHS if values["learn"] == "digits" else SCALING_WIDTHS


def rows_of(values: Values) -> tuple[int, ...]:
    """The numbers of rows that are compared."""
    return DIGIT_ROWS if values["learn"] == "digits" else SCALING_ROWS


def cells(values: Values) -> tuple[str, ...]:
    """Every width with all rows, then the widest with few."""
    widths = widths_of(values)
    return (*(cell_of(each, None) for each in widths), *(cell_of(widths[-1], each) for each in rows_of(values)))


def largest(values: Values) -> Size:
    """The widest network. Where its rows are few, it sees all of them at every step."""
    digits = values["learn"] == "digits"
    width, inputs, outputs = widths_of(values)[-1], 64 if digits else int(values["inputs"]), 10 if digits else 1
    parameters = (inputs + 1) * width + (width + 1) * width + (width + 1) * outputs
    return Size(parameters=parameters, rows=_DIGIT_IMAGES if digits else _JUDGED, epochs=_STEPS)


def start_loss(values: Values) -> float:
    """The loss of the best constant answer."""
    return math.log(10) if values["learn"] == "digits" else 1 + values["noise"] ** 2


def cell(values: Values, name: str, told: Callable[[float], None]) -> dict[str, Any]:
    """One width and number of rows: ``parameters``, ``rows``, ``losses`` of each network, and the mean loss over steps.

    compute: 6 operations for each parameter and row seen, at each of ``looks`` (Kaplan et al. 2020). Of few rows the
    loss is the best on the way, as early stopping has it.
    """
    import torch

    from trainers.studies.stack import NetworkStack, train_stack

    by_name = {cell_of(width, rows): (width, rows) for width in widths_of(values) for rows in (None, *rows_of(values))}
    width, rows = by_name[name]
    task = _digits(values, rows) if values["learn"] == "digits" else _teacher(values, rows)
    seeds = [1_000_003 * (values["seed"] + 1) + 1009 * width + number for number in range(values["seeds"])]
    stack = NetworkStack((task.inputs, width, width, task.outputs), seeds)
    seen: list[Tensor] = []

    def look(step: int, weights: Any) -> None:
        seen.append(task.judge(lambda x: stack(x, weights)))

    train_stack(stack, task.batch, task.loss, steps=_STEPS, rate=_RATE, looks=_LOOKS, look=look, told=told)
    losses = torch.stack(seen)  # (looks, networks)
    best = losses[-1] if rows is None and values["learn"] == "teacher" else losses.min(0).values
    # Geometric means: one network that fails does not hide the law of the others.
    return {
        "parameters": stack.parameters,
        "rows": rows,
        "losses": [round(loss, 8) for loss in best.tolist()],
        "compute": [6 * stack.parameters * task.rows_a_step * step for step in _LOOKS],
        "curve": [round(loss, 8) for loss in losses.log().mean(1).exp().tolist()],
    }


class _Task:
    """inputs, outputs: of a network. batch, loss: of a step. judge: answers to the loss of each network."""

    inputs: int
    outputs: int
    rows_a_step: int
    batch: Callable[[int], tuple[Tensor, Tensor]]
    loss: Callable[[Tensor, Tensor], Tensor]
    judge: Callable[[Callable[[Tensor], Tensor]], Tensor]


def _teacher(values: Values, rows: int | None) -> _Task:
    import torch

    inputs, count, noise = int(values["inputs"]), values["seeds"], float(values["noise"])
    drawn = torch.Generator().manual_seed(values["seed"])
    first = torch.randn(inputs, _TEACHER, generator=drawn) * 1.5 * math.sqrt(3 / inputs)
    shift = torch.randn(_TEACHER, generator=drawn)
    second = torch.randn(_TEACHER, _TEACHER, generator=drawn) * 1.5 / math.sqrt(_TEACHER)
    last = torch.randn(_TEACHER, 1, generator=drawn)

    def raw(x: Tensor) -> Tensor:
        return torch.tanh(torch.tanh(x @ first + shift) @ second) @ last

    def places(*shape: int) -> Tensor:
        return 2 * torch.rand(*shape, inputs, generator=drawn) - 1

    answers = raw(places(20_000))
    middle, spread = answers.mean(), answers.std()

    def labelled(*shape: int) -> tuple[Tensor, Tensor]:
        x = places(*shape)
        y = (raw(x) - middle) / spread
        return x, y + noise * torch.randn(y.shape, generator=drawn) if noise else y

    task = _Task()
    task.inputs, task.outputs = inputs, 1
    judged = places(_JUDGED)
    true = (raw(judged) - middle) / spread
    if rows is None:
        task.batch = lambda step: labelled(count, _BATCH)
        task.rows_a_step = _BATCH
    else:
        task.batch = _from_few(*labelled(count, rows), drawn)
        task.rows_a_step = min(rows, _BATCH)
    task.loss = lambda answers, targets: (answers - targets).square().mean((1, 2))
    # The noise of new targets is added as what it is on average.
    task.judge = lambda answer: (answer(judged.expand(count, -1, -1)) - true).square().mean((1, 2)) + noise**2
    return task


def _digits(values: Values, rows: int | None) -> _Task:
    import torch
    from sklearn.datasets import load_digits
    from torch.nn import functional

    pixels, labels = load_digits(return_X_y=True)
    drawn, count = torch.Generator().manual_seed(values["seed"]), values["seeds"]
    order = torch.randperm(len(pixels), generator=drawn)
    x = torch.tensor(pixels, dtype=torch.float32)[order] / 16 - 0.3
    y = torch.tensor(labels)[order]
    x, y, new_x, new_y = x[:1200], y[:1200], x[1200:], y[1200:]
    chosen = [torch.randperm(1200, generator=drawn)[: rows or 1200] for _ in range(count)]
    task = _Task()
    task.inputs, task.outputs = 64, 10
    task.batch = _from_few(torch.stack([x[each] for each in chosen]), torch.stack([y[each] for each in chosen]), drawn)
    task.rows_a_step = min(rows or 1200, _BATCH)

    def loss(answers: Tensor, targets: Tensor) -> Tensor:
        each = functional.cross_entropy(answers.flatten(0, 1), targets.flatten(), reduction="none")
        return each.view(targets.shape).mean(1)

    task.loss = loss
    task.judge = lambda answer: loss(answer(new_x.expand(count, -1, -1)), new_y.expand(count, -1))
    return task


def _from_few(x: Tensor, y: Tensor, drawn: Any) -> Callable[[int], tuple[Tensor, Tensor]]:
    """Batches with replacement of each network's own rows; all of them where they are no more than a batch."""
    import torch

    count, rows = x.shape[:2]
    if rows <= _BATCH:
        return lambda step: (x, y)
    network = torch.arange(count)[:, None]

    def batch(step: int) -> tuple[Tensor, Tensor]:
        chosen = torch.randint(rows, (count, _BATCH), generator=drawn)
        return x[network, chosen], y[network, chosen]

    return batch
