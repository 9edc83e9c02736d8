"""Still pictures of live curves: SVG for print, PNG for slides. One panel, and the network's picture beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from figures.drawing import MARGIN, SMALL, TITLE, Picture, Text, canvas, shortened, svg
from figures.live.panels import PANELS
from figures.live.still_chart import Chart, chart_items, number_chart, still_chart
from figures.live.still_picture import has_still, network_items
from figures.theme import shades
from numerals import readable_epoch

if TYPE_CHECKING:
    from trainers.lab import Feed


Clock = Literal["epoch", "step", "seconds"]

WIDTH, HEIGHT = 768, 432
"""A slide in the units of its type: at 1920 by 1080 pixels the smallest letters are 27 pixels high."""
_FINE, _REDUCED = 5, 2  # drawn so much larger, then smoothed by so much


def live_svg(
    watched: Sequence[Feed], *, panel: str = "loss", width: int = WIDTH, height: int = HEIGHT, dark: bool = False
) -> str:
    """The panel of the runs, as they stand, as a standalone SVG."""
    return svg(live_picture(watched, panel=panel, width=width, height=height, dark=dark))


def live_png(
    watched: Sequence[Feed], *, panel: str = "loss", width: int = WIDTH, height: int = HEIGHT, dark: bool = False
) -> bytes:
    """The same picture as PNG, two and a half times as many pixels: 1920 by 1080 as it is."""
    return _png(live_picture(watched, panel=panel, width=width, height=height, dark=dark))


def comparison_svg(watched: Sequence[Feed], number: str, *, x: Clock = "epoch", dark: bool = False) -> str:
    """One number of the runs as a standalone SVG; see ``comparison_payload``."""
    return svg(comparison_picture(watched, number, x=x, dark=dark))


def comparison_png(watched: Sequence[Feed], number: str, *, x: Clock = "epoch", dark: bool = False) -> bytes:
    """The same picture as PNG, 1920 by 1080."""
    return _png(comparison_picture(watched, number, x=x, dark=dark))


def comparison_picture(watched: Sequence[Feed], number: str, *, x: Clock = "epoch", dark: bool = False) -> Picture:
    """One number of up to eight runs on one chart as a drawing; ``number``: a key of ``numbers_of``.

    Raises:
        ValueError: an unknown number.
    """
    frame = (60.0, 58.0, float(WIDTH - MARGIN), HEIGHT - 46.0)
    chart = number_chart(watched, number, x, frame, dark)
    picture = Picture(
        width=WIDTH,
        height=HEIGHT,
        background=shades(dark).background,
        frame=chart.frame,
        title=f"{chart.title} by {x}",
        description=chart.description,
    )
    chart_items(chart, picture)
    return picture


def _png(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    canvas(picture, _FINE).reduce(_REDUCED).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def known_panel(key: str) -> str:
    """The key of a panel as a link may name it; the loss where there is none of that name."""
    return key if key in {panel.key for panel in PANELS} else "loss"


def live_picture(
    watched: Sequence[Feed], *, panel: str, width: int = WIDTH, height: int = HEIGHT, dark: bool = False
) -> Picture:
    """The runs on one chart as a drawing; what the network of a single run looks like stands beside it.

    Raises:
        ValueError: an unknown panel, no run or more than eight, or a size outside 240 to 4,096 pixels.
    """
    for name, size in (("width", width), ("height", height)):
        if not 240 <= size <= 4096:
            raise ValueError(f"{name} was given {size!r}; allowed are 240 to 4096 pixels")
    shade = shades(dark)
    beside = len(watched) == 1 and has_still(watched[0]) and width >= 640
    top, bottom = 58.0, height - 46.0
    right = width * (0.62 if beside else 1.0) - MARGIN
    chart: Chart = still_chart(watched, panel, (60.0, top, right, bottom), dark)
    names = ", ".join(run.run.role or run.run.name for run in watched)
    picture = Picture(
        width=width,
        height=height,
        background=shade.background,
        frame=chart.frame,
        title=names,
        description=chart.description,
    )
    chart_items(chart, picture)
    title = shortened(names, TITLE, width - 60.0 - MARGIN)
    picture.outside.append(Text(x=60.0, y=26, text=title, size=TITLE, color=shade.text, bold=True))
    if beside:
        frame = (width * 0.62 + 44.0, top, width - float(MARGIN), bottom)
        picture.outside.extend(network_items(watched[0], frame, dark))
        epoch = f"the network at epoch {readable_epoch(watched[0].album[-1][0])}"
        picture.outside.append(Text(x=frame[0], y=top - 8, text=epoch, size=SMALL, color=shade.muted))
    return picture
