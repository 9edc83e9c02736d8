"""What a part of the page of generalization shows, as a script that needs NumPy alone, or PyTorch for dropout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.generalization.capacity import SETS
from experiments.generalization.epochs import FAST, FAST_SIGNAL, ROWS, SLOW, SLOW_SIGNAL

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
