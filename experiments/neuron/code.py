"""What the parts on convexity and on penalties show, as PyTorch or scikit-learn scripts that print their numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments.neuron.chord import SAMPLES, SURFACES, ends_of
from experiments.neuron.conventions import conventions_of
from experiments.neuron.convexity import DECAYS
from experiments.neuron.growth import STEPS, decay_place, growth_of
from experiments.neuron.penalty import optimum_of
from experiments.neuron.scaling import races_of
from landscapes.neurons import REGRESSION, rows_of

_TORCH = "import torch\nfrom torch.nn import functional as F\n\ntorch.set_default_dtype(torch.float64)\n"


def convexity_code(values: Mapping[str, Any]) -> str:
    """What the part on convexity shows, ready to run."""
    return _TORCH + _SIGHTS[values["sight"]](values)


def _table(inputs: Any, target: Any) -> str:
    rows = ",\n    ".join(str(row) for row in np.asarray(inputs).tolist())
    return f"x = torch.tensor([\n    {rows},\n])\nt = torch.tensor({np.asarray(target).tolist()})\n"


def _classes(values: Mapping[str, Any]) -> str:
    rows = rows_of(values["classes"], values["weights"])
    t = rows.by_name["t"]
    second = rows.by_name["b"] if values["weights"] == "two_features" else np.ones(len(t))
    told = "two features" if values["weights"] == "two_features" else "a feature and 1, whose weight is the bias"
    return f"\n# Each row: {told}; mean 0 and variance 1.\n" + _table(np.stack([rows.by_name["a"], second], -1), t)


_LOSSES: Mapping[str, str] = {
    "logistic": "F.binary_cross_entropy_with_logits(x @ w, t)",
    "sigmoid_squared": "F.mse_loss(torch.sigmoid(x @ w), t)",
}


def _chord(values: Mapping[str, Any]) -> str:
    a, b = (end.tolist() for end in ends_of(values))
    losses = "".join(f'    "{name}": lambda w: {_LOSSES[key]},\n' for key, name in SURFACES.items())
    return (
        f"{_classes(values)}\na, b = torch.tensor({a}), torch.tensor({b})\nlosses = {{\n{losses}}}\n"
        "for name, loss in losses.items():\n"
        f"    part = torch.linspace(0, 1, {SAMPLES})\n"
        "    points = [a + s * (b - a) for s in part]\n"
        "    value = torch.stack([loss(w) for w in points])\n"
        "    chord = (1 - part) * value[0] + part * value[-1]\n"
        "    hessians = [torch.autograd.functional.hessian(loss, w) for w in points]\n"
        "    smallest = torch.linalg.eigvalsh(torch.stack(hessians))[:, 0]\n"
        '    print(name, "most above its chord", (value - chord).max().item())\n'
        '    print(name, "smallest eigenvalue", smallest.min().item())\n'
    )


def _growth(values: Mapping[str, Any]) -> str:
    place = decay_place(values["decay"])
    growth = growth_of(values)
    both = values["weights"] == "two_features"
    runs = f"[({DECAYS[0]!r}, {float(growth.rates[0])!r}), ({DECAYS[place]!r}, {float(growth.rates[place])!r})]"
    return (
        f"{_classes(values)}\n"
        f"pays = torch.tensor({[1.0, 1.0 if both else 0.0]})  # a bias pays nothing\n"
        f"for decay, lr in {runs}:\n"
        "    w = torch.zeros(2)\n"
        f"    for step in range({STEPS}):\n"
        "        gradient = x.T @ (torch.sigmoid(x @ w) - t) / len(t)\n"
        "        w = w - lr * (gradient + decay * pays * w)\n"
        f"    loss = {_LOSSES['logistic']}\n"
        '    print("decay", decay, "length", w.norm().item(), "loss", loss.item(), "weights", *w.tolist())\n'
    )


def _scaling(values: Mapping[str, Any]) -> str:
    data = values["measured"]
    squares = data in REGRESSION
    text = ""
    for raced in races_of(values):
        rows = rows_of(data, "one_feature", scaled=raced.scaled)
        t = rows.by_name["t"]
        loss = "F.mse_loss(x @ w, t)" if squares else _LOSSES["logistic"]
        steps = len(raced.path) - 1 if raced.needed is None else raced.needed
        text += (
            f"\n# {'Mean 0 and variance 1' if raced.scaled else 'As measured'}; the second column is for the bias.\n"
            f"{_table(np.stack([rows.by_name['a'], np.ones(len(t))], -1), t)}"
            f"\n\ndef loss(w):\n    return {loss}\n\n\n"
            f"minimum = torch.tensor({raced.minimum.tolist()})\n"
            "low, high = torch.linalg.eigvalsh(torch.autograd.functional.hessian(loss, minimum))\n"
            'print("condition number", (high / low).item())\n'
            "w = torch.zeros(2, requires_grad=True)\n"
            f"optimizer = torch.optim.SGD([w], lr={raced.rate!r})\n"
            "start = loss(w).item() - loss(minimum).item()\n"
            f"for step in range({steps}):\n"
            "    optimizer.zero_grad()\n    loss(w).backward()\n    optimizer.step()\n"
            f'print("after {steps} steps", (loss(w).item() - loss(minimum).item()) / start, "of the height is left")\n'
        )
    return text


_SIGHTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "chord": _chord,
    "growth": _growth,
    "scaling": _scaling,
}


def penalties_code(values: Mapping[str, Any]) -> str:
    """The same optimum by scikit-learn, whose number for lambda is another."""
    rows = rows_of(values["fitted"], "two_features")
    here = optimum_of(values)
    number = next(each.number for each in conventions_of(values) if each.key == "sklearn")
    if here.strength == 0:
        name, model = "LinearRegression", "LinearRegression(fit_intercept=False)"
    elif here.mix == 1:
        name, model = "Lasso", f"Lasso(alpha={number!r}, fit_intercept=False, tol=1e-12)"
    elif here.mix == 0:
        name, model = "Ridge", f"Ridge(alpha={number!r}, fit_intercept=False)"
    else:
        options = f"alpha={number!r}, l1_ratio={here.mix!r}, fit_intercept=False, tol=1e-12"
        name, model = "ElasticNet", f"ElasticNet({options})"
    table = ",\n    ".join(str(row) for row in rows.table.tolist())
    return (
        f"import numpy as np\nfrom sklearn.linear_model import {name}\n\n"
        f"# Each row: {', '.join(rows.meanings)}; features with variance 1, all with mean 0.\n"
        f"rows = np.array([\n    {table},\n])\n"
        f"x, t = rows[:, :2], rows[:, 2]\n"
        f"model = {model}  # lambda = {here.strength!r} on the page\n"
        "w = model.fit(x, t).coef_\n"
        'print("weights", *w)\nprint("loss", np.mean((x @ w - t) ** 2))\n'
    )
