"""Identity, the bounded activations, and the periodic one."""

from __future__ import annotations

import numpy as np

from networks.activations.numerics import sech2, sigmoid, sigmoid_bend, sigmoid_slope
from networks.types import Activation, Array
from settings import Hyperparameter

_OMEGA = Hyperparameter(
    name="omega",
    symbol=r"\omega",
    default=1.0,
    low=0.1,
    high=30.0,
    valid="(0, inf)",
    log=True,
    meaning="Frequency: how many waves fit into one unit of input.",
)
_MIN = Hyperparameter(
    name="min_val", symbol="a", default=-1.0, low=-3.0, high=-0.1, valid="(-inf, 0)", meaning="The lower limit."
)
_MAX = Hyperparameter(
    name="max_val", symbol="b", default=1.0, low=0.1, high=3.0, valid="(0, inf)", meaning="The upper limit."
)
_LECUN_A, _LECUN_B = 1.7159, 2 / 3


def _within(x: Array, low: float, high: float) -> Array:
    """1.0 strictly between low and high: PyTorch's slope of every clamp."""
    return ((np.asarray(x) > low) & (np.asarray(x) < high)).astype(np.float64)


IDENTITY = Activation(
    key="identity",
    name="Identity",
    latex=r"x",
    latex_derivative=r"1",
    value=lambda x, h: np.array(x, dtype=np.float64),
    derivative=lambda x, h: np.ones(np.shape(x)),
    second_derivative=lambda x, h: np.zeros(np.shape(x)),
    range=lambda h: "(-inf, inf)",
    saturates="none",
    monotonic=True,
    zero_centered=True,
    torch="x",
    tensor=lambda x, h: x * 1,
    torch_gain=lambda h: 1.0,
    source="Saxe, McClelland & Ganguli (2014), arXiv:1312.6120 (deep linear networks)",
    when_to_use="The output of a regression, and the baseline: a stack of linear layers is one linear layer.",
)

