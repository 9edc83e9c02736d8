r"""Losses of a predicted number: e = prediction - target.

Without a factor of one half in front of the square, as PyTorch and most lectures have it; Huber's keeps his one half.
"""

from __future__ import annotations

import numpy as np

from networks.losses.definition import LossFunction
from settings import number

_LINEAR = "linear (no activation)"

REGRESSING = (
    LossFunction(
        key="mse",
        name="Mean squared error",
        short="MSE",
        meaning="The square of the error; for classes, of the error of the probabilities.",
        latex=r"(\hat y - y)^2",
        latex_gradient=r"2\,(\hat y - y)",
        takes="number",
        value=lambda p, t, h: (p - t) ** 2,
        gradient=lambda p, t, h: 2 * (p - t),
        output=_LINEAR,
        torch="F.mse_loss(prediction, target)",
        torch_class="nn.MSELoss",
        constant="the mean",
        used_for="Regression whose errors are about normal.",
        source="Gauss (1809), Theoria motus",
    ),
    LossFunction(
        key="mae",
        name="Mean absolute error",
        short="MAE",
        meaning="The size of the error; outliers count less.",
        latex=r"|\hat y - y|",
        latex_gradient=r"\operatorname{sign}(\hat y - y)",
        takes="number",
        value=lambda p, t, h: np.abs(p - t),
        gradient=lambda p, t, h: np.sign(p - t),
        output=_LINEAR,
        torch="F.l1_loss(prediction, target)",
        torch_class="nn.L1Loss",
        constant="the median",
        used_for="Regression with outliers.",
        source="Laplace (1774)",
        kinks=lambda h: (0.0,),
    ),
    LossFunction(
        key="huber",
        name="Huber",
        short="Huber",
        meaning="Square for small errors, straight for large ones.",
        latex=(r"\begin{cases}\frac12 e^2 & |e| \le \delta\\ \delta(|e| - \frac12\delta) & |e| > \delta\end{cases}"),
        where=r"e = \hat y - y",
        latex_gradient=r"\max(-\delta,\ \min(\delta,\ \hat y - y))",
        takes="number",
        value=lambda p, t, h: np.where(
            np.abs(p - t) <= h["delta"], 0.5 * (p - t) ** 2, h["delta"] * (np.abs(p - t) - 0.5 * h["delta"])
        ),
        gradient=lambda p, t, h: np.clip(p - t, -h["delta"], h["delta"]),
        output=_LINEAR,
        torch="F.huber_loss(prediction, target, delta={delta})",
        torch_class="nn.HuberLoss",
        constant="between median and mean",
        used_for="Regression with a few outliers; bounded gradients, as for boxes and in reinforcement learning.",
        source="Huber (1964), Ann. Math. Statist. 35, 73-101",
        settings=(
            number("delta", 1.0, 0.1, 5.0, "Where square turns into straight.", symbol=r"\delta", valid="(0, 1000]"),
        ),
        kinks=lambda h: (-h["delta"], h["delta"]),
    ),
)
