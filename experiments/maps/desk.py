"""Who computes the maps of the server: one thread for everybody, beside the pages that show them.

Pages ask again and again for what they show, and get what is known by then. A sheet that nobody has asked for within
``PATIENCE`` seconds is let go of in the middle of a block. The coarsest grid comes first, whosever it is; of equally
coarse ones each gets a block in turn. What is whole is kept for everybody who asks for the same, within ``BYTES``.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic

from experiments.maps.computed import STRIDES, EndGrid, Growing
from experiments.maps.sheets import Sheet

PATIENCE = 4.0  # seconds; a page asks about twice in one
BYTES = 32_000_000
_SIDE = 32  # samples along each axis, with which a page need not wait any longer


class _Dropped(Exception):
    """Nobody waits for this sheet any more."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known of a sheet: the finest grid that is whole, or None, and the share done of the next."""

    grid: EndGrid | None
    share: float

    @property
    def last(self) -> bool:
        """Whether nothing finer will come."""
        return self.grid is not None and self.grid.last


@dataclass(eq=False)
class _Order:
    """A sheet that is asked for: until when it is wanted, and when it last had its turn."""

    until: float
    turn: int = 0
    growing: Growing | None = None
    problem: Exception | None = None

    @property
    def stride(self) -> int:
        return STRIDES[0] if self.growing is None else self.growing.stride


@dataclass(eq=False)
class Desk:
    """Takes orders and has them computed. All it holds is of this process and of no page."""

    _changed: Condition = field(default_factory=Condition)
    _kept: OrderedDict[Sheet, EndGrid] = field(default_factory=OrderedDict)
    _orders: dict[Sheet, _Order] = field(default_factory=dict)
    _thread: Thread | None = None
    _turn: int = 0

    def ask(self, sheets: Mapping[str, Sheet], wait: float = 0.0) -> dict[str, Answer]:
        """What is known of each sheet; for so many seconds it may be waited for something worth to be shown.

        Raises:
            ValueError: what ``descend`` says of hyperparameters that are not allowed.
        """
        until = monotonic() + wait
        with self._changed:
            self._order(sheets)
            while monotonic() < until and not all(self._shows(sheet) for sheet in sheets.values()):
                self._changed.wait(until - monotonic())
            return {name: self._answer(sheet) for name, sheet in sheets.items()}

    def _order(self, sheets: Mapping[str, Sheet]) -> None:
        for sheet in sheets.values():
            grid = self._kept.get(sheet)
            if grid is not None:
                self._kept.move_to_end(sheet)
            if grid is None or not grid.last:
                self._orders.setdefault(sheet, _Order(until=0.0)).until = monotonic() + PATIENCE
        if self._orders and self._thread is None:
            self._thread = Thread(target=self._work, name="maps", daemon=True)
            self._thread.start()

    def _shows(self, sheet: Sheet) -> bool:
        order = self._orders.get(sheet)
        grid = self._kept.get(sheet)
        return (order is not None and order.problem is not None) or (
            grid is not None and (grid.last or grid.side >= _SIDE)
        )

    def _answer(self, sheet: Sheet) -> Answer:
        order = self._orders.get(sheet)
        if order is not None and order.problem is not None:
            del self._orders[sheet]
            raise order.problem
        share = 0.0 if order is None or order.growing is None else order.growing.share
        return Answer(grid=self._kept.get(sheet), share=share)

    def _next(self) -> tuple[Sheet, _Order] | None:
        """Whose turn it is, after all that nobody waits for has been dropped."""
        now = monotonic()
        for sheet in [sheet for sheet, order in self._orders.items() if order.until < now]:
            del self._orders[sheet]
        able = [(sheet, order) for sheet, order in self._orders.items() if order.problem is None]
        return min(able, key=lambda each: (-each[1].stride, each[1].turn), default=None)

    def _work(self) -> None:
        while True:
            with self._changed:
                chosen = self._next()
                if chosen is None:
                    self._thread = None
                    return
                sheet, order = chosen
                self._turn += 1
                order.turn = self._turn
                before = self._kept.get(sheet)
            self._advance(sheet, order, before)

    def _advance(self, sheet: Sheet, order: _Order, before: EndGrid | None) -> None:
        def watched(_share: float) -> None:
            if order.until < monotonic():
                raise _Dropped

        grid: EndGrid | None = None
        try:
            order.growing = order.growing or Growing(sheet, before)
            order.growing.advance(watched)
            grid = order.growing.whole()
        except _Dropped:
            return
        except Exception as problem:  # whatever it is, it belongs to those who asked
            order.problem = problem
        with self._changed:
            if grid is not None:
                order.growing = None
                self._keep(sheet, grid)
                if grid.last:
                    self._orders.pop(sheet, None)
                else:
                    order.growing = Growing(sheet, grid)
            self._changed.notify_all()

    def _keep(self, sheet: Sheet, grid: EndGrid) -> None:
        self._kept[sheet] = grid
        self._kept.move_to_end(sheet)
        size = sum(each.nbytes for each in self._kept.values())
        while size > BYTES and len(self._kept) > 1:
            size -= self._kept.popitem(last=False)[1].nbytes


_desk = Desk()


def ask_grids(sheets: Mapping[str, Sheet], wait: float = 0.0) -> dict[str, Answer]:
    """What is known of each sheet by now, or a moment later; asking for it has it computed."""
    return _desk.ask(sheets, wait)
