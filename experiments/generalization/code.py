"""What a part of the page of generalization shows, as a script: NumPy alone, or PyTorch where there are networks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.generalization.capacity import SETS
from experiments.generalization.epochs import FAST, FAST_SIGNAL, ROWS, SLOW, SLOW_SIGNAL
from trainers.studies import SCALING_WIDTHS, SPREAD_WIDTHS

_TRUTHS = {
    "sine": "0.8 * np.sin(1.6 * np.pi * x + 0.6)",
    "step": "np.where(x < 0.1, -0.6, 0.6)",
    "bump": "1.2 * np.exp(-((x - 0.2) ** 2) / (2 * 0.12**2)) - 0.3",
}
_FEATURES = {
    "polynomials": "np.polynomial.legendre.legvander(x, count - 1)",
    "waves": "np.cos(0.5 * np.pi * (x[:, None] + 1) * np.arange(count)) / (1 + np.arange(count))",
}
_FITTED = '''import numpy as np

ROWS, NOISE, RIDGE, SETS, SEED = {rows:d}, {noise}, {ridge}, {sets:d}, {seed:d}


def truth(x):
    return {truth}


def features(x, count):
    return {features}


def fit(x, y, count):
    """Least mean squares plus RIDGE times the squared coefficients; of many that fit alike, the smallest."""
    left, sizes, right = np.linalg.svd(features(x, count), full_matrices=False)
    used = sizes > 1e-10 * sizes[0]
    gains = np.where(used, sizes / np.where(used, sizes**2 + len(x) * RIDGE, 1.0), 0.0)
    return right.T @ (gains * (left.T @ y))


nodes, weights = np.polynomial.legendre.leggauss(96)
shares = weights / 2
for count in {counts}:
    fits = []
    for number in range(SETS):
        random = np.random.default_rng((SEED, number))
        x = random.uniform(-1, 1, ROWS)
        y = truth(x) + NOISE * random.standard_normal(ROWS)
        fits.append(features(nodes, count) @ fit(x, y, count))
    fits = np.array(fits)
'''
_TRADEOFF = """    mean = fits.mean(0)
    bias = shares @ (mean - truth(nodes)) ** 2
    variance = shares @ ((fits - mean) ** 2).mean(0)
    print(f"{count:3d} coefficients: bias^2 {bias:.4g} + variance {variance:.4g} + noise {NOISE**2:.4g} "
          f"= {bias + variance + NOISE**2:.4g}")
"""
_CAPACITY = """    error = np.median((fits - truth(nodes)) ** 2 @ shares) + NOISE**2
    print(f"{count:3d} functions: error on new rows {error:.4g}")
"""
_EPOCHS = """import numpy as np

ROWS, FAST, SLOW, SCALE, NOISE, APART, SEED = {rows}, {fast}, {slow}, {scale}, {noise}, {apart}, {seed:d}
SETS = 30
scales = np.repeat([1.0, SCALE], [FAST, SLOW])
signals = np.repeat([{fast_signal} / np.sqrt(FAST), {slow_signal} / np.sqrt(SLOW)], [FAST, SLOW])
roots = 1 / scales if APART else np.ones_like(scales)  # roots of the features' own rates
epochs = np.unique(np.round(np.geomspace(1, 1e6, 49))).astype(int)
error = np.zeros(len(epochs))
for number in range(SETS):
    random = np.random.default_rng((SEED, number))
    true = random.standard_normal(FAST + SLOW) * signals / scales
    x = random.standard_normal((ROWS, FAST + SLOW)) * scales
    y = x @ true + NOISE * random.standard_normal(ROWS)
    # Gradient descent from 0, solved exactly: each singular direction nears its end by (1 - rate s^2) a step.
    left, sizes, right = np.linalg.svd(x * roots, full_matrices=False)
    done = 1 - (1 - np.minimum((sizes / sizes[0]) ** 2, 1)) ** epochs[:, None]
    weights = (done * (left.T @ y) / sizes) @ right * roots
    error += (((weights - true) * scales) ** 2).sum(1) / SETS
