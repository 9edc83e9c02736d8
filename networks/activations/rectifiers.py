"""The activations that grow without bound on one side: ReLU, its relatives, and their smooth forms."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from networks.activations.numerics import (
    normal_density,
    normal_distribution,
    sech2,
    sigmoid,
    sigmoid_bend,
    sigmoid_slope,
    softplus,
)
from networks.types import Activation, Array, Hyper
from settings import Hyperparameter

# Klambauer et al. (2017), the fixed point of mean 0 and variance 1, with the digits PyTorch uses.
SELU_ALPHA, SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946

_SLOPE = Hyperparameter(
    name="negative_slope",
    symbol="a",
    default=0.01,
    low=0.001,
    high=1.0,
    valid="(0, inf)",
    log=True,
    meaning="The slope for negative inputs.",
)
_WEIGHT = Hyperparameter(
    name="weight",
    symbol="a",
    default=0.25,
    low=-1.0,
    high=1.0,
    valid="(-inf, inf)",
    meaning="The slope for negative inputs, trained with the network.",
)
_ALPHA = Hyperparameter(
    name="alpha",
    symbol=r"\alpha",
    default=1.0,
    low=0.1,
    high=3.0,
    valid="(0, inf)",
    meaning="How far the negative side reaches down.",
)
_BETA = Hyperparameter(
    name="beta",
    symbol=r"\beta",
    default=1.0,
    low=0.1,
    high=10.0,
    valid="(0, inf)",
    log=True,
    meaning="Sharpness: large values approach ReLU.",
)


def _functional():
    import torch

    return torch.nn.functional


def _positive(x: Array) -> Array:
    return (np.asarray(x) > 0).astype(np.float64)


def _leaky(x: Array, slope: float) -> Array:
    return np.where(np.asarray(x) > 0, x, slope * np.asarray(x))


def _leaky_slope(x: Array, slope: float) -> Array:
    return np.where(np.asarray(x) > 0, 1.0, slope)


def _elu(x: Array, scale: float, alpha: float, rate: float) -> Array:
    """scale * (x above zero, alpha (exp(rate x) - 1) below): ELU, SELU and CELU."""
    return scale * np.where(np.asarray(x) > 0, x, alpha * np.expm1(rate * np.minimum(x, 0)))


def _elu_slope(x: Array, scale: float, alpha: float, rate: float) -> Array:
    return scale * np.where(np.asarray(x) > 0, 1.0, alpha * rate * np.exp(rate * np.minimum(x, 0)))


def _elu_bend(x: Array, scale: float, alpha: float, rate: float) -> Array:
    return scale * np.where(np.asarray(x) < 0, alpha * rate**2 * np.exp(rate * np.minimum(x, 0)), 0.0)


def _swish(x: Array, beta: float) -> Array:
    return x * sigmoid(beta * np.asarray(x))


def _swish_slope(x: Array, beta: float) -> Array:
    z = beta * np.asarray(x)
    return sigmoid(z) + z * sigmoid_slope(z)


def _swish_bend(x: Array, beta: float) -> Array:
    z = beta * np.asarray(x)
    return beta * (2 * sigmoid_slope(z) + z * sigmoid_bend(z))


def _gelu_tanh_parts(x: Array) -> tuple[Array, Array, Array, Array]:
    """x (clipped where gelu is x or 0 to the last digit) and v, v', v'' of gelu_tanh(x) = x sigmoid(v)."""
    x = np.clip(x, -100, 100)
    c = 2 * np.sqrt(2 / np.pi)
    square = x * x  # NumPy's general power is ten times as slow as a product
    return x, c * x * (1 + 0.044715 * square), c * (1 + 0.134145 * square), c * 0.26829 * x


def _gelu_tanh(x: Array, hyper: Hyper) -> Array:
    return x * sigmoid(_gelu_tanh_parts(x)[1])


def _gelu_tanh_slope(x: Array, hyper: Hyper) -> Array:
    x, v, dv, _ = _gelu_tanh_parts(x)
    return sigmoid(v) + x * sigmoid_slope(v) * dv


def _gelu_tanh_bend(x: Array, hyper: Hyper) -> Array:
    x, v, dv, ddv = _gelu_tanh_parts(x)
    return sigmoid_slope(v) * (2 * dv + x * ddv) + x * sigmoid_bend(v) * dv**2


def _mish_slope(x: Array, hyper: Hyper) -> Array:
    s = softplus(x)
    return np.tanh(s) + x * sech2(s) * sigmoid(x)


def _mish_bend(x: Array, hyper: Hyper) -> Array:
    s = softplus(x)
    return sech2(s) * (2 * sigmoid(x) + x * sigmoid_slope(x) - 2 * x * np.tanh(s) * sigmoid(x) ** 2)


