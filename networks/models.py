"""The models that can be trained: what each is made of, what data suits it, how many parameters it has.

This catalogue imports no PyTorch: pages offer models, draw their controls and count parameters without it. ``build``
imports the module that has the network when it is called. Keys are a public format.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from networks.activations import ACTIVATIONS
from networks.initializers import INITIALIZERS
from networks.shapes import (
    MAX_LAYERS,
    MAX_WIDTH,
    Shape,
    Values,
    cnn_channels,
    cnn_features,
    hidden_widths,
    maxout_pieces,
)
from settings import Setting, Text, by_key, choice, number, switch, whole

if TYPE_CHECKING:
    from torch import nn

Inputs = Literal["vector", "image", "sequence"]
Task = Literal["classification", "regression"]

TRAINABLE = tuple(key for key, entry in ACTIVATIONS.items() if entry.trainable)
# Normalizations that mix the rows of a batch: they need two of them.
MIXES_ROWS = frozenset({"batch", "batch_renorm"})


@dataclass(frozen=True, kw_only=True)
class Model:
    """One kind of network. ``shape`` is that of one sample: ``(features,)``, ``(channels, height, width)`` or
    ``(length, features)``.

    build(values, shape, outputs): the ``torch.nn.Module``, initialized from PyTorch's global generator.
    parameters(values, shape, outputs): how many trained numbers it has, by arithmetic.
    """

    key: str
    name: str
    meaning: str
    inputs: frozenset[Inputs]
    tasks: frozenset[Task]
    settings: tuple[Setting, ...]
    build: Callable[[Values, Shape, int], nn.Module] = field(repr=False)
    parameters: Callable[[Values, Shape, int], int] = field(repr=False)
    reference: str = ""


def activation_parameters(activation: str) -> int:
    """PReLU has one trained slope a layer; the others have none."""
    return int(activation == "prelu")


def _norm_parameters(kind: str, units: int) -> int:
    """Scale and shift a unit; a length a unit under weight normalization."""
    return {"none": 0, "rms": 1, "weight": 1}.get(kind, 2) * units


def _mlp_parameters(values: Values, shape: Shape, outputs: int) -> int:
    widths, pieces, norm = (prod(shape), *hidden_widths(values)), maxout_pieces(values), values["normalization"]
    total = sum((a + 1) * b * pieces for a, b in pairwise(widths)) + (widths[-1] + 1) * outputs
    wide = pieces if norm == "weight" or values["norm_position"] == "before" else 1
    total += _norm_parameters(norm, wide * sum(widths[1:]))
    return total + len(widths[1:]) * activation_parameters(values["activation"])


def _linear_parameters(values: Values, shape: Shape, outputs: int) -> int:
    return (prod(shape) * values["degree"] + 1) * outputs


def _cnn_parameters(values: Values, shape: Shape, outputs: int) -> int:
    layers = cnn_channels(values, shape)
    slopes = activation_parameters(values["activation"])
    total = sum(9 * a * b + b + _norm_parameters(values["normalization"], b) + slopes for a, b, _ in layers)
    features = cnn_features(values, shape)
    if values["hidden"]:
        total += (features + 1) * values["hidden"] + slopes
        total += values["hidden"] if values["normalization"] == "weight" else 0
        features = values["hidden"]
    return total + (features + 1) * outputs


def _resnet_parameters(values: Values, shape: Shape, outputs: int) -> int:
    norm, width, slopes = values["normalization"], values["width"], activation_parameters(values["activation"])

    def conv(before: int, after: int, side: int) -> int:
        bias = after if norm in ("none", "weight") else 0
        return side * side * before * after + bias + _norm_parameters(norm, after)

    total, before = conv(shape[0], width, 3) + slopes, width
    for stage in range(values["stages"]):
        after = width * 2**stage
        for _ in range(values["blocks"]):
            total += conv(before, after, 3) + conv(after, after, 3) + 2 * slopes
            total += conv(before, after, 1) if before != after else 0
            before = after
    return total + (before + 1) * outputs


def _recurrent_parameters(gates: int) -> Callable[[Values, Shape, int], int]:
    # Numbers that a layer normalizes, in units of its width: see ``networks.recurrence``.
    normalized = {1: 1, 3: 6, 4: 9}[gates]

    def count(values: Values, shape: Shape, outputs: int) -> int:
        width, kind, total, before = values["width"], values["normalization"], 0, shape[-1]
        for _ in range(values["depth"]):
            total += gates * width * (before + width + (2 if kind in ("none", "weight") else 1))
            total += 2 * gates * width if kind == "weight" else _norm_parameters(kind, normalized * width)
            before = width
        return total + (width + 1) * outputs

    return count


def _transformer_parameters(values: Values, shape: Shape, outputs: int) -> int:
    width, kind = values["heads"] * values["head_width"], values["normalization"]
    norm = 0 if kind == "weight" else _norm_parameters(kind, width)
    block = 2 * norm + 3 * width * (width + 1) + width * (width + 1)
    block += (width + 1) * 4 * width + (4 * width + 1) * width
    block += (3 + 1 + 4 + 1) * width if kind == "weight" else 0
    last = norm if values["norm_first"] else 0
    return (shape[-1] + 1) * width + shape[0] * width + values["depth"] * block + last + (width + 1) * outputs


def _build_mlp(values: Values, shape: Shape, outputs: int) -> nn.Module:
    from networks.construction import mlp

    return mlp(values, shape, outputs)


def _build_linear(values: Values, shape: Shape, outputs: int) -> nn.Module:
    from networks.construction import linear

    return linear(values, shape, outputs)


def _build_cnn(values: Values, shape: Shape, outputs: int) -> nn.Module:
    from networks.construction import cnn

    return cnn(values, shape, outputs)


def _build_resnet(values: Values, shape: Shape, outputs: int) -> nn.Module:
    from networks.construction import resnet

    return resnet(values, shape, outputs)


def _build_recurrent(cell: str) -> Callable[[Values, Shape, int], nn.Module]:
    def build(values: Values, shape: Shape, outputs: int) -> nn.Module:
        from networks.construction import recurrent

        return recurrent(cell, values, shape, outputs)

    return build


def _build_transformer(values: Values, shape: Shape, outputs: int) -> nn.Module:
    from networks.construction import transformer

    return transformer(values, shape, outputs)


_ACTIVATION = choice("activation", TRAINABLE, "What each unit does with its weighted sum.", default="relu")
_INITIALIZER = choice(
    "initializer",
    ("pytorch", *INITIALIZERS),
    "How the weights start; pytorch keeps what PyTorch's layers draw.",
    default="kaiming_normal",
)
_INIT_SCALE = number(
    "init_scale", 1.0, 0.01, 100.0, "Multiplies every weight that was drawn.", symbol="s", valid="[0, 1000]", log=True
)
_DROPOUT = number(
    "dropout",
    0.0,
    0.0,
    0.9,
    "Share of units set to zero at each training step; some lectures give the share that is kept.",
    symbol="p",
    valid="[0, 1)",
)
_CONV_KINDS = ("none", "batch", "layer", "group", "instance", "rms", "weight", "batch_renorm")
_CONV_NORM = choice("normalization", _CONV_KINDS, "What centers and scales the channels.")
_VECTORS: frozenset[Inputs] = frozenset({"vector", "image", "sequence"})
_BOTH: frozenset[Task] = frozenset({"classification", "regression"})
_DEGREE = whole("degree", 1, 1, 15, "Powers of each feature that enter: 1 is a straight line.", valid="[1, 30]")


def _initialized(initializer: str) -> tuple[Setting, Setting]:
    return (
        choice("initializer", ("pytorch", *INITIALIZERS), _INITIALIZER.meaning, default=initializer),
        _INIT_SCALE,
    )


def _recurrent_settings(*extra: Setting) -> tuple[Setting, ...]:
    return (
        whole("width", 32, 4, 256, "Units of the hidden state.", valid="[1, 2048]"),
        whole("depth", 1, 1, 4, "Recurrent layers on top of each other.", valid="[1, 16]"),
        *extra,
        *_initialized("pytorch"),
        choice(
            "normalization",
            ("none", "layer", "rms", "weight"),
            "What centers and scales the sums at each step; a batch has none of its own there.",
        ),
        _DROPOUT,
    )


MODELS: Mapping[str, Model] = MappingProxyType(
    by_key(
        [
            Model(
                key="mlp",
                name="Multilayer perceptron",
                meaning="Fully connected layers; every unit sees every unit of the layer before.",
                inputs=_VECTORS,
                tasks=_BOTH,
                settings=(
                    whole("depth", 2, 0, 10, "Hidden layers.", valid=f"[0, {MAX_LAYERS}]"),
                    whole("width", 32, 1, 512, "Units in each hidden layer.", valid=f"[1, {MAX_WIDTH}]", log=True),
                    Text(
                        name="widths",
                        meaning="Units of each hidden layer, as 8-6; empty takes depth and width.",
                        pattern=r"|[1-9]\d{0,3}(-[1-9]\d{0,3}){0,63}",
                        allowed="whole numbers from 1 to 9999 joined by hyphens, at most 64 of them, or nothing",
                        max_length=320,
                    ),
                    choice("activation", (*TRAINABLE, "maxout"), _ACTIVATION.meaning, default="relu"),
                    whole("pieces", 2, 2, 5, "Linear maps that a maxout unit takes the largest of.", valid="[2, 16]"),
                    *_initialized("kaiming_normal"),
                    number(
                        "first_bias",
                        0.0,
                        -5.0,
                        5.0,
                        "Added to the biases of the first layer at the start; far below zero its ReLUs are dead.",
                        symbol="b_0",
                        valid="[-1000, 1000]",
                    ),
                    choice(
                        "normalization",
                        ("none", "batch", "layer", "group", "rms", "weight", "batch_renorm"),
                        "What centers and scales the units.",
                    ),
                    choice("norm_position", ("before", "after"), "Normalization before or after the activation."),
                    _DROPOUT,
                    switch("residual", "Adds a layer's input to its output where both have one width."),
                ),
                build=_build_mlp,
                parameters=_mlp_parameters,
                reference="Rumelhart, Hinton & Williams (1986), Nature 323, 533-536",
            ),
            Model(
                key="linear",
                name="Linear regression",
                meaning="A weighted sum of the features, or of their powers.",
                inputs=_VECTORS,
                tasks=frozenset({"regression"}),
                settings=(_DEGREE, *_initialized("pytorch")),
                build=_build_linear,
                parameters=_linear_parameters,
                reference="Legendre (1805), Nouvelles methodes",
            ),
            Model(
                key="logistic",
                name="Logistic regression",
                meaning="A weighted sum for each class, turned into probabilities.",
                inputs=_VECTORS,
                tasks=frozenset({"classification"}),
                settings=(_DEGREE, *_initialized("pytorch")),
                build=_build_linear,
                parameters=_linear_parameters,
                reference="Cox (1958), J. R. Stat. Soc. B 20, 215-242",
            ),
            Model(
                key="cnn",
                name="Convolutional network",
                meaning="Small filters slide over the image; pooling halves it after each.",
                inputs=frozenset({"image"}),
                tasks=_BOTH,
                settings=(
                    whole(
                        "depth",
                        3,
                        1,
                        6,
                        "Convolutions, each with a pooling while the image is large enough.",
                        valid="[1, 16]",
                    ),
                    whole(
                        "width",
                        16,
                        4,
                        64,
                        "Channels of the first convolution; they double with each pooling.",
                        valid="[1, 512]",
                    ),
                    whole(
                        "hidden",
                        64,
                        0,
                        512,
                        "Units of the dense layer before the output; 0 for none.",
                        valid=f"[0, {MAX_WIDTH}]",
                    ),
                    _ACTIVATION,
                    *_initialized("kaiming_normal"),
                    _CONV_NORM,
                    _DROPOUT,
                ),
                build=_build_cnn,
                parameters=_cnn_parameters,
                reference="LeCun, Bottou, Bengio & Haffner (1998), Proc. IEEE 86, 2278-2324",
            ),
            Model(
                key="resnet",
                name="Residual network",
                meaning="Convolutions in pairs, each pair added to its own input.",
                inputs=frozenset({"image"}),
                tasks=_BOTH,
                settings=(
                    whole(
                        "stages",
                        3,
                        1,
                        4,
                        "Groups of blocks; each after the first halves the image and doubles the channels.",
                        valid="[1, 5]",
                    ),
                    whole(
                        "blocks",
                        1,
                        1,
                        5,
                        "Blocks in each stage; 3 give ResNet-20 with 3 stages of width 16.",
                        valid="[1, 18]",
                    ),
                    whole("width", 16, 4, 64, "Channels of the first stage.", valid="[1, 256]"),
                    _ACTIVATION,
                    *_initialized("kaiming_normal"),
                    choice(
                        "normalization",
                        _CONV_KINDS,
                        _CONV_NORM.meaning,
                        default="batch",
                    ),
                    _DROPOUT,
                ),
                build=_build_resnet,
                parameters=_resnet_parameters,
                reference="He, Zhang, Ren & Sun (2016), arXiv:1512.03385, section 4.2",
            ),
            Model(
                key="rnn",
                name="Recurrent network",
                meaning="One hidden state is carried from step to step.",
                inputs=frozenset({"sequence"}),
                tasks=_BOTH,
                settings=_recurrent_settings(
                    choice("nonlinearity", ("tanh", "relu"), "The activation of the hidden state.")
                ),
                build=_build_recurrent("rnn"),
                parameters=_recurrent_parameters(1),
                reference="Elman (1990), Cognitive Science 14, 179-211",
            ),
            Model(
                key="gru",
                name="GRU",
                meaning="Two gates decide what the hidden state forgets and takes in.",
                inputs=frozenset({"sequence"}),
                tasks=_BOTH,
                settings=_recurrent_settings(),
                build=_build_recurrent("gru"),
                parameters=_recurrent_parameters(3),
                reference="Cho et al. (2014), arXiv:1406.1078",
            ),
            Model(
                key="lstm",
                name="LSTM",
                meaning="A cell keeps what it stores until a gate erases it.",
                inputs=frozenset({"sequence"}),
                tasks=_BOTH,
                settings=_recurrent_settings(),
                build=_build_recurrent("lstm"),
                parameters=_recurrent_parameters(4),
                reference="Hochreiter & Schmidhuber (1997), Neural Computation 9, 1735-1780",
            ),
            Model(
                key="transformer",
                name="Transformer encoder",
                meaning="Every step of the sequence attends to every other.",
                inputs=frozenset({"sequence"}),
                tasks=_BOTH,
                settings=(
                    whole("depth", 2, 1, 6, "Blocks of attention and perceptron.", valid="[1, 24]"),
                    whole("heads", 4, 1, 8, "Attention heads.", valid="[1, 32]"),
                    whole("head_width", 8, 2, 64, "Units of each head.", valid="[1, 128]"),
                    choice("activation", TRAINABLE, _ACTIVATION.meaning, default="gelu"),
                    *_initialized("pytorch"),
                    choice(
                        "normalization", ("none", "layer", "rms", "weight"), "What scales each step.", default="layer"
                    ),
                    switch(
                        "norm_first",
                        "Normalizes what enters attention and perceptron, not the sum that leaves them.",
                        default=True,
                    ),
                    _DROPOUT,
                ),
                build=_build_transformer,
                parameters=_transformer_parameters,
                reference="Vaswani et al. (2017), arXiv:1706.03762; Xiong et al. (2020), arXiv:2002.04745",
            ),
        ]
    )
)


def models_for(inputs: str, task: str) -> tuple[str, ...]:
    """Keys of the models that suit data of this kind, the usual choice first."""
    first = {"image": "cnn", "sequence": "gru"}.get(inputs, "mlp")
    suited = [key for key, model in MODELS.items() if inputs in model.inputs and task in model.tasks]
    return tuple(sorted(suited, key=lambda key: key != first))
