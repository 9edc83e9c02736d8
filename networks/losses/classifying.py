"""Losses of a predicted class, from logits: sigmoid and softmax are inside, as in PyTorch, so nothing overflows."""

from __future__ import annotations

import numpy as np

from networks.activations.numerics import sigmoid, sigmoid_slope, softplus
from networks.losses.definition import Hyper, LossFunction
from networks.losses.distances import entropy
from networks.types import Array
from settings import number

LABEL_SMOOTHING = number(
    "label_smoothing",
    0.0,
    0.0,
    0.5,
    "Share of each target spread over all classes, the true one too; some lectures give it to each wrong class.",
    symbol=r"\varepsilon",
    valid="[0, 1)",
)


def _log_softmax(z: Array) -> Array:
    above = z - z.max(-1, keepdims=True)
    return above - np.log(np.exp(above).sum(-1, keepdims=True))


def _spread(target: Array, hyper: Hyper, classes: int) -> Array:
    epsilon = hyper["label_smoothing"]
    return target * (1 - epsilon) + epsilon / classes


def _bce(z: Array, target: Array, hyper: Hyper) -> Array:
    return softplus(z) - _spread(target, hyper, 2) * z


def _cross_entropy(z: Array, target: Array, hyper: Hyper) -> Array:
    return -(_spread(target, hyper, z.shape[-1]) * _log_softmax(z)).sum(-1)


def _beside_target(z: Array, target: Array, hyper: Hyper) -> Array:
    return np.exp(_log_softmax(z)) - _spread(target, hyper, z.shape[-1])


def _kl(z: Array, target: Array, hyper: Hyper) -> Array:
    return _cross_entropy(z, target, hyper) - entropy(_spread(target, hyper, z.shape[-1]))


def _missing(s: Array, target: Array) -> Array:
    return np.maximum(1 - target * s, 0.0)


CLASSIFYING = (
    LossFunction(
        key="cross_entropy",
        name="Cross-entropy",
        short="Cross-entropy",
        meaning="Minus the log of the probability given to the true class.",
        latex=r"-\sum_c y_c \log \hat p_c",
        where=r"\hat p = \operatorname{softmax}(z)",
        latex_gradient=r"\hat p - y",
        takes="logits",
        value=_cross_entropy,
        gradient=_beside_target,
        output="softmax",
        torch="F.cross_entropy(prediction, target, label_smoothing={label_smoothing})",
        torch_class="nn.CrossEntropyLoss",
        constant="the frequency of each class",
        used_for="One class of several; the next token of a language model.",
        source="Bridle (1990); Szegedy et al. (2016), arXiv:1512.00567, for the smoothing",
        settings=(LABEL_SMOOTHING,),
    ),
    LossFunction(
        key="bce",
        name="Binary cross-entropy",
        short="BCE",
        meaning="Each class is a yes or no of its own.",
        latex=r"-y\log\hat p - (1 - y)\log(1 - \hat p)",
        where=r"\hat p = \sigma(z)",
        latex_gradient=r"\hat p - y",
        takes="logit",
        value=_bce,
        gradient=lambda z, t, h: sigmoid(z) - _spread(t, h, 2),
        output="sigmoid",
        torch="F.binary_cross_entropy_with_logits(prediction, target)",
        torch_class="nn.BCEWithLogitsLoss",
        constant="the frequency of yes",
        used_for="Yes or no, and several labels that may hold together.",
        source="Cox (1958), J. R. Statist. Soc. B 20, 215-242",
        settings=(LABEL_SMOOTHING,),
    ),
    LossFunction(
        key="kl",
        name="Kullback-Leibler divergence",
        short="KL",
        meaning="Cross-entropy less what the smoothed targets cannot do without.",
        latex=r"\sum_c y_c \log\frac{y_c}{\hat p_c}",
        where=r"\hat p = \operatorname{softmax}(z)",
        latex_gradient=r"\hat p - y",
        takes="logits",
        value=_kl,
        gradient=_beside_target,
        output="softmax",
        torch='F.kl_div(prediction.log_softmax(-1), target, reduction="batchmean")',
        torch_class="nn.KLDivLoss",
        constant="the mean of the targets",
        used_for="Targets that are distributions: distillation, variational inference.",
        source="Kullback & Leibler (1951), Ann. Math. Statist. 22, 79-86",
        settings=(LABEL_SMOOTHING,),
    ),
    LossFunction(
        key="sigmoid_mse",
        name="Squared error through a sigmoid",
        short="MSE of sigmoid",
        meaning="The square of the error of a probability; it is not convex in the logit.",
        latex=r"(\hat p - y)^2",
        where=r"\hat p = \sigma(z)",
        latex_gradient=r"2\,(\hat p - y)\,\hat p\,(1 - \hat p)",
        takes="logit",
        value=lambda z, t, h: (sigmoid(z) - t) ** 2,
        gradient=lambda z, t, h: 2 * (sigmoid(z) - t) * sigmoid_slope(z),
        output="sigmoid",
        torch="F.mse_loss(prediction.sigmoid(), target)",
        torch_class="nn.MSELoss",
        constant="the frequency of yes",
        used_for="Scoring probabilities (Brier score); not for training, as wrong and sure gets no gradient.",
        source="Brier (1950), Mon. Weather Rev. 78, 1-3",
    ),
    LossFunction(
        key="hinge",
        name="Hinge",
        short="Hinge",
        meaning="Nothing beyond a margin of 1; straight up below it.",
        latex=r"\max(0,\ 1 - y z)",
        where=r"y \in \{-1, 1\}",
        latex_gradient=r"-y \ \text{where}\ y z < 1,\ \text{else}\ 0",
        takes="score",
        value=lambda s, t, h: _missing(s, t),
        gradient=lambda s, t, h: np.where(_missing(s, t) > 0, -t, 0.0),
        output="linear score",
        torch="F.relu(1 - target * prediction).mean()",
        torch_class="F.relu; for several classes nn.MultiMarginLoss",
        constant="the sign of the majority",
        used_for="Support vector machines; a boundary without probabilities.",
        source="Cortes & Vapnik (1995), Mach. Learn. 20, 273-297",
        kinks=lambda h: (1.0,),
    ),
    LossFunction(
        key="squared_hinge",
        name="Squared hinge",
        short="Squared hinge",
        meaning="The square of what is missing to a margin of 1.",
        latex=r"\max(0,\ 1 - y z)^2",
        where=r"y \in \{-1, 1\}",
        latex_gradient=r"-2\,y\,\max(0,\ 1 - y z)",
        takes="score",
        value=lambda s, t, h: _missing(s, t) ** 2,
        gradient=lambda s, t, h: -2 * t * _missing(s, t),
        output="linear score",
        torch="F.relu(1 - target * prediction).square().mean()",
        torch_class="F.relu; for several classes nn.MultiMarginLoss(p=2)",
        constant="twice the frequency of yes, less 1",
        used_for="Smooth support vector machines.",
        source="Lee & Mangasarian (2001), Comput. Optim. Appl. 20, 5-22",
        kinks=lambda h: (1.0,),
    ),
)
