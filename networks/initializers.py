"""The catalogue of initializers, and ``draw``, which makes the weights of one layer from an entry.

An entry states the variance of one weight; theory and drawing both read it there. Weights have PyTorch's layout
``(fan_out, fan_in, *kernel)`` and come from a CPU generator, so that a seed gives the same numbers on every device.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING

from networks.types import Hyper, Initializer
from settings import Hyperparameter, by_key

if TYPE_CHECKING:
    import torch

_SCALE = Hyperparameter(
    name="scale",
    symbol=r"\sigma",
    default=0.01,
    low=1e-4,
    high=10.0,
    valid="(0, inf)",
    log=True,
    meaning="The standard deviation of one weight.",
)
_BOUND = Hyperparameter(
    name="scale",
    symbol="a",
    default=0.05,
    low=1e-4,
    high=10.0,
    valid="(0, inf)",
    log=True,
    meaning="Weights lie between minus and plus this number.",
)
_VALUE = Hyperparameter(
    name="scale",
    symbol="c",
    default=0.01,
    low=-1.0,
    high=1.0,
    valid="(-inf, inf)",
    meaning="The value of every weight.",
)
_NUMERATOR = Hyperparameter(
    name="scale",
    symbol="c",
    default=2.0,
    low=0.1,
    high=6.0,
    valid="(0, inf)",
    meaning="The numerator of the variance: 1 suits tanh, 2 suits ReLU.",
)
_TARGET = Hyperparameter(
    name="scale",
    symbol=r"\sigma_z",
    default=1.0,
    low=0.1,
    high=4.0,
    valid="(0, inf)",
    meaning="The standard deviation of the pre-activations that the scaling reaches.",
)
_GAIN = Hyperparameter(
    name="gain", symbol="g", default=1.0, low=0.1, high=4.0, valid="(0, inf)", meaning="A factor on every weight."
)
_MODE = Hyperparameter(
    name="mode",
    symbol="n",
    kind="choice",
    default="fan_in",
    choices=("fan_in", "fan_out"),
    meaning="Which side keeps its variance: fan_in the signal, fan_out the gradient.",
)


def _kaiming(fan_in: int, fan_out: int, hyper: Hyper, gain: float) -> float:
    return gain**2 / (fan_in if hyper["mode"] == "fan_in" else fan_out)


def _xavier(fan_in: int, fan_out: int, hyper: Hyper, gain: float) -> float:
    return 2 * hyper["gain"] ** 2 / (fan_in + fan_out)


def _lecun(fan_in: int, fan_out: int, hyper: Hyper, gain: float) -> float:
    return hyper["gain"] ** 2 / fan_in


_LECUN = "LeCun, Bottou, Orr & Müller (1998), Efficient BackProp, section 4.6"
_GLOROT = "Glorot & Bengio (2010), AISTATS"
_HE = "He, Zhang, Ren & Sun (2015), arXiv:1502.01852"
_NORMAL_LINE = "torch.nn.init.normal_(w, std={std})"
_UNIFORM_LINE = "torch.nn.init.uniform_(w, -{bound}, {bound})"

INITIALIZERS: Mapping[str, Initializer] = MappingProxyType(
    by_key(
        [
            Initializer(
                key="zeros",
                name="Zeros",
                idea="Every weight is zero, so every unit stays equal to its neighbor.",
                latex=r"w = 0",
                distribution="constant",
                variance=lambda fan_in, fan_out, h, gain: 0.0,
                torch="torch.nn.init.zeros_(w)",
                reference="Rumelhart, Hinton & Williams (1986), Nature 323, 533-536 (symmetry breaking)",
            ),
            Initializer(
                key="constant",
                name="Constant",
                idea="Every weight has one value: all units of a layer compute the same number.",
                latex=r"w = c",
                distribution="constant",
                variance=lambda fan_in, fan_out, h, gain: 0.0,
                level=lambda h: h["scale"],
                hyperparameters=(_VALUE,),
                torch="torch.nn.init.constant_(w, {scale})",
                reference="Rumelhart, Hinton & Williams (1986), Nature 323, 533-536 (symmetry breaking)",
            ),
            Initializer(
                key="normal",
                name="Normal",
                idea="Normal weights of one spread, whatever the width of the layer.",
                latex=r"w \sim \mathcal{N}(0, \sigma^2)",
                distribution="normal",
                variance=lambda fan_in, fan_out, h, gain: h["scale"] ** 2,
                hyperparameters=(_SCALE,),
                torch=_NORMAL_LINE,
                reference="Krizhevsky, Sutskever & Hinton (2012), NeurIPS 25 (0.01)",
            ),
            Initializer(
                key="uniform",
                name="Uniform",
                idea="Uniform weights of one width, whatever the width of the layer.",
                latex=r"w \sim \mathcal{U}(-a, a)",
                distribution="uniform",
                variance=lambda fan_in, fan_out, h, gain: h["scale"] ** 2 / 3,
                hyperparameters=(_BOUND,),
                torch=_UNIFORM_LINE,
                reference=_GLOROT + ", section 4.2 (against it)",
            ),
            Initializer(
                key="lecun_normal",
                name="LeCun normal",
                idea="The pre-activation keeps the second moment of the input.",
                latex=r"w \sim \mathcal{N}\!\left(0, \frac{g^2}{n_\mathrm{in}}\right)",
                distribution="normal",
                variance=_lecun,
                hyperparameters=(_GAIN,),
                torch=_NORMAL_LINE,
                reference=_LECUN,
                notes="The gain is sigma_w of mean-field theory. Some lectures call this one Xavier.",
            ),
            Initializer(
                key="lecun_uniform",
                name="LeCun uniform",
                idea="The variance of LeCun normal, from a uniform distribution.",
                latex=r"w \sim \mathcal{U}(-a, a),\quad a = g\sqrt{\frac{3}{n_\mathrm{in}}}",
                distribution="uniform",
                variance=_lecun,
                hyperparameters=(_GAIN,),
                torch=_UNIFORM_LINE,
                reference=_LECUN,
            ),
            Initializer(
                key="xavier_normal",
                name="Xavier normal",
                idea="A compromise between keeping the signal and keeping the gradient.",
                latex=r"w \sim \mathcal{N}\!\left(0, \frac{2 g^2}{n_\mathrm{in} + n_\mathrm{out}}\right)",
                distribution="normal",
                variance=_xavier,
                hyperparameters=(_GAIN,),
                torch="torch.nn.init.xavier_normal_(w, gain={gain})",
                reference=_GLOROT,
            ),
            Initializer(
                key="xavier_uniform",
                name="Xavier uniform",
                idea="The variance of Xavier normal, from a uniform distribution.",
                latex=r"w \sim \mathcal{U}(-a, a),\quad a = g\sqrt{\frac{6}{n_\mathrm{in} + n_\mathrm{out}}}",
                distribution="uniform",
                variance=_xavier,
                hyperparameters=(_GAIN,),
                torch="torch.nn.init.xavier_uniform_(w, gain={gain})",
                reference=_GLOROT,
            ),
            Initializer(
                key="kaiming_normal",
                name="Kaiming normal",
                idea="Xavier's aim with the activation counted in: ReLU halves the signal, the gain restores it.",
                latex=r"w \sim \mathcal{N}\!\left(0, \frac{g^2}{n}\right)",
                distribution="normal",
                variance=_kaiming,
                hyperparameters=(_MODE,),
                uses_gain=True,
                torch="torch.nn.init.normal_(w, std={std})  # kaiming_normal_ with {mode} and gain {gain}",
                reference=_HE,
            ),
            Initializer(
                key="kaiming_uniform",
                name="Kaiming uniform",
                idea="The variance of Kaiming normal, from a uniform distribution.",
                latex=r"w \sim \mathcal{U}(-a, a),\quad a = g\sqrt{\frac{3}{n}}",
                distribution="uniform",
                variance=_kaiming,
                hyperparameters=(_MODE,),
                uses_gain=True,
                torch="torch.nn.init.uniform_(w, -{bound}, {bound})  # kaiming_uniform_ with {mode} and gain {gain}",
                reference=_HE,
                notes="torch.nn.Linear starts with this at a gain of sqrt(1/3), not sqrt(2).",
            ),
            Initializer(
                key="orthogonal",
                name="Orthogonal",
                idea="A random rotation: it changes no length, so linear stacks keep the signal at any depth.",
                latex=r"W^\top W = g^2 I",
                distribution="orthogonal",
                variance=lambda fan_in, fan_out, h, gain: h["gain"] ** 2 / max(fan_in, fan_out),
                hyperparameters=(_GAIN,),
                torch="torch.nn.init.orthogonal_(w, gain={gain})",
                reference="Saxe, McClelland & Ganguli (2014), arXiv:1312.6120",
            ),
            Initializer(
                key="sqrt_fan",
                name="Square root of fans",
                idea="The geometric mean of both fans, where Xavier takes the arithmetic one.",
                latex=r"w \sim \mathcal{N}\!\left(0, \frac{c}{\sqrt{n_\mathrm{in}\,n_\mathrm{out}}}\right)",
                distribution="normal",
                variance=lambda fan_in, fan_out, h, gain: h["scale"] / sqrt(fan_in * fan_out),
                hyperparameters=(_NUMERATOR,),
                torch=_NORMAL_LINE,
                reference="Defazio & Bottou (2019), arXiv:1906.04267 (geometric mean of the fans)",
            ),
            Initializer(
                key="lsuv",
                name="LSUV",
                idea="Orthogonal weights, then each layer is scaled to unit variance on the data.",
                latex=r"W \leftarrow \sigma_z W / \operatorname{std}(z)",
                distribution="orthogonal",
                variance=lambda fan_in, fan_out, h, gain: 1 / max(fan_in, fan_out),
                hyperparameters=(_TARGET,),
                data_dependent=True,
                torch="torch.nn.init.orthogonal_(w); w *= {scale} / (inputs @ w.T).std()",
                reference="Mishkin & Matas (2016), arXiv:1511.06422",
                notes="For a linear layer one scaling is exact; the paper repeats it up to a tolerance.",
            ),
        ]
    )
)


def fans(shape: Sequence[int]) -> tuple[int, int]:
    """(fan_in, fan_out) of a weight ``(out, in, *kernel)``, as PyTorch counts them.

    Raises:
        ValueError: fewer than two axes.
    """
    if len(shape) < 2:
        raise ValueError(f"a weight was given the shape {tuple(shape)}; allowed is (out, in, *kernel)")
    field = prod(shape[2:])
    return shape[1] * field, shape[0] * field


def variance_of(initializer: Initializer, shape: Sequence[int], hyper: Hyper, gain: float) -> float:
    """The variance of one weight of a tensor ``(out, in, *kernel)``.

    Orthogonal means that the matrix ``(out, in * kernel)`` is, so there the outputs are not counted once a position.
    """
    fan_in, fan_out = fans(shape)
    return initializer.variance(fan_in, shape[0] if initializer.distribution == "orthogonal" else fan_out, hyper, gain)


def draw(
    initializer: Initializer, shape: Sequence[int], hyper: Hyper, gain: float, generator: torch.Generator
) -> torch.Tensor:
    """Weights ``(out, in, *kernel)`` in float32 on the CPU.

    What ``lsuv`` adds depends on data, and is done where the data is: see ``networks.propagation``.
    """
    import torch

    std = sqrt(variance_of(initializer, shape, hyper, gain))
    weights = torch.empty(tuple(shape))
    if initializer.distribution == "constant":
        return weights.fill_(initializer.level(hyper))
    if initializer.distribution == "uniform":
        return weights.uniform_(-sqrt(3) * std, sqrt(3) * std, generator=generator)
    if initializer.distribution == "normal":
        return weights.normal_(0, std, generator=generator)
    flat = torch.nn.init.orthogonal_(weights.flatten(1), generator=generator)
    return flat.mul_(std * sqrt(max(flat.shape))).view(tuple(shape))
