"""Long curves with fewer points: each bucket of entries keeps its first, its lowest, its highest and its last one.

Buckets hold a power of two of entries and begin at multiples of it: while a run grows the points that were kept stay
the same, until all buckets double.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


def bucket_size(count: int, buckets: int) -> int:
    """Entries a bucket, so that ``count`` of them need at most so many buckets."""
    return 2 ** max(0, math.ceil(math.log2(max(count, 1) / buckets)))


def shared_rows(columns: Sequence[Array], buckets: int) -> Rows:
    """Rows to keep of columns ``(n,)`` that are shown together, rising: the extremes of each of them are among them."""
    count = len(columns[0])
    size = bucket_size(count, buckets)
    starts = np.arange(0, count, size)
    picks = [starts, np.minimum(starts + size - 1, count - 1)]
    for column in columns:
        low, high = _extremes(column[:, None], size)
        picks += [low[0], high[0]]
    return np.unique(np.concatenate(picks))


def own_rows(table: Array, buckets: int) -> Rows:
    """Four rows a bucket for each column of ``(n, m)``, rising: ``(m, kept)``. A row may be there more than once."""
    count = len(table)
    size = bucket_size(count, buckets)
    starts = np.arange(0, count, size)
    low, high = _extremes(table, size)
    first = np.broadcast_to(starts, low.shape)
    last = np.broadcast_to(np.minimum(starts + size - 1, count - 1), low.shape)
    rows = np.stack([first, np.minimum(low, high), np.maximum(low, high), last], axis=2)
    return rows.reshape(len(low), -1)


def _extremes(table: Array, size: int) -> tuple[Rows, Rows]:
    """Rows of the lowest and the highest number of each column and bucket, ``(m, buckets)``; NaN is neither."""
    count, width = table.shape
    padded = np.empty((width, -(-count // size) * size))
    padded[:, :count] = table.T
    padded[:, count:] = padded[:, count - 1 : count]
    blocks = padded.reshape(width, -1, size)
    begin = np.arange(0, padded.shape[1], size)
    unknown = np.isnan(blocks)
    if unknown.any():
        low, high = np.where(unknown, np.inf, blocks).argmin(2), np.where(unknown, -np.inf, blocks).argmax(2)
    else:
        low, high = blocks.argmin(2), blocks.argmax(2)
    return np.minimum(begin + low, count - 1), np.minimum(begin + high, count - 1)
