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
    kept = [starts, np.minimum(starts + size - 1, count - 1)]
    for column in columns:
        low, high = _extremes(column[:, None], size)
        kept += [low[:, 0], high[:, 0]]
    return np.unique(np.concatenate(kept))


def own_rows(table: Array, buckets: int) -> Rows:
    """Four rows a bucket for each column of ``(n, m)``, rising: ``(m, kept)``. A row may be there more than once."""
    count = len(table)
    size = bucket_size(count, buckets)
    starts = np.arange(0, count, size)
    first = np.broadcast_to(starts[:, None], (len(starts), table.shape[1]))
    low, high = _extremes(table, size)
    last = np.broadcast_to(np.minimum(starts + size - 1, count - 1)[:, None], first.shape)
    rows = np.stack([first, np.minimum(low, high), np.maximum(low, high), last], axis=1)
    return rows.reshape(-1, table.shape[1]).T


def _extremes(table: Array, size: int) -> tuple[Rows, Rows]:
    """Rows of the lowest and the highest finite number of each bucket and column, ``(buckets, m)``."""
    count, width = table.shape
    padded = np.full((-(-count // size) * size, width), np.nan)
    padded[:count] = table
    blocks = padded.reshape(-1, size, width)
    begin = np.arange(0, len(padded), size)[:, None]
    known = ~np.isnan(blocks)
    low = begin + np.where(known, blocks, np.inf).argmin(1)
    high = begin + np.where(known, blocks, -np.inf).argmax(1)
    return np.minimum(low, count - 1), np.minimum(high, count - 1)
