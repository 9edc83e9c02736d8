"""The color and dash of every loss and distance, the same in all pictures of the page."""

from __future__ import annotations

from collections.abc import Mapping

from figures.theme import (
    BLACK,
    BLUE,
    DASH_DOT,
    DASHED,
    DOTTED,
    GREEN,
    LONG_DASH,
    ORANGE,
    PURPLE,
    SKY,
    SOLID,
    VERMILLION,
    Dash,
    on_background,
)

_STYLES: Mapping[str, tuple[str, Dash]] = {
    "mse": (VERMILLION, SOLID),
    "mae": (BLUE, DASHED),
    "huber": (GREEN, DASH_DOT),
    "bce": (BLUE, SOLID),
    "cross_entropy": (BLUE, SOLID),
    "kl": (SKY, SOLID),
    "sigmoid_mse": (VERMILLION, DASHED),
    "hinge": (GREEN, DASH_DOT),
    "squared_hinge": (PURPLE, LONG_DASH),
    "forward": (VERMILLION, SOLID),
    "reverse": (PURPLE, DASHED),
    "js": (BLUE, DASH_DOT),
    "wasserstein": (GREEN, SOLID),
}
_OTHER = (BLACK, DOTTED)
P_COLOR, Q_COLOR = SKY, ORANGE


def loss_color(key: str) -> str:
    """The color of a loss or a distance; the one without a place here is black."""
    return _STYLES.get(key, _OTHER)[0]


def loss_dash(key: str) -> Dash:
    """Its dash."""
    return _STYLES.get(key, _OTHER)[1]


def both_colors(color: str) -> list[str]:
    """A color on light and on dark."""
    return [on_background(color, dark) for dark in (False, True)]
