"""Which rows each step of a descent sees: mini-batches, fixed by a seed so that every path can be repeated anywhere.

What is random comes from a hash of counters in 32-bit arithmetic, which a browser and a few lines of any language
repeat exactly: C. Wellons (2018), Prospecting for hash functions ("lowbias32").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]


def hashed(seed: int, stream: int, count: int) -> NDArray[np.uint32]:
    """The first ``count`` numbers of a stream, ``(count,)``: each of 32 bits is as good as drawn."""
    mixed = _mixed(np.array([(seed & 0xFFFFFFFF) ^ 0x9E3779B9], dtype=np.uint32))
    mixed = _mixed(mixed + np.array([stream & 0xFFFFFFFF], dtype=np.uint32))
    return _mixed(np.arange(count, dtype=np.uint32) + mixed)


def _mixed(bits: NDArray[np.uint32]) -> NDArray[np.uint32]:
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        bits = np.bitwise_xor(bits, np.right_shift(bits, np.uint32(shift))) * np.uint32(factor)
    return np.bitwise_xor(bits, np.right_shift(bits, np.uint32(16)))


@lru_cache(maxsize=4096)
def _order(seed: int, epoch: int, rows: int) -> Indices:
    order = np.argsort(hashed(seed, epoch, rows), kind="stable")
    order.flags.writeable = False
    return order


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Mini-batches of ``size`` of ``rows`` rows.

    Without replacement every epoch sees each row once, in an order of its own; its last batch holds what is left, as
    PyTorch's DataLoader has it. With replacement each row of each batch is drawn from all of them.

    Raises:
        ValueError: a size that is not a whole number from 1 to ``rows``.
    """

    rows: int
    size: int
    seed: int = 0
    replacement: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.size <= self.rows:
            raise ValueError(
                f"the batch size was given as {self.size}; allowed is a whole number from 1 to {self.rows}"
            )

    @property
    def an_epoch(self) -> int:
        """Steps of an epoch."""
        return -(-self.rows // self.size)

    def of_step(self, k: int) -> Indices:
        """The rows of step k (from 0), as places in the table."""
        if self.replacement:
            drawn = hashed(self.seed, k, self.size)
            return (drawn.astype(np.float64) / 2.0**32 * self.rows).astype(np.intp)
        epoch, place = divmod(k, self.an_epoch)
        return self.of_epoch(epoch)[place * self.size : (place + 1) * self.size]

    def of_epoch(self, epoch: int) -> Indices:
        """All rows in the order of an epoch (from 0), ``(rows,)``.

        Raises:
            ValueError: rows are drawn with replacement, which knows no epochs.
        """
        if self.replacement:
            raise ValueError("rows that are drawn with replacement have no order; allowed is replacement=False")
        return _order(self.seed, epoch, self.rows)

    def sizes(self, steps: int) -> NDArray[np.int64]:
        """How many rows each of the first ``steps`` steps sees, ``(steps,)``."""
        if self.replacement:
            return np.full(steps, self.size, dtype=np.int64)
        place = np.arange(steps) % self.an_epoch
        return np.minimum(self.size, self.rows - place * self.size).astype(np.int64)
