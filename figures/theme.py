"""The one theme: which color, dash and marker every optimizer has on every page, and the colors of light and dark.

Colors are those of Okabe and Ito, "Color Universal Design" (2008), which stay apart for color-blind readers; dash,
marker and label are further cues. The field is cividis (Nunez, Anderton and Renslow, PLOS ONE 2018), which reads the
same with and without red-green vision, toned down so that the paths stand out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerals import readable

Dash = tuple[int, ...]

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"

# One meaning each wherever a network is pictured: its curves, the classes of its data, the signs of its weights, and
# what is wrong.
TRAINING, VALIDATION = BLUE, VERMILLION
CLASSES = (GREEN, PURPLE, SKY, ORANGE, BLACK)
POSITIVE, NEGATIVE = BLACK, YELLOW
ALARM = YELLOW

# Basins of minima, those of other points at rest, and what else becomes of a path: (on light, on dark).
BASINS = (BLUE, ORANGE, GREEN, PURPLE, SKY, YELLOW)
OTHER_REST = VERMILLION
ENDS: Mapping[str, tuple[str, str]] = {
    "moving": ("#A9AFB8", "#6B727D"),
    "left": ("#E3E6EB", "#2B313B"),
    "diverged": ("#1B2027", "#E7EBF0"),
    "undefined": ("#FFFFFF", "#10151B"),
    "resting": (BLACK, "#F2F2F2"),
    "slow": ("#E3E6EB", "#2B313B"),
    "swinging": (PURPLE, PURPLE),
}

# In the order in which lanes that cannot keep their own color take one.
COLORS = (VERMILLION, SKY, GREEN, PURPLE, BLUE, ORANGE, BLACK, YELLOW)

SOLID: Dash = ()
DASHED: Dash = (8, 4)
DOTTED: Dash = (2, 3)
DASH_DOT: Dash = (10, 3, 2, 3)
LONG_DASH: Dash = (16, 4)
DASHES = (SOLID, DASHED, DOTTED, DASH_DOT, LONG_DASH)


def _regular(corners: int, turn: float, inner: float = 1.0) -> tuple[tuple[float, float], ...]:
    angles = [turn + 2 * math.pi * i / corners for i in range(corners)]
    radii = [inner if inner != 1.0 and i % 2 else 1.0 for i in range(corners)]
    return tuple((round(r * math.cos(a), 4), round(r * math.sin(a), 4)) for r, a in zip(radii, angles, strict=True))


_UP = -math.pi / 2
_ARM = 0.36  # half the width of the cross's arms
_QUARTER = ((_ARM, -1.0), (_ARM, -_ARM), (1.0, -_ARM))
_CROSS = tuple((x * c - y * s, x * s + y * c) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1)) for x, y in _QUARTER)

# Outlines inside about the unit circle, y downward as on a screen; a circle has none.
MARKERS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "circle": (),
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "diamond": _regular(4, _UP),
    "triangle": _regular(3, _UP),
    "triangle_down": _regular(3, -_UP),
    "pentagon": _regular(5, _UP),
    "star": _regular(10, _UP, 0.5),
    "cross": _CROSS,
}

PLOTLY_MARKERS: Mapping[str, str] = {
    "circle": "circle",
    "square": "square",
    "diamond": "diamond",
    "triangle": "triangle-up",
    "triangle_down": "triangle-down",
    "pentagon": "pentagon",
    "star": "star",
    "cross": "cross",
}

_STYLES: Mapping[str, tuple[str, Dash, str]] = {
    "sgd": (BLACK, SOLID, "circle"),
    "momentum": (SKY, SOLID, "triangle"),
    "nesterov": (BLUE, SOLID, "triangle_down"),
    "adagrad": (YELLOW, SOLID, "square"),
    "rmsprop": (GREEN, SOLID, "diamond"),
    "adam": (VERMILLION, SOLID, "star"),
    "adamw": (ORANGE, SOLID, "pentagon"),
    "newton": (PURPLE, SOLID, "cross"),
    "momentum_ema": (SKY, DASHED, "triangle"),
    "lookahead": (SKY, DOTTED, "triangle"),
    "conjugate_gradient": (SKY, DASH_DOT, "triangle"),
    "adan": (BLUE, DOTTED, "triangle_down"),
    "ademamix": (BLUE, DASHED, "triangle_down"),
    "schedule_free_adamw": (BLUE, DASH_DOT, "triangle_down"),
    "adadelta": (YELLOW, DASHED, "square"),
    "shampoo": (YELLOW, DOTTED, "square"),
    "rprop": (GREEN, DASHED, "diamond"),
    "muon": (GREEN, DOTTED, "diamond"),
    "bfgs": (GREEN, DASH_DOT, "diamond"),
    "lbfgs": (GREEN, LONG_DASH, "diamond"),
    "adam_l2": (VERMILLION, DASHED, "star"),
    "amsgrad": (VERMILLION, DOTTED, "star"),
    "adamax": (VERMILLION, DASH_DOT, "star"),
    "lion": (ORANGE, DASHED, "pentagon"),
    "nadam": (ORANGE, DOTTED, "pentagon"),
    "radam": (ORANGE, DASH_DOT, "pentagon"),
    "prodigy": (ORANGE, LONG_DASH, "pentagon"),
    "asgd": (BLACK, DASHED, "circle"),
    "sam": (BLACK, DOTTED, "circle"),
    "gd_backtracking": (BLACK, DASH_DOT, "circle"),
    "coordinate_descent": (BLACK, LONG_DASH, "circle"),
    "damped_newton": (PURPLE, DASHED, "cross"),
    "sophia": (PURPLE, DOTTED, "cross"),
    "saddle_free_newton": (PURPLE, DASH_DOT, "cross"),
    "trust_region": (PURPLE, LONG_DASH, "cross"),
}


@dataclass(frozen=True, kw_only=True)
class Shades:
    """The colors around the lanes. halo surrounds trails and labels on the field; contour is drawn translucent."""

    background: str
    text: str
    muted: str
    grid: str
    halo: str
    contour: str


LIGHT = Shades(background="#FFFFFF", text="#1B2027", muted="#5B6270", grid="#E3E6EB", halo="#FFFFFF", contour="#FFFFFF")
DARK = Shades(background="#10151B", text="#E7EBF0", muted="#A3ABB8", grid="#2B313B", halo="#0B0D12", contour="#E7EBF0")

FONT = "'Source Sans Pro', 'Source Sans 3', 'Source Sans', system-ui, sans-serif"


def shades(dark: bool) -> Shades:
    """Text, grid and background of the light or the dark theme."""
    return DARK if dark else LIGHT


def on_background(color: str, dark: bool) -> str:
    """The lane color as charts and legends show it: black turns white on dark, yellow turns deeper on white."""
    if dark:
        return {BLACK: "#F2F2F2", BLUE: "#2A86D1"}.get(color, color)
    return {YELLOW: "#BFA900"}.get(color, color)


def optimizer_style(key: str) -> tuple[str, Dash, str]:
    """(color, dash, marker) of an optimizer, the same on every page.

    A key that is new to the theme takes a combination that no other optimizer has, always the same one.
    """
    if key in _STYLES:
        return _STYLES[key]
    taken = {(color, dash) for color, dash, _ in _STYLES.values()}
    free = [(color, dash) for dash in DASHES[1:] for color in COLORS if (color, dash) not in taken]
    number = zlib.crc32(key.encode())
    color, dash = free[number % len(free)]
    return color, dash, list(MARKERS)[number % len(MARKERS)]


_VIRIDIS = ("#440154", "#3B528B", "#21918C", "#5EC962", "#B5DE2B")
_CIVIDIS = (
    "#00224e",
    "#123570",
    "#3b496c",
    "#575d6d",
    "#707173",
    "#8a8678",
    "#a59c74",
    "#c3b369",
    "#e1cc55",
    "#fee838",
)


@cache
def field_palette(dark: bool) -> NDArray[np.uint8]:
    """``(256, 3)`` colors of the field from low to high: cividis, lighter on white and darker on black."""
    stops = np.array([rgb(color) for color in _CIVIDIS], dtype=np.float64)
    places = np.linspace(0, len(stops) - 1, 256)
    colors = np.stack([np.interp(places, np.arange(len(stops)), stops[:, channel]) for channel in range(3)], axis=-1)
    gray = colors.mean(axis=-1, keepdims=True)
    toned = 0.62 * (gray + 0.85 * (colors - gray)) if dark else 255 - 0.62 * (255 - colors)
    palette = np.round(toned).astype(np.uint8)
    palette.setflags(write=False)
    return palette


def field_color(level: float, dark: bool) -> str:
    """The color of a field level from 0 to 1, as hex."""
    r, g, b = field_palette(dark)[round(255 * min(max(level, 0.0), 1.0))]
    return f"#{r:02x}{g:02x}{b:02x}"


def steps_color(level: float) -> str:
    """The color of a number of steps, from 0 (many) to 1 (few), as hex: cividis, the same on light and dark."""
    return _between(_CIVIDIS, level)


def well_color(level: float, dark: bool) -> str:
    """The color of a minimum on a line, from 0 (the leftmost) to 1, as hex: viridis without what the page hides."""
    return _between(_VIRIDIS[1:] if dark else _VIRIDIS[:-1], level)


def fading_color(color: str, level: float, dark: bool) -> str:
    """From what hardly stands out against the background (0) to a lane color (1), as hex."""
    faint = _between((shades(dark).background, shades(dark).muted), 0.5)
    return _between((faint, on_background(color, dark)), level)


def _between(colors: Sequence[str], level: float) -> str:
    stops = np.array([rgb(color) for color in colors], dtype=np.float64)
    place = min(max(level, 0.0), 1.0) * (len(stops) - 1)
    r, g, b = (round(float(np.interp(place, np.arange(len(stops)), stops[:, channel]))) for channel in range(3))
    return f"#{r:02x}{g:02x}{b:02x}"


def plotly_colorscale(dark: bool) -> list[list[Any]]:
    """The field's palette for Plotly."""
    return [[i / 10, field_color(i / 10, dark)] for i in range(11)]