SIGMOIDS = (
    Activation(
        key="sigmoid",
        name="Sigmoid",
        latex=r"\sigma(x) = \frac{1}{1 + e^{-x}}",
        latex_derivative=r"\sigma(x)\,(1 - \sigma(x))",
        value=lambda x, h: sigmoid(x),
        derivative=lambda x, h: sigmoid_slope(x),
        second_derivative=lambda x, h: sigmoid_bend(x),
        range=lambda h: "(0, 1)",
        saturates="both",
        monotonic=True,
        zero_centered=False,
        torch="torch.sigmoid(x)",
        tensor=lambda x, h: x.sigmoid(),
        torch_gain=lambda h: 1.0,
        source="Rumelhart, Hinton & Williams (1986), Nature 323, 533-536",
        when_to_use="Gates and the probability of a binary output; not for hidden layers of a deep stack.",
        notes="Its slope is at most 1/4, and its outputs are never negative.",
    ),
    Activation(
        key="tanh",
        name="Tanh",
        latex=r"\tanh(x)",
        latex_derivative=r"1 - \tanh^2(x)",
        value=lambda x, h: np.tanh(x),
        derivative=lambda x, h: sech2(x),
        second_derivative=lambda x, h: -2 * np.tanh(x) * sech2(x),
        range=lambda h: "(-1, 1)",
        saturates="both",
        monotonic=True,
        zero_centered=True,
        torch="torch.tanh(x)",
        tensor=lambda x, h: x.tanh(),
        torch_gain=lambda h: 5 / 3,
        source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.4",
        when_to_use="Recurrent networks and small networks with Xavier weights.",
    ),
    Activation(
        key="lecun_tanh",
        name="LeCun tanh",
        latex=r"1.7159\,\tanh\!\left(\tfrac{2}{3}x\right)",
        latex_derivative=r"1.7159 \cdot \tfrac{2}{3}\left(1 - \tanh^2\!\left(\tfrac{2}{3}x\right)\right)",
        value=lambda x, h: _LECUN_A * np.tanh(_LECUN_B * np.asarray(x)),
        derivative=lambda x, h: _LECUN_A * _LECUN_B * sech2(_LECUN_B * np.asarray(x)),
        second_derivative=lambda x, h: (
            -2 * _LECUN_A * _LECUN_B**2 * np.tanh(_LECUN_B * np.asarray(x)) * sech2(_LECUN_B * np.asarray(x))
        ),
        range=lambda h: "(-1.7159, 1.7159)",
        saturates="both",
        monotonic=True,
        zero_centered=True,
        torch="1.7159 * torch.tanh(x * 2 / 3)",
        tensor=lambda x, h: (x * 2 / 3).tanh() * 1.7159,
        source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.4",
        when_to_use="Inputs and targets of unit variance, as in the convolutional networks of the 1990s.",
        notes="Scaled so that f(1) = 1 and f(-1) = -1, where the curvature is near its greatest.",
    ),
    Activation(
        key="softsign",
        name="Softsign",
        latex=r"\frac{x}{1 + |x|}",
        latex_derivative=r"\frac{1}{(1 + |x|)^2}",
        value=lambda x, h: x / (1 + np.abs(x)),
        derivative=lambda x, h: (1 / (1 + np.abs(x))) ** 2,
        second_derivative=lambda x, h: -2 * np.sign(x) * (1 / (1 + np.abs(x))) ** 3,
        range=lambda h: "(-1, 1)",
        saturates="both",
        monotonic=True,
        zero_centered=True,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.softsign(x)",
        tensor=lambda x, h: x / (1 + x.abs()),
        source="Glorot & Bengio (2010), AISTATS, section 2",
        when_to_use="A tanh whose tails flatten polynomially, so saturation sets in later.",
        notes="The second derivative jumps from 2 to -2 at zero.",
    ),
    Activation(
        key="hard_tanh",
        name="Hard tanh",
        latex=r"\min(\max(x, a), b)",
        latex_derivative=r"\begin{cases} 1 & a < x < b \\ 0 & \text{otherwise} \end{cases}",
        hyperparameters=(_MIN, _MAX),
        value=lambda x, h: np.clip(np.asarray(x, dtype=np.float64), h["min_val"], h["max_val"]),
        derivative=lambda x, h: _within(x, h["min_val"], h["max_val"]),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: f"[{h['min_val']:g}, {h['max_val']:g}]",
        saturates="both",
        monotonic=True,
        zero_centered=True,
        kinks=lambda h: (h["min_val"], h["max_val"]),
        torch="torch.nn.functional.hardtanh(x, min_val={min_val}, max_val={max_val})",
        tensor=lambda x, h: _functional().hardtanh(x, min_val=h["min_val"], max_val=h["max_val"]),
        source="Collobert et al. (2011), JMLR 12, 2493-2537",
        when_to_use="Where tanh costs too much, on small or quantized hardware.",
    ),
    Activation(
        key="hard_sigmoid",
        name="Hard sigmoid",
        latex=r"\min\!\left(\max\!\left(\tfrac{x}{6} + \tfrac{1}{2},\, 0\right), 1\right)",
        latex_derivative=r"\begin{cases} \tfrac{1}{6} & -3 < x < 3 \\ 0 & \text{otherwise} \end{cases}",
        value=lambda x, h: np.clip(np.asarray(x) / 6 + 0.5, 0, 1),
        derivative=lambda x, h: _within(x, -3, 3) / 6,
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "[0, 1]",
        saturates="both",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (-3.0, 3.0),
        torch="torch.nn.functional.hardsigmoid(x)",
        tensor=lambda x, h: _functional().relu6(x + 3) / 6,  # hardsigmoid has no second derivative in PyTorch
        source="Courbariaux, Bengio & David (2015), arXiv:1511.00363",
        when_to_use="Cheap gates on small or quantized hardware.",
        notes="The slope is 1/6 in PyTorch and MobileNetV3; the cited paper uses 1/2, and older Keras 1/5.",
    ),
    Activation(
        key="sine",
        name="Sine",
        latex=r"\sin(\omega x)",
        latex_derivative=r"\omega \cos(\omega x)",
        hyperparameters=(_OMEGA,),
        value=lambda x, h: np.sin(h["omega"] * np.asarray(x)),
        derivative=lambda x, h: h["omega"] * np.cos(h["omega"] * np.asarray(x)),
        second_derivative=lambda x, h: -(h["omega"] ** 2) * np.sin(h["omega"] * np.asarray(x)),
        range=lambda h: "[-1, 1]",
        saturates="none",
        monotonic=False,
        zero_centered=True,
        torch="torch.sin({omega} * x)",
        tensor=lambda x, h: (x * h["omega"]).sin(),
        source="Sitzmann et al. (2020), SIREN, arXiv:2006.09661",
        when_to_use="Networks that represent images, sounds or fields by their coordinates.",
        notes="The cited paper uses omega = 30 in the first layer.",
    ),
    Activation(
        key="step",
        name="Step (sign)",
        latex=r"\operatorname{sign}(x)",
        latex_derivative=r"0 \quad (x \neq 0)",
        value=lambda x, h: np.sign(np.asarray(x, dtype=np.float64)),
        derivative=lambda x, h: np.zeros(np.shape(x)),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "[-1, 1]",
        saturates="both",
        monotonic=True,
        zero_centered=True,
        kinks=lambda h: (0.0,),
        torch="torch.sign(x)",
        tensor=lambda x, h: x.sign(),
        trainable=False,
        source="Rosenblatt (1958), Psychological Review 65, 386-408",
        when_to_use="Never with gradient descent: its slope is zero, so no gradient reaches the weights below.",
        notes="The perceptron's function. It takes the values -1, 0 (at x = 0) and 1.",
    ),
)


def _functional():
    import torch

    return torch.nn.functional
