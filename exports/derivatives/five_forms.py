"""The cubic a + b x + c x^2 + d x^3 fitted to sin x, as five scripts: the same descent in five forms of code.

The forms are those of "Learning PyTorch with Examples" (pytorch.org/tutorials), in float64 and with plain gradient
descent in all of them, so that from one start all give the same a, b, c and d. (The tutorial's form with an optimizer
takes RMSprop, and so has other numbers.)
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from experiments.derivatives import FORMS, Coefficients

_NUMPY = '''\
"""A cubic for sin x, {name}: the gradient is derived on paper."""

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
print("a, b, c, d =", *(float(each) for each in (a, b, c, d)))
'''

_AUTOGRAD = '''\
"""A cubic for sin x, {name}: PyTorch records the forward pass and derives the gradient."""

import math

import torch

x = torch.linspace(-math.pi, math.pi, {rows}, dtype=torch.float64)
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
print("a, b, c, d =", *(each.item() for each in (a, b, c, d)))
'''

_NN = '''\
"""A cubic for sin x, {name}: a linear layer over x, x^2, x^3, and a step over its parameters by hand."""

import math

import torch
from torch import nn

x = torch.linspace(-math.pi, math.pi, {rows}, dtype=torch.float64)
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
print("a, b, c, d =", model[0].bias.item(), *model[0].weight[0].tolist())
'''

_OPTIM = '''\
"""A cubic for sin x, {name}: the same layer, and an optimizer takes the step."""

import math

import torch
from torch import nn

x = torch.linspace(-math.pi, math.pi, {rows}, dtype=torch.float64)
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
print("a, b, c, d =", model[0].bias.item(), *model[0].weight[0].tolist())
'''

_MODULE = '''\
"""A cubic for sin x, {name}: the model is a class with a forward pass of its own."""

import math

import torch
from torch import nn


class Cubic(nn.Module):
    def __init__(self):
        super().__init__()
{parameters}

    def forward(self, x):
        return self.a + self.b * x + self.c * x**2 + self.d * x**3


{seed}x = torch.linspace(-math.pi, math.pi, {rows}, dtype=torch.float64)
y = torch.sin(x)
model = Cubic()
loss_function = nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr={rate})
for step in range({steps}):
    loss = loss_function(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print("a, b, c, d =", *(each.item() for each in (model.a, model.b, model.c, model.d)))
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
        name=FORMS[form],
        rows=rows,
        steps=steps,
        rate=repr(rate),
        start=_start(form, start, seed),
        parameters=_parameters(start),
        seed="" if start is not None else f"torch.manual_seed({seed})\n",
    )


def _start(form: str, start: Coefficients | None, seed: int) -> str:
    if form == "numpy":
        if start is None:
            return f"a, b, c, d = np.random.default_rng({seed}).standard_normal(4)"
        return "\n".join(f"{letter} = {each!r}" for letter, each in zip(_LETTERS, start, strict=True))
    if form == "autograd":
        double = "dtype=torch.float64, requires_grad=True"
        if start is None:
            lines = [f"torch.manual_seed({seed})", *(f"{letter} = torch.randn((), {double})" for letter in _LETTERS)]
        else:
            pairs = zip(_LETTERS, start, strict=True)
            lines = [f"{letter} = torch.tensor({each!r}, {double})" for letter, each in pairs]
        return "\n".join(lines)
    model = "model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1)).double()"
    if start is None:
        return f"torch.manual_seed({seed})\n{model}"
    a, b, c, d = start
    return (
        f"{model}\nwith torch.no_grad():\n    model[0].bias.fill_({a!r})\n"
        f"    model[0].weight.copy_(torch.tensor([[{b!r}, {c!r}, {d!r}]], dtype=torch.float64))"
    )


def _parameters(start: Coefficients | None) -> str:
    values = ["torch.randn((), dtype=torch.float64)"] * 4
    if start is not None:
        values = [f"torch.tensor({each!r}, dtype=torch.float64)" for each in start]
    pairs = zip(_LETTERS, values, strict=True)
    return "\n".join(f"        self.{letter} = nn.Parameter({value})" for letter, value in pairs)


def forms_zip(*, start: Coefficients | None, rate: float, steps: int, rows: int, seed: int) -> bytes:
    """All five as ``cubic_<form>.py`` in a ZIP that is the same for the same settings."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for form in FORMS:
            text = form_script(form, start=start, rate=rate, steps=steps, rows=rows, seed=seed)
            archive.writestr(zipfile.ZipInfo(f"cubic_{form}.py", (1980, 1, 1, 0, 0, 0)), text)
    return out.getvalue()