def rgb(color: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as three numbers from 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def plotly_dash(dash: Dash) -> str:
    """A dash pattern as Plotly writes it."""
    return ",".join(f"{length}px" for length in dash) if dash else "solid"


def format_number(x: float) -> str:
    """Three significant digits with separators, as everywhere in the app."""
    return readable(x)


def plotly_layout(dark: bool) -> dict[str, Any]:
    """Layout every Plotly figure starts from: fonts, colors, grid, margins, legend above, numbers with separators."""
    shade = shades(dark)
    axis = {
        "gridcolor": shade.grid,
        "linecolor": shade.grid,
        "zerolinecolor": shade.grid,
        "tickcolor": shade.grid,
        "tickfont": {"color": shade.muted, "size": 12},
        "title": {"font": {"color": shade.text, "size": 13}, "standoff": 8},
        "exponentformat": "power",
        "separatethousands": True,
        "automargin": True,
    }
    return {
        "paper_bgcolor": shade.background,
        "plot_bgcolor": shade.background,
        "font": {"family": FONT, "size": 13, "color": shade.text},
        "colorway": [on_background(color, dark) for color in COLORS],
        "margin": {"l": 8, "r": 8, "t": 32, "b": 8},
        "legend": {
            "orientation": "h",
            "yanchor": "bottom",
            "y": 1.0,
            "xanchor": "left",
            "x": 0.0,
            "bgcolor": "rgba(0,0,0,0)",
        },
        "hoverlabel": {
            "bgcolor": shade.background,
            "bordercolor": shade.grid,
            "font": {"color": shade.text, "family": FONT},
        },
        "separators": ".,",
        "xaxis": axis,
        "yaxis": axis,
    }
