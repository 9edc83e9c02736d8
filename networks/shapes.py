"""Widths, channels and features of a network, from its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


Values = Mapping[str, Any]


Shape = Sequence[int]


MAX_LAYERS, MAX_WIDTH = 64, 4096


def hidden_widths(values: Values) -> tuple[int, ...]:
    """The widths of a perceptron's hidden layers: ``widths`` where it is given, else ``depth`` times ``width``."""
    if values["widths"]:
        return tuple(int(width) for width in values["widths"].split("-"))
    return (values["width"],) * values["depth"]


def maxout_pieces(values: Values) -> int:
    """Linear maps that each hidden unit of a perceptron takes the largest of; 1 without maxout."""
    return values["pieces"] if values["activation"] == "maxout" else 1


def cnn_channels(values: Values, shape: Shape) -> tuple[tuple[int, int, bool], ...]:
    """(channels in, channels out, pooled) of each convolution; sides halve while they are 4 or more."""
    layers, before, side = [], shape[0], min(shape[1:])
    width = values["width"]
    for _ in range(values["depth"]):
        pooled = side >= 4
        layers.append((before, width, pooled))
        before = width
        if pooled:
            side //= 2
            width = min(2 * width, MAX_WIDTH)
    return tuple(layers)


def cnn_features(values: Values, shape: Shape) -> int:
    """Numbers that reach the dense part."""
    layers = cnn_channels(values, shape)
    halvings = sum(pooled for *_, pooled in layers)
    sides = [side // 2**halvings for side in shape[1:]]
    return layers[-1][1] * prod(sides)
