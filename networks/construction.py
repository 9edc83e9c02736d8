"""Networks from checked values: the classes of this folder with activation and initializer put in.

Weights are drawn from PyTorch's global generator, in the order of the modules, so one seed gives one network. With the
initializer ``pytorch`` nothing is drawn again. Every other one also sets the biases of its layers to zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from networks.activations import ACTIVATIONS
from networks.convolutional import CNN, ResNet
from networks.feedforward import MLP, Maxout, Powers
from networks.initializers import INITIALIZERS, draw
from networks.normalizing import IMAGE_NORMS, UNIT_NORMS
from networks.recurrence import PLAIN, GateLinear, NormalizedStack
from networks.sequential import Recurrent, Transformer
from networks.shapes import cnn_channels, cnn_features, hidden_widths, maxout_pieces

Values = Mapping[str, Any]
Shape = Sequence[int]


class HardSigmoid(nn.Module):
    """``torch.nn.Hardsigmoid``, of whose slope PyTorch has no derivative, by a function of whose slope it has one: a
    penalty on slopes and the curvature of a loss go through both.
    """

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu6(x + 3) / 6


# PyTorch's own modules where it has them: they are faster than a call through the catalogue, and print their name.
MODULES: Mapping[str, Callable[[], nn.Module]] = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "softsign": nn.Softsign,
    "hard_tanh": nn.Hardtanh,
    "hard_sigmoid": HardSigmoid,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "prelu": nn.PReLU,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "celu": nn.CELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "mish": nn.Mish,
    "hard_swish": nn.Hardswish,
    "relu6": nn.ReLU6,
}


def outline(build: Callable[[], nn.Module]) -> nn.Module:
    """The network that ``build`` makes, by names and shapes alone: its weights take no memory and none is drawn."""
    with torch.device("meta"):
        return build()


class Elementwise(nn.Module):
    """An activation of the catalogue that PyTorch has no module for, at its default settings."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key
        self.entry = ACTIVATIONS[key]
        self.hyper = self.entry.choose()

    def forward(self, x: Tensor) -> Tensor:
        return self.entry.tensor(x, self.hyper)

    def extra_repr(self) -> str:
        return self.key


def activation_factory(key: str) -> Callable[[], nn.Module]:
    """What makes the module of an activation."""
    return MODULES[key] if key in MODULES else lambda: Elementwise(key)


def usual_gain(activation: str) -> float:
    """The factor of Kaiming's initialization for an activation at its usual settings; 1 for maxout, which is linear
    piece by piece."""
    if activation == "maxout":
        return 1.0
    return ACTIVATIONS[activation].gain(ACTIVATIONS[activation].choose())


def activation_key(module: nn.Module) -> str | None:
    """The key of the activation that a module computes; None for a module of another kind."""
    if isinstance(module, Elementwise):
        return module.key
    return next((key for key, kind in MODULES.items() if type(module) is kind), None)


def linear(values: Values, shape: Shape, outputs: int) -> nn.Module:
    """Linear or logistic regression, on powers of the features up to ``degree``."""
    powers = [Powers(values["degree"])] if values["degree"] > 1 else []
    model = nn.Sequential(nn.Flatten(), *powers, nn.Linear(prod(shape) * values["degree"], outputs))
    return initialized(model, values, "identity")


def mlp(values: Values, shape: Shape, outputs: int) -> nn.Module:
    pieces = maxout_pieces(values)
    model = MLP(
        prod(shape),
        hidden_widths(values),
        outputs,
        activation=(lambda: Maxout(pieces)) if pieces > 1 else activation_factory(values["activation"]),
        norm=UNIT_NORMS.get(values["normalization"]),
        weight_norm=values["normalization"] == "weight",
        norm_first=values["norm_position"] == "before",
        dropout=values["dropout"],
        residual=values["residual"],
        pieces=pieces,
    )
    initialized(model, values, values["activation"])
    if values["first_bias"] and len(model.hidden):
        with torch.no_grad():
            model.get_parameter("hidden.0.linear.bias").add_(values["first_bias"])
    return model


def cnn(values: Values, shape: Shape, outputs: int) -> nn.Module:
    model = CNN(
        cnn_channels(values, shape),
        cnn_features(values, shape),
        values["hidden"],
        outputs,
        activation=activation_factory(values["activation"]),
        norm=IMAGE_NORMS.get(values["normalization"]),
        weight_norm=values["normalization"] == "weight",
        dropout=values["dropout"],
    )
    return initialized(model, values, values["activation"])


def resnet(values: Values, shape: Shape, outputs: int) -> nn.Module:
    model = ResNet(
        shape[0],
        values["stages"],
        values["blocks"],
        values["width"],
        outputs,
        activation=activation_factory(values["activation"]),
        norm=IMAGE_NORMS.get(values["normalization"]),
        weight_norm=values["normalization"] == "weight",
        dropout=values["dropout"],
    )
    return initialized(model, values, values["activation"])


