"""A run as pages see it: read once for everybody, and each time only what is new.

There is one reader a process and run. It asks the store at most every 0.15 seconds, however many sessions ask it, and
while one thread reads, others are given what is known. What is given out never changes afterwards.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.diagnosis import SERIES as HISTORY_SERIES
from trainers.diagnosis import History, Layers, diagnose
from trainers.lab.feed_columns import SERIES, Columns
from trainers.store import Store, StoredRun, StoreError

ASK_SECONDS = 0.15
FORGIVEN_SECONDS = 10.0
MAX_WATCHED = 64
MAX_BYTES = 256_000_000
MANY_LOOKS = 4800

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Feed:
    """One moment of a run.

    epochs: ``(n,)``, of complete reports. series: ``(n,)`` by name; NaN where there is none. layers: columns
    ``(n, layers)``. looks: ``(m,)`` by name, into the epoch after the last complete report. album: epoch and pictures,
    oldest first; only the newest while the run trains. version: changes when anything does.
    """

    run: StoredRun
    epochs: Array = field(repr=False)
    series: Mapping[str, Array] = field(repr=False)
    layers: Layers | None = field(repr=False)
    looks: Mapping[str, Array] = field(repr=False)
    album: tuple[tuple[float, Mapping[str, Any]], ...] = field(repr=False)
    baseline_loss: float | None
    version: tuple[str, int, int, int]

    def history(self) -> History:
        """The curves for the diagnosis, with what is known of the data."""
        facts = self.run.facts
        series = {name: self.series[name] for name in HISTORY_SERIES}
        if self.run.from_outside:
            # Not logged, unlike in a run of the lab, where NaN is a loss that broke; here that is infinity.
            for name in ("train_loss", "val_loss"):
                series[name] = np.array([None if value != value else value for value in series[name]], dtype=object)
        return History(
            **series,
            internals=self.layers,
            config=self.run.config,
            epochs=self.epochs,
            baseline_loss=self.baseline_loss,
            reference_metric=None if facts is None else facts.reference_metric,
            val_rows=None if facts is None else facts.rows[1],
            leaks=None if facts is None else facts.leaks,
        )


class _Reader:
    """What is known of one run, and when it was asked for."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.columns = Columns()
        self.known: Feed | None = None
        self.pictured = (-1, False)
        self.album: tuple[tuple[float, Mapping[str, Any]], ...] = ()
        self.asked = self.answered = float("-inf")

    def read(self, store: Store, run_id: str, at_once: bool = False) -> Feed | None:
        known = self.known
        if not self.lock.acquire(blocking=known is None or at_once):
            return known
        try:
            now = time.monotonic()
            if self.known is None or at_once or now - self.asked >= ASK_SECONDS:
                self._refresh(store, run_id, now)
                self.asked = time.monotonic()
            return self.known
        finally:
            self.lock.release()

    def _refresh(self, store: Store, run_id: str, now: float) -> None:
        known = self.known
        generation, revision = (-1, -1) if known is None else (known.run.generation, known.run.revision)
        if self.columns.looks.used > MANY_LOOKS:
            generation = -1  # the store keeps fewer of them by now
        try:
            news = store.news(
                run_id, revision=revision, generation=generation, after=self.columns.last, pictured=self.pictured
            )
        except StoreError:
            # A busy moment of the database is not shown where something is known.
            if known is None or now - self.answered > FORGIVEN_SECONDS:
                raise
            return
        except ValueError:
            self.known = None
            return
        self.answered = now
        if news is None:
            return
        if news.fresh:
            self.columns = Columns()
        self.columns.add(news.lines)
        if news.album is not None:
            self.pictured, self.album = news.pictured, tuple(news.album)
        self.known = self._moment(news.run)

    def _moment(self, run: StoredRun) -> Feed:
        columns = self.columns
        values = columns.series()
        if columns.damaged:
            lost = f"{columns.damaged:,} of its stored reports cannot be read."
            run = replace(run, sentence=f"{run.sentence} {lost}".strip())
        baseline = values["baseline_loss"]
        return Feed(
            run=run,
            epochs=values["epoch"],
            series={name: values[name] for name in SERIES},
            layers=columns.layers(),
            looks=columns.looks_by_name(),
            album=self.album,
            baseline_loss=float(baseline[-1]) if len(baseline) else None,
            version=(run.id, run.generation, run.revision, run.last),
        )


_readers: OrderedDict[tuple[Any, ...], _Reader] = OrderedDict()
_readers_lock = Lock()


def watch(store: Store, run_id: str, *, at_once: bool = False) -> Feed | None:
    """The run as it is now, at most 0.15 seconds old, or not at all; None where there is no such run.

    at_once: whether what was written just now must be in it.

    Raises:
        StoreError: the store cannot be read, and nothing newer than ten seconds is known.
    """
    key = (*store.key, run_id)
    with _readers_lock:
        reader = _readers.get(key)
        if reader is None:
            reader = _readers[key] = _Reader()
            _make_room(key)
        _readers.move_to_end(key)
    fresh = reader.read(store, run_id, at_once)
    if fresh is None:
        with _readers_lock:
            if _readers.get(key) is reader:
                del _readers[key]
    return fresh


def new_findings(store: Store, run_id: str) -> dict[str, Any]:
    """The column of a run with the findings on all that it has reported, where they are not those that it has."""
    seen = watch(store, run_id, at_once=True)
    if seen is None or not len(seen.epochs):
        return {}
    findings = tuple(diagnose(seen.history()))
    return {} if findings == seen.run.findings else {"findings": findings}


def _make_room(newcomer: tuple[Any, ...]) -> None:
    """Forget the runs nobody has asked for the longest."""
    size = sum(reader.columns.nbytes for reader in _readers.values())
    for key in list(_readers):
        if key == newcomer or (len(_readers) <= MAX_WATCHED and size <= MAX_BYTES):
            return
        size -= _readers.pop(key).columns.nbytes