for epoch, value in zip(epochs, error + NOISE**2):
    print(f"epoch {{epoch:8,d}}: error on new rows {{value:.4g}}")
"""
_DROPOUT = """import torch
from torch import nn

DROP = {drop}
torch.manual_seed({seed:d})
layer = nn.Sequential(nn.Linear(1, {units:d}), nn.ReLU(), nn.Dropout(DROP), nn.Linear({units:d}, 1))
x = torch.tensor([[{at}]])

layer.train()  # a new mask in every pass; what stays is divided by the share that is kept
masked = torch.cat([layer(x) for _ in range(400)])
layer.eval()  # the one scaled pass: no mask, no factor
print(f"mean of 400 masked passes {{masked.mean():.4f}} +- {{masked.std() / 20:.4f}}")
print(f"one scaled pass {{layer(x).item():.4f}}")
"""

_SCALING = """import numpy as np
import torch
from scipy.optimize import curve_fit
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

NETWORKS, SEED, STEPS, BATCH = {seeds:d}, {seed:d}, 2000, 256
torch.manual_seed(SEED)
{data}

def network(width):
    hidden = [nn.Linear(INPUTS, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU()]
    return nn.Sequential(*hidden, nn.Linear(width, OUTPUTS))


def law(x, exponent, scale, floor):
    return np.log(scale * x**-exponent + floor)


sizes, losses = [], []
for width in {widths}:
    ends = []
    for _ in range(NETWORKS):
        model = network(width)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.98))
        for _ in range(STEPS):
            x, y = batch()
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()
            average.update_parameters(model)
        with torch.no_grad():
            ends.append(judge(average))
    sizes.append(sum(p.numel() for p in model.parameters()))
    losses.append(np.exp(np.mean(np.log(ends))))
    print(f"{{sizes[-1]:6d}} parameters: loss {{losses[-1]:.4g}}", flush=True)
bounds = ([0, 0, 0], [20, np.inf, min(losses)])
found, covariance = curve_fit(law, sizes, np.log(losses), [1, 10, min(losses) / 2], bounds=bounds)
print(f"exponent {{found[0]:.3f}} +- {{covariance[0, 0] ** 0.5:.3f}}, floor {{found[2]:.4g}}")
"""
_NETWORKS = """import numpy as np
import torch

ROWS, NOISE, RIDGE, SETS, SEED = {rows:d}, {noise}, {ridge}, {sets:d}, {seed:d}


def truth(x):
    return {truth}


def drawn(seed, rows):
    x, y = np.empty((SETS, rows)), np.empty((SETS, rows))
    for number in range(SETS):
        random = np.random.default_rng((seed, number))
        x[number] = random.uniform(-1, 1, rows)
        y[number] = truth(x[number]) + NOISE * random.standard_normal(rows)
    return x, y


def answers(weights, x):
    first, shift, second, last = weights
    x = torch.as_tensor(x, dtype=torch.float32)[..., None]
    return torch.baddbmm(last, torch.tanh(torch.baddbmm(shift, x, first)), second)[..., 0]


nodes, shares = np.polynomial.legendre.leggauss(96)
nodes, shares = np.tile(nodes, (SETS, 1)), shares / 2
x, y = drawn(SEED, ROWS)
new_x, new_y = drawn(SEED + 1_000_000, 400)
torch.manual_seed(SEED)
for width in {widths}:  # the networks of all training sets at once
    weights = [2**0.5 * torch.randn(SETS, 1, width), 0.5 * torch.randn(SETS, 1, width)]
    weights += [torch.randn(SETS, width, 1) / width**0.5, torch.zeros(SETS, 1, 1)]
    weights = [weight.requires_grad_() for weight in weights]
    optimizer = torch.optim.Adam(weights, lr=0.01)
    for _ in range(2000):
        optimizer.zero_grad()
        loss = (answers(weights, x) - torch.as_tensor(y)).square().mean(1).sum()
        (loss + RIDGE * sum(weight.square().sum() for weight in weights)).backward()
        optimizer.step()
    with torch.no_grad():
        fits = answers(weights, nodes).double().numpy()
        measured = ((answers(weights, new_x).double().numpy() - new_y) ** 2).mean()
    bias = shares @ (fits.mean(0) - truth(nodes[0])) ** 2
    variance = shares @ fits.var(0)
    print(f"{{width:4d}} units: bias^2 {{bias:.4g}} + variance {{variance:.4g}} + noise {{NOISE**2:.4g}} = "
          f"{{bias + variance + NOISE**2:.4g}}, measured {{measured:.4g}}", flush=True)
