"""The reports of one run as arrays that grow: what is added costs what is added, and what was given out stays as it is.

Views of a buffer stay true because later reports only write behind them; where something must change, the buffer is
made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainers.diagnosis import Layers
from trainers.store import COLUMNS, NUMBERS, Line, numbers_from_bytes, table_from

Array = NDArray[np.float64]
SERIES = tuple(name for name in NUMBERS if name not in ("epoch", "baseline_loss"))
LOOKS = ("epoch", "train_loss", "val_loss", "train_metric", "val_metric", "batch_loss")
_SIZE = 8 * len(NUMBERS)
_EPOCH = NUMBERS.index("epoch")


@dataclass(eq=False)
class Growing:
    """``(*shape, n)`` numbers with room for more behind them."""

    shape: tuple[int, ...]
    used: int = 0
    buffer: Array = field(init=False)

    def __post_init__(self) -> None:
        self.buffer = np.full((*self.shape, 64), np.nan)

    def add(self, values: Array) -> None:
        """values: ``(*shape, k)``."""
        needed = self.used + values.shape[-1]
        if needed > self.buffer.shape[-1]:
            self._copy(self.used, 2 * needed)
        self.buffer[..., self.used : needed] = values
        self.used = needed

    def shorten(self, used: int) -> None:
        """Forget what is behind; views given out keep it."""
        self._copy(used, self.buffer.shape[-1])
        self.used = used

    def _copy(self, used: int, room: int) -> None:
        larger = np.full((*self.shape, room), np.nan)
        larger[..., :used] = self.buffer[..., :used]
        self.buffer = larger

    def view(self) -> Array:
        view = self.buffer[..., : self.used]
        view.flags.writeable = False
        return view


class Columns:
    """Complete reports in ``numbers`` ``(16, n)`` and ``inside`` ``(10, layers, n)``; looks after the last of them."""

    def __init__(self) -> None:
        self.numbers, self.looks = Growing((len(NUMBERS),)), Growing((len(NUMBERS),))
        self.inside: Growing | None = None  # (columns, layers, n)
        self.names: tuple[str, ...] = ()
        self.sizes: tuple[int, ...] = ()
        self.last = self.damaged = 0

    @property
    def nbytes(self) -> int:
        parts = [self.numbers, self.looks, *([] if self.inside is None else [self.inside])]
        return sum(part.buffer.nbytes for part in parts)

    def add(self, lines: Sequence[Line]) -> None:
        """Reports in the order of their numbers."""
        if not lines:
            return
        self.last = lines[-1].number
        readable = [line for line in lines if len(line.numbers) == _SIZE]
        self.damaged += len(lines) - len(readable)
        whole = [line for line in readable if line.complete]
        after = whole[-1].number if whole else 0
        looks = [line for line in readable if not line.complete and line.number > after]
        if whole:
            self.looks = Growing((len(NUMBERS),))
            self._add_whole(whole)
        if looks:
            self.looks.add(numbers_from_bytes([line.numbers for line in looks]).T)

    def _add_whole(self, lines: list[Line]) -> None:
        values = numbers_from_bytes([line.numbers for line in lines])
        # Epochs rise: of two reports of one epoch the later counts.
        epochs = values[:, _EPOCH]
        later = np.append(np.minimum.accumulate(epochs[::-1])[::-1][1:], np.inf)
        rising = epochs < later
        lines = [line for line, good in zip(lines, rising, strict=True) if good]
        values = values[rising]
        before = self.numbers.view()[_EPOCH]
        length = int(np.searchsorted(before, values[0, _EPOCH]))
        if length < self.numbers.used:
            self.numbers.shorten(length)
            if self.inside is not None:
                self.inside.shorten(length)
        self._add_inside(lines)
        self.numbers.add(values.T)

    def _add_inside(self, lines: list[Line]) -> None:
        tables: list[Array | None] = []
        for line in lines:
            table = None
            if line.inside is not None:
                try:
                    names, sizes, values = table_from(line.inside)
                except (ValueError, TypeError):
                    self.damaged += 1
                else:
                    if self.inside is None or names != self.names:
                        # The first of its layers: what came before has none of them.
                        self.names, self.sizes = names, sizes
                        self.inside = Growing((len(COLUMNS), len(names)))
                        self.inside.add(np.full((*self.inside.shape, self.numbers.used), np.nan))
                        tables = [None] * len(tables)
                    table = values
            tables.append(table)
        if self.inside is not None:
            blank = np.full(self.inside.shape, np.nan)
            self.inside.add(np.stack([blank if table is None else table for table in tables], axis=-1))

    def series(self) -> dict[str, Array]:
        """By name, each ``(n,)``; the epochs among them."""
        return dict(zip(NUMBERS, self.numbers.view(), strict=True))

    def looks_by_name(self) -> dict[str, Array]:
        view = self.looks.view()
        return {name: view[NUMBERS.index(name)] for name in LOOKS}

    def layers(self) -> Layers | None:
        """Columns ``(n, layers)``; None where no report has any."""
        if self.inside is None:
            return None
        view = self.inside.view()
        columns = {name: view[i].T for i, name in enumerate(COLUMNS)}
        return Layers(names=self.names, sizes=np.array(self.sizes, dtype=np.float64), columns=columns)
