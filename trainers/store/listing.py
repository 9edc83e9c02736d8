"""Which runs a list shows and in which order, asked of the database: of ten thousand runs only those shown are read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ColumnElement

from trainers.store.changes import known_form
from trainers.store.codec import clean
from trainers.store.tables import EXPERIMENTS, RUNS, is_of
from trainers.store.types import ELSEWHERE

IMPORTED, WATCHED = "imported", "watched"
_DATA = sa.func.coalesce(RUNS.c.data, sa.case((RUNS.c.device == ELSEWHERE, WATCHED), else_=IMPORTED))
_COLUMNS: Mapping[str, Column[Any] | ColumnElement[Any]] = {
    "data": _DATA,
    **{name: RUNS.c[name] for name in ("name", "optimizer", "status", "verdict", "best_val_loss", "val_metric")},
    **{name: RUNS.c[name] for name in ("seconds", "created")},
}


@dataclass(frozen=True, kw_only=True)
class Order:
    """By a column: name, data, optimizer, status, verdict, best_val_loss, val_metric, seconds or created.

    What is empty comes last either way, and of equal ones the newest first. words: what a key of the column is shown
    as, which is then what counts.

    Raises:
        ValueError: another column.
    """

    column: str
    down: bool = False
    words: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        if self.column not in _COLUMNS:
            raise ValueError(f"column was given {self.column!r:.40}; allowed is one of {', '.join(_COLUMNS)}")

    def terms(self) -> list[ColumnElement[Any]]:
        """For ``order_by``."""
        by: ColumnElement[Any] = _COLUMNS[self.column]
        if self.words is not None:
            ranks = {word: place for place, word in enumerate(sorted(set(self.words.values()), key=str.casefold))}
            by = sa.case({key: ranks[word] for key, word in self.words.items()}, value=by)
        elif self.column == "name":
            by = sa.func.lower(by)
        return [by.is_(None), by.desc() if self.down else by.asc(), RUNS.c.number.desc()]


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs are meant; all of them by default.

    search: every word stands in the name, data set, model, optimizer or role. searched: with the runs of searches over
    settings, of which each has many. owner: only those of this visitor, whatever network he was in. data: on one of
    these data sets, ``imported`` and ``watched`` among them; verdicts: with one of these kinds.
    """

    statuses: Collection[str] | None = None
    search: str = ""
    experiment: str | None = None
    searched: bool = True
    owner: str = ""
    data: Collection[str] = ()
    verdicts: Collection[str] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """For ``where``."""
        made: list[ColumnElement[bool]] = []
        if self.statuses is not None:
            made.append(RUNS.c.status.in_(list(self.statuses)))
        words = clean(self.search)[:200].casefold().split()
        made += [RUNS.c.searched.contains(word, autoescape=True) for word in words]
        if self.owner:
            made.append(is_of(RUNS.c.visitor, self.owner))
        if self.data:
            made.append(_DATA.in_(list(self.data)))
        if self.verdicts:
            made.append(RUNS.c.verdict.in_(list(self.verdicts)))
        if not self.searched:
            searches = sa.select(EXPERIMENTS.c.id).where(EXPERIMENTS.c.kind == "search")
            made.append(sa.or_(RUNS.c.experiment.is_(None), RUNS.c.experiment.not_in(searches)))
        if self.experiment is not None:
            made.append(RUNS.c.experiment == known_form(self.experiment))
        return made


ALL = RunFilter()