"""
_TEACHER = """INPUTS, OUTPUTS, NOISE = {inputs}, 1, {noise}
first, shift = torch.randn(INPUTS, 24) * 1.5 * (3 / INPUTS) ** 0.5, torch.randn(24)
second, last = torch.randn(24, 24) * 1.5 / 24**0.5, torch.randn(24, 1)


def raw(x):
    return torch.tanh(torch.tanh(x @ first + shift) @ second) @ last


def places(rows):
    return 2 * torch.rand(rows, INPUTS) - 1


answers = raw(places(20_000))
middle, spread, judged = answers.mean(), answers.std(), places(2000)
loss = functional.mse_loss


def batch():
    x = places(BATCH)
    return x, (raw(x) - middle) / spread + NOISE * torch.randn(BATCH, 1)


def judge(model):
    return loss(model(judged), (raw(judged) - middle) / spread).item() + NOISE**2
"""
_DIGITS = """from sklearn.datasets import load_digits

INPUTS, OUTPUTS = 64, 10
pixels, labels = load_digits(return_X_y=True)
order = torch.randperm(len(pixels))
x_all, y_all = torch.tensor(pixels, dtype=torch.float32)[order] / 16 - 0.3, torch.tensor(labels)[order]
loss = functional.cross_entropy


def batch():
    rows = torch.randint(1200, (BATCH,))
    return x_all[rows], y_all[rows]


def judge(model):  # of the last weights; the page takes the best on the way
    return loss(model(x_all[1200:]), y_all[1200:]).item()
"""


def generalization_code(values: Mapping[str, Any]) -> str:
    """A script that prints the numbers of the part that is shown; dropout as PyTorch's own layer."""
    part = values["part"]
    if part == "epochs":
        return _EPOCHS.format(
            rows=ROWS,
            fast=FAST,
            slow=SLOW,
            scale=values["scale"],
            noise=values["noise"],
            apart=values["apart"],
            seed=values["seed"],
            fast_signal=FAST_SIGNAL,
            slow_signal=SLOW_SIGNAL,
        )
    if part == "dropout":
        return _DROPOUT.format(drop=values["drop"], seed=values["seed"], units=values["units"], at=values["at"])
    if part == "scaling":
        data = _DIGITS if values["learn"] == "digits" else _TEACHER.format(**_own(values, "inputs", "noise"))
        widths = "(2, 3, 4, 6, 8, 12, 16, 24, 32)" if values["learn"] == "digits" else repr(SCALING_WIDTHS)
        return _SCALING.format(data=data, widths=widths, **_own(values, "seeds", "seed"))
    if values.get("model") == "networks" and part == "tradeoff":
        own = _own(values, "noise", "ridge", "sets", "seed")
        return _NETWORKS.format(rows=int(values["rows"]), truth=_TRUTHS[values["truth"]], widths=SPREAD_WIDTHS, **own)
    tradeoff = part == "tradeoff"
    start = _FITTED.format(
        rows=int(values["rows"]),
        noise=values["noise"],
        ridge=values["ridge"],
        sets=values["sets"] if tradeoff else SETS,
        seed=values["seed"],
        truth=_TRUTHS[values["truth"]],
        features=_FEATURES[values["model"] if tradeoff else "waves"],
        counts="range(1, 14)" if tradeoff else "(5, 10, 15, 20, 25, 30, 50, 100, 200, 500)",
    )
    return start + (_TRADEOFF if tradeoff else _CAPACITY)


def _own(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names}
