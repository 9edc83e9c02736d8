"""GIF files from palette indices: one global palette, and of each frame only the rectangle that changed.

Format: "GIF89a Specification", CompuServe 1990. Pillow compresses the pixels; the container is written here because
pixels that stay must keep their index from frame to frame, which rules out flicker and keeps the file small.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

Indices = NDArray[np.uint8]

TRANSPARENT = 255
_HEADER = 13


def gif(frames: Iterable[tuple[Indices, int]], palette: NDArray[np.uint8]) -> bytes:
    """A GIF that repeats forever.

    Args:
        frames: pairs of indices ``(rows, columns)`` below 255 and milliseconds (rounded to hundredths of a second).
        palette: ``(256, 3)``; its last entry is never shown.
    """
    out = io.BytesIO()
    previous: Indices | None = None
    for indices, duration in frames:
        if previous is None:
            rows, columns = indices.shape
            # 0xF7: a global palette of 256 colors with 8 bits a channel.
            out.write(b"GIF89a" + struct.pack("<HHBBB", columns, rows, 0xF7, 0, 0) + palette.tobytes())
            out.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
        box, part = _changed(previous, indices)
        # 0x05: leave the frame in place, one index is transparent.
        out.write(struct.pack("<BBBBHBB", 0x21, 0xF9, 4, 0x05, max(round(duration / 10), 2), TRANSPARENT, 0))
        out.write(struct.pack("<BHHHHB", 0x2C, box[0], box[1], part.shape[1], part.shape[0], 0))
        out.write(_compressed(part))
        previous = indices
    if previous is None:
        raise ValueError("a GIF needs at least one frame; it was given none")
    out.write(b"\x3b")
    return out.getvalue()


def _changed(previous: Indices | None, indices: Indices) -> tuple[tuple[int, int], Indices]:
    """(left, top) of the rectangle that changed, and its pixels, transparent where they stay."""
    if previous is None:
        return (0, 0), indices
    changed = indices != previous
    rows, columns = np.nonzero(changed.any(axis=1))[0], np.nonzero(changed.any(axis=0))[0]
    if not len(rows):
        return (0, 0), np.full((1, 1), TRANSPARENT, dtype=np.uint8)
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    part = np.where(changed[window], indices[window], np.uint8(TRANSPARENT))
    return (int(columns[0]), int(rows[0])), part


def _compressed(part: Indices) -> bytes:
    """The code size and LZW blocks of one image: Pillow's, out of a GIF of its own."""
    buffer = io.BytesIO()
    PillowImage.fromarray(np.ascontiguousarray(part)).save(buffer, "GIF", optimize=False, interlace=False)
    data = buffer.getvalue()
    at = _HEADER + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    while data[at] == 0x21:
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    local = 3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0
    begin = at + 10 + local
    end = begin + 1
    while data[end]:
        end += data[end] + 1
    return data[begin : end + 1]
