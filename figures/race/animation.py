"""A race as a GIF that drops into slides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from experiments.race import RaceResult
from figures.drawing import TRANSPARENT, canvas, field_lane_color, gif, paint, paint_inside
from figures.race.backdrop import Stage, backdrop, race_stage
from figures.race.legend import legend
from figures.race.runners import Slots, heads, trails
from figures.theme import on_background, rgb, shades

_SCALE = 2
_HOLD = 2000  # milliseconds that the end stays
_BITS = 5
_DRAWN_WHOLE = 4000  # steps of all lanes together, up to which every frame draws its trails anew


def race_gif(
    result: RaceResult,
    *,
    width: int = 720,
    height: int = 540,
    seconds: float = 6,
    fps: int = 15,
    dark: bool = False,
    progress: Callable[[float], None] | None = None,
) -> bytes:
    """The race from its start to its end, repeated forever; the last frame stays for two seconds.

    ``progress`` is called with the finished share from 0 to 1. A race of few steps shows each once. In one of very many
    a frame adds to the trails of the last one: what is newer lies above.

    Raises:
        ValueError: seconds outside 1 to 30, fps outside 1 to 50, or a size outside 64 to 4,096 pixels.
    """
    if not 1 <= seconds <= 30:
        raise ValueError(f"seconds was given {seconds!r}; allowed are 1 to 30")
    if not 1 <= fps <= 50:
        raise ValueError(f"fps was given {fps!r}; allowed are 1 to 50")
    stage = race_stage(result, width=width, height=height, dark=dark)
    count = min(round(seconds * fps), result.race.steps + 1)
    steps = [int(step) for step in np.round(np.linspace(0, result.race.steps, count))]
    base = canvas(backdrop(stage), _SCALE)
    still = base.reduce(_SCALE)
    colors = _palette(stage, still)
    return gif(_frames(stage, base, still, colors, steps, round(1000 * seconds / count), progress), colors)


def _frames(
    stage: Stage,
    base: PillowImage.Image,
    still: PillowImage.Image,
    colors: NDArray[np.uint8],
    steps: Sequence[int],
    duration: int,
    progress: Callable[[float], None] | None,
) -> Iterator[tuple[NDArray[np.uint8], int]]:
    nearest = _nearest(colors)
    plain = np.asarray(still)
    background = _closest(plain, colors)
    picture = backdrop(stage)
    slots: Slots = {}
    adds = stage.result.race.steps * len(stage.lanes) > _DRAWN_WHOLE
    trodden, since = base.copy(), 0
    for number, step in enumerate(steps):
        if adds:
            paint_inside(trodden, picture, trails(stage, step, since), _SCALE)
            image, since = trodden.copy(), step
            paint_inside(image, picture, heads(stage, step, slots), _SCALE)
        else:
            image = base.copy()
            paint_inside(image, picture, trails(stage, step) + heads(stage, step, slots), _SCALE)
        paint(image, legend(stage, step), _SCALE)
        pixels = np.asarray(image.reduce(_SCALE))
        different = pixels != plain
        changed = different[..., 0] | different[..., 1] | different[..., 2]
        indices = background.copy()
        indices[changed] = _indices(pixels[changed], nearest)
        if progress is not None:
            progress((number + 1) / len(steps))
        yield indices, _HOLD if number == len(steps) - 1 else duration


def _palette(stage: Stage, still: PillowImage.Image) -> NDArray[np.uint8]:
    """``(256, 3)``: every lane's color and its blends exactly, the rest from what stands still."""
    shade = shades(stage.dark)
    exact: list[tuple[int, int, int]] = []
    for light, deep, blends in (
        (shade.background, shade.text, 6),
        (shade.background, shade.muted, 4),
        *((shade.halo, field_lane_color(lane.color, stage.dark), 4) for lane in stage.lanes),
        *((shade.background, on_background(lane.color, stage.dark), 2) for lane in stage.lanes),
    ):
        share = np.linspace(0, 1, blends + 1)[:, None]
        mixed = np.round((1 - share) * np.array(rgb(light)) + share * np.array(rgb(deep))).astype(int)
        exact.extend(color for color in map(tuple, mixed.tolist()) if color not in exact)
    rest = still.quantize(TRANSPARENT - len(exact), PillowImage.Quantize.MEDIANCUT, dither=PillowImage.Dither.NONE)
    palette = np.array(rest.getpalette() or [], dtype=np.uint8).reshape(-1, 3)[: TRANSPARENT - len(exact)]
    colors = np.zeros((256, 3), dtype=np.uint8)
    colors[: len(exact)] = exact
    colors[len(exact) : len(exact) + len(palette)] = palette
    colors[len(exact) + len(palette) :] = exact[0]
    return colors


def _closest(pixels: NDArray[np.uint8], colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Palette indices of an image, each the very nearest: the field must not band."""
    packed = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    shown, place = np.unique(packed, return_inverse=True)
    channels = np.stack([shown >> 16, (shown >> 8) & 255, shown & 255], axis=-1).astype(np.float32)
    entries = colors[:TRANSPARENT].astype(np.float32)
    closest = ((entries**2).sum(axis=1) - 2 * channels @ entries.T).argmin(axis=1).astype(np.uint8)
    return closest[place].reshape(packed.shape)


def _nearest(colors: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The palette index nearest to every color of 5 bits a channel; palette colors themselves keep their own index.

    Only what moves over the background is looked up here, a hundred times faster than by distance.
    """
    size = 1 << _BITS
    centers = (np.arange(size) + 0.5) * (256 / size)
    cube = np.stack(np.meshgrid(centers, centers, centers, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    entries = colors[:TRANSPARENT].astype(np.float32)
    distance = (entries**2).sum(axis=1) - 2 * cube @ entries.T
    table = distance.argmin(axis=1).astype(np.uint8)
    table[_cells(colors[:TRANSPARENT])[::-1]] = np.arange(TRANSPARENT, dtype=np.uint8)[::-1]
    return table


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.intp]:
    r, g, b = (pixels[..., channel].astype(np.intp) >> (8 - _BITS) for channel in range(3))
    return (r << (2 * _BITS)) | (g << _BITS) | b


def _indices(pixels: NDArray[np.uint8], nearest: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return nearest[_cells(pixels)]