def _hard_swish_inside(x: Array) -> NDArray[np.bool_]:
    return (np.asarray(x) > -3) & (np.asarray(x) < 3)


RECTIFIERS = (
    Activation(
        key="relu",
        name="ReLU",
        latex=r"\max(0, x)",
        latex_derivative=r"\begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}",
        value=lambda x, h: np.maximum(x, 0.0),
        derivative=lambda x, h: _positive(x),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "[0, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.relu(x)",
        tensor=lambda x, h: x.relu(),
        torch_gain=lambda h: sqrt(2),
        source="Nair & Hinton (2010), ICML; Glorot, Bordes & Bengio (2011), AISTATS",
        when_to_use="The default for convolutional networks and multilayer perceptrons, with Kaiming weights.",
        notes="A unit that is negative on every sample gets no gradient: it is dead.",
    ),
    Activation(
        key="leaky_relu",
        name="Leaky ReLU",
        latex=r"\begin{cases} x & x > 0 \\ a x & x \le 0 \end{cases}",
        latex_derivative=r"\begin{cases} 1 & x > 0 \\ a & x \le 0 \end{cases}",
        hyperparameters=(_SLOPE,),
        value=lambda x, h: _leaky(x, h["negative_slope"]),
        derivative=lambda x, h: _leaky_slope(x, h["negative_slope"]),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "(-inf, inf)",
        saturates="none",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.leaky_relu(x, negative_slope={negative_slope})",
        tensor=lambda x, h: _functional().leaky_relu(x, h["negative_slope"]),
        torch_gain=lambda h: sqrt(2 / (1 + h["negative_slope"] ** 2)),
        source="Maas, Hannun & Ng (2013), ICML workshop",
        when_to_use="Where ReLU units die, and in the discriminator of a GAN.",
    ),
    Activation(
        key="prelu",
        name="PReLU",
        latex=r"\begin{cases} x & x > 0 \\ a x & x \le 0 \end{cases}",
        latex_derivative=r"\begin{cases} 1 & x > 0 \\ a & x \le 0 \end{cases}",
        hyperparameters=(_WEIGHT,),
        value=lambda x, h: _leaky(x, h["weight"]),
        derivative=lambda x, h: _leaky_slope(x, h["weight"]),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "(-inf, inf)" if h["weight"] > 0 else "[0, inf)",
        saturates="none",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.prelu(x, torch.tensor([{weight}], dtype=x.dtype))",
        tensor=lambda x, h: _functional().prelu(x, x.new_tensor([h["weight"]])),
        torch_gain=lambda h: sqrt(2 / (1 + h["weight"] ** 2)),
        source="He, Zhang, Ren & Sun (2015), arXiv:1502.01852",
        when_to_use="A leaky ReLU that learns its slope, one for each channel or layer.",
        notes="The gain is the one of leaky ReLU with this slope. A negative slope makes it non-monotonic.",
    ),
    Activation(
        key="elu",
        name="ELU",
        latex=r"\begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
        latex_derivative=r"\begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}",
        hyperparameters=(_ALPHA,),
        value=lambda x, h: _elu(x, 1, h["alpha"], 1),
        derivative=lambda x, h: _elu_slope(x, 1, h["alpha"], 1),
        second_derivative=lambda x, h: _elu_bend(x, 1, h["alpha"], 1),
        range=lambda h: f"(-{h['alpha']:g}, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.elu(x, alpha={alpha})",
        tensor=lambda x, h: _functional().elu(x, alpha=h["alpha"]),
        source="Clevert, Unterthiner & Hochreiter (2016), arXiv:1511.07289",
        when_to_use="In place of ReLU where means near zero help and speed matters less.",
        notes="With alpha other than 1 the slope jumps at zero; with 1 only the second derivative does.",
    ),
    Activation(
        key="selu",
        name="SELU",
        latex=r"\lambda \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \le 0 \end{cases}",
        latex_derivative=r"\lambda \begin{cases} 1 & x > 0 \\ \alpha e^x & x \le 0 \end{cases}",
        value=lambda x, h: _elu(x, SELU_SCALE, SELU_ALPHA, 1),
        derivative=lambda x, h: _elu_slope(x, SELU_SCALE, SELU_ALPHA, 1),
        second_derivative=lambda x, h: _elu_bend(x, SELU_SCALE, SELU_ALPHA, 1),
        range=lambda h: f"(-{SELU_SCALE * SELU_ALPHA:.4f}, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=True,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.selu(x)",
        tensor=lambda x, h: _functional().selu(x),
        torch_gain=lambda h: 0.75,
        source="Klambauer, Unterthiner, Mayr & Hochreiter (2017), arXiv:1706.02515",
        when_to_use="Deep fully connected networks without normalization, with LeCun normal weights.",
        notes="PyTorch's gain is 3/4; the self-normalizing fixed point of the paper needs a gain of 1.",
    ),
    Activation(
        key="celu",
        name="CELU",
        latex=r"\begin{cases} x & x > 0 \\ \alpha (e^{x/\alpha} - 1) & x \le 0 \end{cases}",
        latex_derivative=r"\begin{cases} 1 & x > 0 \\ e^{x/\alpha} & x \le 0 \end{cases}",
        hyperparameters=(_ALPHA,),
        value=lambda x, h: _elu(x, 1, h["alpha"], 1 / h["alpha"]),
        derivative=lambda x, h: _elu_slope(x, 1, h["alpha"], 1 / h["alpha"]),
        second_derivative=lambda x, h: _elu_bend(x, 1, h["alpha"], 1 / h["alpha"]),
        range=lambda h: f"(-{h['alpha']:g}, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.nn.functional.celu(x, alpha={alpha})",
        tensor=lambda x, h: _functional().celu(x, alpha=h["alpha"]),
        source="Barron (2017), arXiv:1704.07483",
        when_to_use="In place of ELU where alpha is tuned: its slope is continuous for every alpha.",
        notes="Only the second derivative jumps at zero. PyTorch's derivative rounds alpha to single precision.",
    ),
    Activation(
        key="gelu",
        name="GELU",
        latex=r"x\,\Phi(x)",
        latex_derivative=r"\Phi(x) + x\,\varphi(x)",
        value=lambda x, h: x * normal_distribution(x),
        derivative=lambda x, h: normal_distribution(x) + x * normal_density(x),
        second_derivative=lambda x, h: (2 - np.clip(x, -40, 40) ** 2) * normal_density(x),
        range=lambda h: "[-0.17, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        torch="torch.nn.functional.gelu(x)",
        tensor=lambda x, h: _functional().gelu(x),
        source="Hendrycks & Gimpel (2016), arXiv:1606.08415",
        when_to_use="Transformers such as BERT and ViT.",
        notes="Exact form with the normal distribution function.",
    ),
    Activation(
        key="gelu_tanh",
        name="GELU (tanh)",
        latex=r"\tfrac{x}{2}\left(1 + \tanh\!\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)\right)",
        latex_derivative=r"\sigma(v) + x\,\sigma'(v)\,v', \quad v = \sqrt{8/\pi}\,(x + 0.044715\,x^3)",
        value=_gelu_tanh,
        derivative=_gelu_tanh_slope,
        second_derivative=_gelu_tanh_bend,
        range=lambda h: "[-0.17, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        torch='torch.nn.functional.gelu(x, approximate="tanh")',
        tensor=lambda x, h: _functional().gelu(x, approximate="tanh"),
        source="Hendrycks & Gimpel (2016), arXiv:1606.08415",
        when_to_use="Reproducing GPT-2 and other models that were trained with this approximation.",
        notes="It differs from the exact GELU by less than 0.0005.",
    ),
    Activation(
        key="swish",
        name="Swish",
        latex=r"x\,\sigma(\beta x)",
        latex_derivative=r"\sigma(\beta x) + \beta x\,\sigma'(\beta x)",
        hyperparameters=(_BETA,),
        value=lambda x, h: _swish(x, h["beta"]),
        derivative=lambda x, h: _swish_slope(x, h["beta"]),
        second_derivative=lambda x, h: _swish_bend(x, h["beta"]),
        range=lambda h: f"[{-0.27846454276107 / h['beta']:.2g}, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        torch="x * torch.sigmoid({beta} * x)",
        tensor=lambda x, h: x * (x * h["beta"]).sigmoid(),
        source="Ramachandran, Zoph & Le (2017), arXiv:1710.05941",
        when_to_use="Deep convolutional networks; beta can be trained.",
        notes="beta = 1 is SiLU, 1.702 is close to GELU, and large beta approaches ReLU.",
    ),
    Activation(
        key="silu",
        name="SiLU",
        latex=r"x\,\sigma(x)",
        latex_derivative=r"\sigma(x) + x\,\sigma'(x)",
        value=lambda x, h: _swish(x, 1.0),
        derivative=lambda x, h: _swish_slope(x, 1.0),
        second_derivative=lambda x, h: _swish_bend(x, 1.0),
        range=lambda h: "[-0.28, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        torch="torch.nn.functional.silu(x)",
        tensor=lambda x, h: _functional().silu(x),
        source="Elfwing, Uchibe & Doya (2018), arXiv:1702.03118; Hendrycks & Gimpel (2016), arXiv:1606.08415",
        when_to_use="EfficientNet, diffusion models, and as the gate inside SwiGLU.",
        notes="The same as Swish with beta = 1.",
    ),
    Activation(
        key="mish",
        name="Mish",
        latex=r"x \tanh(\ln(1 + e^x))",
        latex_derivative=r"\tanh(s) + x\,\sigma(x)\,(1 - \tanh^2(s)), \quad s = \ln(1 + e^x)",
        value=lambda x, h: x * np.tanh(softplus(x)),
        derivative=_mish_slope,
        second_derivative=_mish_bend,
        range=lambda h: "[-0.31, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        torch="torch.nn.functional.mish(x)",
        tensor=lambda x, h: _functional().mish(x),
        source="Misra (2020), arXiv:1908.08681",
        when_to_use="Object detectors such as YOLOv4.",
        notes="PyTorch's second derivative is NaN above 709.8 in float64; it is zero there.",
    ),
    Activation(
        key="softplus",
        name="Softplus",
        latex=r"\tfrac{1}{\beta}\ln(1 + e^{\beta x})",
        latex_derivative=r"\sigma(\beta x)",
        hyperparameters=(_BETA,),
        value=lambda x, h: softplus(h["beta"] * np.asarray(x)) / h["beta"],
        derivative=lambda x, h: sigmoid(h["beta"] * np.asarray(x)),
        second_derivative=lambda x, h: h["beta"] * sigmoid_slope(h["beta"] * np.asarray(x)),
        range=lambda h: "(0, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=False,
        torch="torch.nn.functional.softplus(x, beta={beta}, threshold=40)",
        tensor=lambda x, h: _functional().softplus(x, beta=h["beta"], threshold=40),
        source="Dugas et al. (2001), NeurIPS 13",
        when_to_use="Outputs that must be positive, such as a variance.",
        notes="PyTorch is linear above beta x = 20 by default, an error of 2e-9; a threshold of 40 has none.",
    ),
    Activation(
        key="hard_swish",
        name="Hard swish",
        latex=r"x\,\min(\max(x + 3, 0), 6) / 6",
        latex_derivative=(
            r"\begin{cases} 0 & x \le -3 \\ \tfrac{x}{3} + \tfrac{1}{2} & -3 < x < 3 \\ 1 & x \ge 3 \end{cases}"
        ),
        value=lambda x, h: np.asarray(x) * np.clip(np.asarray(x) + 3, 0, 6) / 6,
        derivative=lambda x, h: np.where(_hard_swish_inside(x), np.asarray(x) / 3 + 0.5, np.asarray(x) >= 3),
        second_derivative=lambda x, h: _hard_swish_inside(x) / 3,
        range=lambda h: "[-0.375, inf)",
        saturates="left",
        monotonic=False,
        zero_centered=False,
        kinks=lambda h: (-3.0, 3.0),
        torch="torch.nn.functional.hardswish(x)",
        tensor=lambda x, h: _functional().hardswish(x),
        source="Howard et al. (2019), MobileNetV3, arXiv:1905.02244",
        when_to_use="Mobile networks, where Swish costs too much.",
    ),
    Activation(
        key="relu6",
        name="ReLU6",
        latex=r"\min(\max(0, x), 6)",
        latex_derivative=r"\begin{cases} 1 & 0 < x < 6 \\ 0 & \text{otherwise} \end{cases}",
        value=lambda x, h: np.clip(np.asarray(x, dtype=np.float64), 0, 6),
        derivative=lambda x, h: ((np.asarray(x) > 0) & (np.asarray(x) < 6)).astype(np.float64),
        second_derivative=lambda x, h: np.zeros(np.shape(x)),
        range=lambda h: "[0, 6]",
        saturates="both",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0, 6.0),
        torch="torch.nn.functional.relu6(x)",
        tensor=lambda x, h: _functional().relu6(x),
        source="Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10",
        when_to_use="Networks that are to be quantized, such as MobileNetV2.",
    ),
    Activation(
        key="squared_relu",
        name="Squared ReLU",
        latex=r"\max(0, x)^2",
        latex_derivative=r"2 \max(0, x)",
        value=lambda x, h: np.maximum(x, 0.0) ** 2,
        derivative=lambda x, h: 2 * np.maximum(x, 0.0),
        second_derivative=lambda x, h: 2 * _positive(x),
        range=lambda h: "[0, inf)",
        saturates="left",
        monotonic=True,
        zero_centered=False,
        kinks=lambda h: (0.0,),
        torch="torch.relu(x).square()",
        tensor=lambda x, h: x.relu().square(),
        source="So et al. (2021), Primer, arXiv:2109.08668",
        when_to_use="Feed-forward blocks of Transformers; the signal needs normalization, as it grows quadratically.",
        notes="Only the second derivative jumps at zero.",
    ),
)