def recurrent(cell: str, values: Values, shape: Shape, outputs: int) -> nn.Module:
    width, depth, kind = values["width"], values["depth"], values["normalization"]
    options: dict[str, Any] = {"dropout": values["dropout"] if depth > 1 else 0.0}
    if cell == "rnn":
        options["nonlinearity"] = values["nonlinearity"]
    if kind == "none":
        layers: nn.Module = PLAIN[cell](shape[-1], width, depth, batch_first=True, **options)
    else:
        layers = NormalizedStack(cell, shape[-1], width, depth, kind, **options)
    model = Recurrent(layers, width, outputs, dropout=values["dropout"])
    return initialized(model, values, values.get("nonlinearity", "tanh"))


def transformer(values: Values, shape: Shape, outputs: int) -> nn.Module:
    model = Transformer(
        shape[0],
        shape[-1],
        values["heads"] * values["head_width"],
        values["heads"],
        values["depth"],
        outputs,
        activation=activation_factory(values["activation"]),
        dropout=values["dropout"],
        norm=UNIT_NORMS.get(values["normalization"], nn.Identity),
        weight_norm=values["normalization"] == "weight",
        norm_first=values["norm_first"],
    )
    return initialized(model, values, values["activation"])


def weight_blocks(model: nn.Module) -> Iterator[tuple[nn.Module, str, list[Tensor]]]:
    """(layer, name of its weight, blocks drawn one by one) of each layer; a gate of an LSTM is a block."""
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Conv2d):
            gates = module.gates if isinstance(module, GateLinear) else 1
            if nn.utils.parametrize.is_parametrized(module, "weight"):
                # Weight normalization: the direction is drawn, its length follows.
                name, weight = "parametrizations.weight.original1", module.parametrizations["weight"].original1  # pyright: ignore
            else:
                name, weight = "weight", module.weight
            yield module, name, list(weight.split(len(weight) // gates)) if gates > 1 else [weight]  # pyright: ignore
        elif isinstance(module, nn.RNNBase):
            for name, weight in module.named_parameters(recurse=False):
                if name.startswith("weight"):
                    yield module, name, list(weight.split(module.hidden_size))


@torch.no_grad()
def initialized(model: nn.Module, values: Values, activation: str) -> nn.Module:
    """Draw every weight by the chosen initializer, times ``init_scale``; the last layer has no activation and gain 1.

    LSUV needs data; it starts as the orthogonal matrices that its paper starts from, and is completed by ``rescale``.
    """
    key, scale = values["initializer"], values["init_scale"]
    blocks = list(weight_blocks(model))
    if key != "pytorch":
        entry = INITIALIZERS[key]
        hyper = entry.choose()
        gain = usual_gain(activation)
        for number, (module, _, parts) in enumerate(blocks):
            for part in parts:
                layer_gain = 1.0 if number == len(blocks) - 1 else gain
                part.copy_(draw(entry, part.shape, hyper, layer_gain, torch.default_generator))
            for name, bias in module.named_parameters(recurse=False):
                if name.startswith("bias"):
                    bias.zero_()
    if scale != 1:
        for _, _, parts in blocks:
            for part in parts:
                part.mul_(scale)
    for module in model.modules():
        if nn.utils.parametrize.is_parametrized(module, "weight"):
            direction, length = module.parametrizations["weight"].original1, module.parametrizations["weight"].original0  # pyright: ignore
            lengths = direction.flatten(1).norm(dim=1)
            length.copy_(lengths.view_as(length))
            direction[lengths == 0] = 1.0  # w = g v / |v| is 0 by g alone; without a direction it is no number
    return model


@torch.no_grad()
def rescale(model: nn.Module, inputs: Tensor, scale: float = 1.0) -> None:
    """LSUV: in the order of the signal, divide each layer's weights by the spread of its outputs on these rows.

    Mishkin & Matas (2016), arXiv:1511.06422. Layers without a single weight of their own (LSTM) keep their matrices.
    """

    def measured(module: nn.Module, _: Any, output: Tensor) -> Tensor:
        spread = (output - bias_of(module, output)).std()
        if torch.isfinite(spread) and spread > 0:
            module.weight.mul_(scale / spread)  # pyright: ignore[reportCallIssue, reportAttributeAccessIssue]
            return (output - bias_of(module, output)) * (scale / spread) + bias_of(module, output)
        return output

    layers = [
        m
        for m in model.modules()
        if isinstance(m, nn.Linear | nn.Conv2d) and not nn.utils.parametrize.is_parametrized(m)
    ]
    handles = [layer.register_forward_hook(measured) for layer in layers]
    was_training = model.training
    try:
        model.eval()(inputs)
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()


def bias_of(module: Any, output: Tensor) -> Tensor:
    """A layer's bias, shaped to be added to its output; zero where it has none."""
    if module.bias is None:
        return output.new_zeros(())
    return module.bias.view(-1, *[1] * (output.ndim - 2)) if isinstance(module, nn.Conv2d) else module.bias
