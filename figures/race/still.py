"""Still pictures of a race: SVG for print, PNG for slides, thumbnails for the gallery."""

from __future__ import annotations

import io

from experiments.race import RaceResult, check_step
from figures.drawing import Picture, raster, svg
from figures.race.backdrop import backdrop, race_stage
from figures.race.legend import legend
from figures.race.runners import runners


def race_svg(
    result: RaceResult,
    *,
    width: int = 960,
    height: int = 640,
    dark: bool = False,
    step: int | None = None,
    chrome: bool = True,
) -> str:
    """The race up to ``step`` (None: its end) as a standalone SVG. ``chrome`` False leaves out all text and axes."""
    return svg(race_picture(result, width=width, height=height, dark=dark, step=step, chrome=chrome))


def race_png(
    result: RaceResult,
    *,
    width: int = 960,
    height: int = 640,
    dark: bool = False,
    step: int | None = None,
    chrome: bool = True,
) -> bytes:
    """The same picture as PNG, ``width`` by ``height`` pixels."""
    picture = race_picture(result, width=width, height=height, dark=dark, step=step, chrome=chrome)
    buffer = io.BytesIO()
    raster(picture, 3 if chrome else 2).save(buffer, "PNG", compress_level=6 if chrome else 3)
    return buffer.getvalue()


def race_picture(
    result: RaceResult, *, width: int, height: int, dark: bool = False, step: int | None = None, chrome: bool = True
) -> Picture:
    """The race up to ``step`` as a drawing.

    Raises:
        ValueError: a step that the race does not have, or a size outside 64 to 4,096 pixels.
    """
    step = check_step(result, step)
    stage = race_stage(result, width=width, height=height, dark=dark, chrome=chrome)
    picture = backdrop(stage)
    picture.inside.extend(runners(stage, step))
    if chrome:
        picture.outside.extend(legend(stage, step))
    return picture
