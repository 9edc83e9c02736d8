"""Convolutional networks for small images: a plain one with pooling, and a residual one.

The residual block is He et al. (2016), arXiv:1512.03385: two 3 x 3 convolutions, each normalized, added to the input; a
1 x 1 convolution brings the input to the new size where it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn

from networks.normalizing import weight_normed


class CNN(nn.Module):
    """``(rows, channels, height, width)`` to ``(rows, outputs)``.

    layers: (channels in, channels out, whether a 2 x 2 pooling follows). hidden: units of the dense layer, 0 for none.
    """

    def __init__(
        self,
        layers: Sequence[tuple[int, int, bool]],
        features: int,
        hidden: int,
        outputs: int,
        *,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] | None = None,
        weight_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        convolutions: list[nn.Module] = []
        for before, after, pooled in layers:
            convolution = weight_normed(nn.Conv2d(before, after, 3, padding=1), weight_norm)
            convolutions += [convolution, *([norm(after)] if norm else []), activation()]
            convolutions += [nn.MaxPool2d(2)] if pooled else []
        dense: list[nn.Module] = [nn.Flatten()]
        if hidden:
            dense += [weight_normed(nn.Linear(features, hidden), weight_norm), activation()]
        dense += [nn.Dropout(dropout)] if dropout else []
        self.convolutions = nn.Sequential(*convolutions)
        self.dense = nn.Sequential(*dense, nn.Linear(hidden or features, outputs))

    def forward(self, x: Tensor) -> Tensor:
        return self.dense(self.convolutions(x))


class ResidualBlock(nn.Module):
    """Two convolutions added to the input; ``stride`` 2 halves the image."""

    def __init__(
        self,
        before: int,
        after: int,
        stride: int,
        activation: Callable[[], nn.Module],
        norm: Callable[[int], nn.Module] | None,
        weight_norm: bool = False,
    ) -> None:
        super().__init__()
        bias = norm is None
        self.body = nn.Sequential(
            weight_normed(nn.Conv2d(before, after, 3, stride, 1, bias=bias), weight_norm),
            *([norm(after)] if norm else []),
            activation(),
            weight_normed(nn.Conv2d(after, after, 3, 1, 1, bias=bias), weight_norm),
            *([norm(after)] if norm else []),
        )
        self.shortcut = nn.Sequential()
        if before != after:
            self.shortcut = nn.Sequential(
                weight_normed(nn.Conv2d(before, after, 1, stride, bias=bias), weight_norm),
                *([norm(after)] if norm else []),
            )
        self.activation = activation()

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.body(x) + self.shortcut(x))


class ResNet(nn.Module):
    """``(rows, channels, height, width)`` to ``(rows, outputs)``: ``stages`` of ``blocks``, each twice as wide."""

    def __init__(
        self,
        channels: int,
        stages: int,
        blocks: int,
        width: int,
        outputs: int,
        *,
        activation: Callable[[], nn.Module] = nn.ReLU,
        norm: Callable[[int], nn.Module] | None = nn.BatchNorm2d,
        weight_norm: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        first = nn.Conv2d(channels, width, 3, padding=1, bias=norm is None)
        stem = [weight_normed(first, weight_norm), *([norm(width)] if norm else []), activation()]
        body: list[nn.Module] = []
        before = width
        for stage in range(stages):
            for _ in range(blocks):
                after = width * 2**stage
                body.append(ResidualBlock(before, after, 1 if before == after else 2, activation, norm, weight_norm))
                before = after
        self.stem = nn.Sequential(*stem)
        self.body = nn.Sequential(*body)
        self.head = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(before, outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(self.stem(x)))
