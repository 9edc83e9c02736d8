"""Still pictures of live curves: SVG for print, PNG for slides. One panel, and the network's picture beside it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from figures.drawing import MARGIN, SMALL, TITLE, Picture, Text, raster, shortened, svg
from figures.live.still_chart import Chart, chart_items, still_chart
from figures.live.still_picture import has_still, network_items
from figures.theme import shades

if TYPE_CHECKING:
    from trainers.lab import Feed


def live_svg(
    watched: Sequence[Feed], *, panel: str = "loss", width: int = 960, height: int = 460, dark: bool = False
) -> str:
    """The panel of the runs, as they stand, as a standalone SVG."""
    return svg(live_picture(watched, panel=panel, width=width, height=height, dark=dark))


def live_png(
    watched: Sequence[Feed], *, panel: str = "loss", width: int = 960, height: int = 460, dark: bool = False
) -> bytes:
    """The same picture as PNG, ``width`` by ``height`` pixels."""
    buffer = io.BytesIO()
    picture = live_picture(watched, panel=panel, width=width, height=height, dark=dark)
    raster(picture, 3).save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def live_picture(
    watched: Sequence[Feed], *, panel: str, width: int = 960, height: int = 460, dark: bool = False
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
        epoch = f"the network at epoch {watched[0].album[-1][0]:g}"
        picture.outside.append(Text(x=frame[0], y=top - 8, text=epoch, size=SMALL, color=shade.muted))
    return picture
