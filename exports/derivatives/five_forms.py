"""The cubic a + b x + c x^2 + d x^3 fitted to sin x, as five scripts: the same descent in five forms of code.

The forms are those of "Learning PyTorch with Examples" (pytorch.org/tutorials), in float64 and with plain gradient
descent in all of them, so that from one start all give the same a, b, c and d. (The tutorial's form with an optimizer
takes RMSprop, and so has other numbers.)
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from experiments.derivatives import FORMS, Coefficients

_NUMPY = '''\
"""A cubic for sin x, form 1 of 5: gradient by hand."""

import numpy as np

x = np.linspace(-np.pi, np.pi, {rows})
y = np.sin(x)
{start}
for step in range({steps}):
    y_hat = a + b * x + c * x**2 + d * x**3
    loss = np.square(y_hat - y).sum()
    slope = 2.0 * (y_hat - y)  # d loss / d y_hat
    a -= {rate} * slope.sum()
    b -= {rate} * (slope * x).sum()
    c -= {rate} * (slope * x**2).sum()
    d -= {rate} * (slope * x**3).sum()
print("a, b, c, d =", *map(float, (a, b, c, d)))
'''

_AUTOGRAD = '''\
"""A cubic for sin x, form 2 of 5: gradient by autograd."""

import math

import torch

torch.set_default_dtype(torch.float64)
x = torch.linspace(-math.pi, math.pi, {rows})
y = torch.sin(x)
{start}
for step in range({steps}):
    y_hat = a + b * x + c * x**2 + d * x**3
    loss = (y_hat - y).square().sum()
    loss.backward()
    with torch.no_grad():
        for each in (a, b, c, d):
            each -= {rate} * each.grad
            each.grad = None
numbers = [each.item() for each in (a, b, c, d)]
print("a, b, c, d =", *numbers)
'''

_NN = '''\
"""A cubic for sin x, form 3 of 5: a layer, own step."""

import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
x = torch.linspace(-math.pi, math.pi, {rows})
y = torch.sin(x)
powers = x.unsqueeze(-1) ** torch.tensor([1, 2, 3])
{start}
loss_function = nn.MSELoss(reduction="sum")
for step in range({steps}):
    loss = loss_function(model(powers), y)
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter -= {rate} * parameter.grad
layer = model[0]
print("a, b, c, d =", layer.bias.item(), *layer.weight[0].tolist())
'''

_OPTIM = '''\
"""A cubic for sin x, form 4 of 5: layer and optimizer."""

import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
x = torch.linspace(-math.pi, math.pi, {rows})
y = torch.sin(x)
powers = x.unsqueeze(-1) ** torch.tensor([1, 2, 3])
{start}
loss_function = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr={rate})
for step in range({steps}):
    loss = loss_function(model(powers), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
layer = model[0]
print("a, b, c, d =", layer.bias.item(), *layer.weight[0].tolist())
'''

_MODULE = '''\
"""A cubic for sin x, form 5 of 5: a module of one's own."""

import math

import torch
from torch import nn


class Cubic(nn.Module):
    def __init__(self):
        super().__init__()
{parameters}

    def forward(self, x):
        return self.a + self.b * x + self.c * x**2 + self.d * x**3


{seed}torch.set_default_dtype(torch.float64)
x = torch.linspace(-math.pi, math.pi, {rows})
y = torch.sin(x)
model = Cubic()
loss_function = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr={rate})
for step in range({steps}):
    loss = loss_function(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
numbers = [each.item() for each in model.parameters()]
print("a, b, c, d =", *numbers)
'''

_TEXTS: Mapping[str, str] = {
    "numpy": _NUMPY,
    "autograd": _AUTOGRAD,
    "nn": _NN,
    "optim": _OPTIM,
    "module": _MODULE,
}
_LETTERS = "abcd"


def form_script(form: str, *, start: Coefficients | None, rate: float, steps: int, rows: int, seed: int) -> str:
    """The source of one form, a key of ``FORMS``; it prints a, b, c and d with all digits.

    start: a, b, c, d at the beginning, or None for what the form usually begins with, drawn by ``seed``.
    """
    return _TEXTS[form].format(
        rows=rows,
        steps=steps,
        rate=repr(rate),
        start=_start(form, start, seed),
        parameters=_parameters(start),
        seed="" if start is not None else f"torch.manual_seed({seed})\n",
    )


def _start(form: str, start: Coefficients | None, seed: int) -> str:
    seeded = f"torch.manual_seed({seed})"
    if form == "numpy" and start is None:
        return f"a, b, c, d = np.random.default_rng({seed}).standard_normal(4)"
    if form == "autograd":
        drawn = [seeded] if start is None else []
        values = ["torch.randn((), requires_grad=True)"] * 4
        if start is not None:
            values = [f"torch.tensor({each!r}, requires_grad=True)" for each in start]
        return "\n".join([*drawn, *_assigned(values)])
    model = "model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))"
    if start is None:
        return f"{seeded}\n{model}"
    numbers = _assigned([repr(each) for each in start])
    if form == "numpy":
        return "\n".join(numbers)
    return "\n".join(
        [
            *numbers,
            model,
            "with torch.no_grad():",
            "    model[0].bias.copy_(torch.tensor([a]))",
            "    model[0].weight.copy_(torch.tensor([[b, c, d]]))",
        ]
    )


def _assigned(values: Sequence[str]) -> list[str]:
    return [f"{letter} = {value}" for letter, value in zip(_LETTERS, values, strict=True)]


def _parameters(start: Coefficients | None) -> str:
    values = ["torch.randn(())"] * 4 if start is None else [f"torch.tensor({each!r})" for each in start]
    return "\n".join(f"        self.{line}" for line in _assigned([f"nn.Parameter({value})" for value in values]))


def forms_zip(*, start: Coefficients | None, rate: float, steps: int, rows: int, seed: int) -> bytes:
    """All five as ``cubic_<form>.py`` in a ZIP that is the same for the same settings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for form in FORMS:
            text = form_script(form, start=start, rate=rate, steps=steps, rows=rows, seed=seed)
            archive.writestr(zipfile.ZipInfo(f"cubic_{form}.py", (1980, 1, 1, 0, 0, 0)), text)
    return out.getvalue()
