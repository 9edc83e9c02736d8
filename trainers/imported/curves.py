"""``read_curves``: the curves of another tool, from whatever it wrote, as a ``History``.

Read are tables with a header (or none), JSON of Keras, Hugging Face, mmdetection, detectron2, skorch and pandas,
TensorBoard's CSV, JSON and event files, dicts of Python's, and what is printed while a network trains. It goes in three
steps: a file becomes a ``Log`` (``read_log``), its columns get their roles (``choice``), and the rows of one training
and one epoch become one: the mean of what was logged in it. Everything is untrusted: sizes are bounded, text stays
text, and an error names line and column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainers.data import TextError, decoded
from trainers.diagnosis import History
from trainers.imported.choice import AXES, add_totals, choose, runs_of
from trainers.imported.console import has_dicts, is_console, read_console, read_python, without_name
from trainers.imported.events import is_event_file, read_events
from trainers.imported.json_forms import SERIES, read_json
from trainers.imported.log import MAX_BYTES, MAX_ROWS, CurvesError, Log
from trainers.imported.long_tables import pivoted
from trainers.imported.tables import read_table
from trainers.imported.trainings import Training, refuse_one_row_a_run, trainings_of
from trainers.imported.watched_files import read_watched
from trainers.log_names import meaning_of, words
from trainers.watched import is_told

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "Curves",
    "CurvesError",
    "ReadLog",
    "curves_of",
    "parse_curves",
    "parse_files",
    "read_curves",
    "read_log",
]
MAX_FILES = 20
_SERIES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm")
_PYTHON = re.compile(r"[{\[(,]\s*'|\b(?:None|True|False|nan|array|tensor|np\.\w+)\b|[{,]\s*\d+\s*:|\(")
_ROUND = re.compile(r"\s*\[\d+\]\s+[A-Za-z]")


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """Rows in which a number was logged, rising, and the numbers."""

    rows: NDArray[np.int64]
    values: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Curves:
    """A history and what was taken for what.

    columns: the column of each role. form: what the file was taken for. notes: sentences on what was guessed, passed
    over or left out. trainings: where the file holds several, their labels; training: the one shown.
    """

    history: History
    columns: Mapping[str, str]
    form: str = ""
    notes: tuple[str, ...] = ()
    trainings: tuple[str, ...] = ()
    training: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadLog:
    """Files that have been read. names: columns with numbers, which may be chosen for a role."""

    log: Log = field(repr=False)
    names: tuple[str, ...]
    roles: Mapping[str, str]


def parse_curves(content: str | bytes, filename: str = "") -> History:
    """The history in one file. ``filename`` tells which series a file of TensorBoard holds.

    Raises:
        CurvesError: it names line and column, and says what is allowed.
    """
    return read_curves([(content, filename)]).history


def parse_files(files: Sequence[tuple[str | bytes, str]]) -> History:
    """The history in several files ``(content, filename)`` of one series each, as TensorBoard exports them.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    return read_curves(files).history


def read_curves(files: Sequence[tuple[str | bytes, str]]) -> Curves:
    """The history in one file or several, which columns it was read from, and what was guessed.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    return curves_of(read_log(files))


def read_log(files: Sequence[tuple[str | bytes, str]]) -> ReadLog:
    """What stands in one file or several, before anything is made of it.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    if not files:
        raise CurvesError("no file was given; allowed are tables, JSON and printed logs")
    if len(files) > MAX_FILES:
        raise CurvesError(f"{len(files)} files were given; allowed are {MAX_FILES}")
    size = sum(len(content) for content, _ in files)
    if size > MAX_BYTES:
        they = "the file has" if len(files) == 1 else f"the {len(files)} files have"
        raise CurvesError(f"{they} {size / 1e6:.1f} MB; allowed are {MAX_BYTES / 1e6:.0f} MB")
    logs = [_read(content) for content, _ in files]
    single = [tuple(name.lower() for name in log.names) == tuple(name.lower() for name in SERIES) for log in logs]
    if all(single):
        log = _together(logs, [filename for _, filename in files])
    elif len(files) > 1:
        raise CurvesError("several files are read together only where each is one series of TensorBoard")
    else:
        log = pivoted(logs[0])
        add_totals(log)
    names = tuple(name for name, column in zip(log.names, log.columns, strict=True) if column.numbers)
    return ReadLog(log=log, names=names, roles={role: log.names[number] for role, number in choose(log).items()})


def _read(content: str | bytes) -> Log:
    if isinstance(content, bytes) and is_event_file(content):
        return read_events(content)
    form = ""
    try:
        text, _, notes = decoded(content, MAX_BYTES)
        if not text.strip():
            raise CurvesError("the file is empty; it needs a header and rows")
        form = "a table"
        log = _from_text(text)
    except TextError as error:
        raise CurvesError(str(error), error.line, form=form) from None
    log.notes[:0] = notes
    return log


def _from_text(text: str) -> Log:
    if is_told(text):
        return read_watched(text)
    bare = without_name(text)
    if (bare.lstrip()[:1] in ("{", "[") and not _ROUND.match(bare)) or has_dicts(text):
        try:
            return read_json(bare)
        except CurvesError as error:
            # Only what is no JSON at all may be Python's.
            if "not JSON" not in error.message or not _PYTHON.search(bare[:5000]):
                raise
        return read_python(bare)
    return read_console(text) if is_console(text) else read_table(text)


def _together(logs: Sequence[Log], filenames: Sequence[str]) -> Log:
    """TensorBoard's files of one series each as one log: a column a file, by step."""
    made = Log(form="series of TensorBoard", series=True)
    axis = made.column("Step")
    for log, filename in zip(logs, filenames, strict=True):
        base = filename or "the file"
        name = next(n for n in (base, *(f"{base} ({k})" for k in range(2, MAX_FILES + 2))) if n not in made.names)
        column = made.column(name[:300])
        cells: dict[int, dict[int, Any]] = {}
        for part in (1, 2):
            for row, value in zip(log.columns[part].rows, log.columns[part].values, strict=True):
                cells.setdefault(row, {})[part] = value
        for row in range(log.rows):
            line, found = log.lines[row], cells.get(row, {})
            if not isinstance(found.get(1), float):
                raise log.error(f"it was given {found.get(1)!r:.60}; allowed is a number", line, "Step")
            new = made.row(line)
            made.put(new, axis, found[1])
            if 2 in found:
                made.put(new, column, found[2])
    return made


def curves_of(read: ReadLog, roles: Mapping[str, str | None] | None = None, training: str | None = None) -> Curves:
    """The curves in a log.

    roles: columns by role where they are to be others than those found, None for none. training: its label, where the
    log holds several; by default the longest, and of those the last.

    Raises:
        CurvesError: as ``parse_curves``.
    """
    log = read.log
    wanted = {**read.roles, **(roles or {})}
    chosen = {role: log.names.index(name) for role, name in wanted.items() if name is not None and name in log.names}
    runs = runs_of(log) if not log.series else []
    if len(runs) > 1 and not roles:
        named = ", ".join(repr(run)[:40] for run in runs[:5])
        raise log.error(f"there are {len(runs)} runs ({named}); leave the columns of one, or choose them below", 1)
    if "train_loss" not in chosen:
        raise log.error(_no_training_loss(log), 1)
    cells = {role: _numbers(log, number) for role, number in chosen.items()}
    places = _places(log, chosen, cells)
    if not roles and not any(axis in chosen for axis in AXES):
        refuse_one_row_a_run(log)
    found, resumed = trainings_of(log, places, [cells[role].rows for role in _SERIES[:2] if role in cells])
    shown = _shown(found, places, training)
    if np.isnan(places).all():
        places = np.arange(1.0, log.rows + 1)
        places[shown.rows] = np.arange(1.0, len(shown.rows) + 1)
    series = {role: cells[role] for role in _SERIES if role in cells}
    notes = [*log.notes, *([resumed[shown.label]] if shown.label in resumed else []), *_rescaled(log, chosen, series)]
    if len(found) > 1:
        notes.append(f"There are {len(found)} trainings in it, as the epoch or a column tells; shown is {shown.label}.")
    notes += _left_out(log, chosen)
    return Curves(
        history=_history(log, series, places, shown.rows),
        columns={role: log.names[number] for role, number in chosen.items()},
        form=log.form,
        notes=tuple(notes),
        trainings=tuple(one.label for one in found) if len(found) > 1 else (),
        training=shown.label,
    )


def _no_training_loss(log: Log) -> str:
    if log.series:
        return "no file is the training loss; add that of the training run"
    seen = ", ".join(repr(name)[:40] for name in log.names[:8])
    return f"there is no training loss among the columns {seen}; name one loss or train_loss, and another val_loss"


def _numbers(log: Log, number: int) -> _Cells:
    """What was logged in a column that was chosen; text in it is an error now."""
    column = log.columns[number]
    if column.numbers < len(column.values):
        wrong = next(i for i, value in enumerate(column.values) if not isinstance(value, float))
        line, name = log.lines[column.rows[wrong]], log.names[number]
        raise log.error(f"it was given {column.values[wrong]!r:.60}; allowed is a number, or nothing", line, name)
    return _Cells(rows=np.array(column.rows, dtype=np.int64), values=np.array(column.values, dtype=np.float64))


def _places(log: Log, chosen: Mapping[str, int], cells: Mapping[str, _Cells]) -> NDArray[np.float64]:
    """The epoch of each row; all NaN where nothing tells.

    Rows without one belong to the next that has one, as in a log that writes it last. Epochs that never move say
    nothing of the order; then the steps do.
    """
    places = np.full(log.rows, np.nan)
    for axis in AXES:
        if axis not in cells or not len(cells[axis].rows):
            continue
        rows, values = cells[axis].rows, cells[axis].values
        if (wrong := np.flatnonzero(~(np.abs(values) < 1e15))).size:
            first = int(wrong[0])
            line, name = log.lines[int(rows[first])], log.names[chosen[axis]]
            raise log.error(f"it was given {values[first]}; allowed are finite numbers", line, name)
        if (values == values[0]).all() and log.rows > 1:
            continue
        after = np.minimum(np.searchsorted(rows, np.arange(log.rows)), len(rows) - 1)
        return values[after]
    return places


def _shown(found: Sequence[Training], places: NDArray[np.float64], label: str | None) -> Training:
    """The one that is asked for, else the longest, and of those the last."""
    return next(
        (one for one in found if one.label == label),
        max(reversed(found), key=lambda one: len(np.unique(places[one.rows], equal_nan=False))),
    )


def _rescaled(log: Log, chosen: Mapping[str, int], series: dict[str, _Cells]) -> list[str]:
    """Metrics from 0 to 1, larger is better: percent are divided, errors are turned round. What was done, in words."""
    by_name = {role: log.names[chosen[role]] for role in ("train_metric", "val_metric") if role in series}
    finite = [series[role].values[np.isfinite(series[role].values)] for role in by_name]
    most = max((float(values.max()) for values in finite if len(values)), default=0.0)
    percent = 1.5 < most <= 100 and not any("r2" in words(name) for name in by_name.values())
    notes = []
    if percent:
        notes.append(f"{' and '.join(name[:60] for name in by_name.values())}: read as percent.")
    for role, name in by_name.items():
        values = series[role].values / (100 if percent else 1)
        meaning = meaning_of(name)
        if meaning is not None and meaning.kind == "error":
            values = 1 - values
            notes.append(f"{name[:60]} is an error; shown is one less it.")
        series[role] = replace(series[role], values=values)
    return notes


def _left_out(log: Log, chosen: Mapping[str, int]) -> list[str]:
    """Metrics that do not say of which rows they are, while the losses do."""
    if {"train_metric", "val_metric"} & set(chosen):
        return []
    unsided = [
        name
        for name, column in zip(log.names, log.columns, strict=True)
        if column.numbers and (found := meaning_of(name)) is not None and found.kind == "metric" and not found.side
    ]
    if not unsided:
        return []
    return [f"{', '.join(name[:40] for name in unsided[:4])} may be of training or of validation: choose, if you know."]


def _history(log: Log, series: Mapping[str, _Cells], places: NDArray[np.float64], rows: NDArray[np.int64]) -> History:
    """Rows of one place together: the mean of what was logged there."""
    order = np.unique(places[rows])
    ours = np.zeros(log.rows, dtype=bool)
    ours[rows] = True
    made: dict[str, NDArray[Any]] = {}
    logged = np.zeros(len(order), dtype=bool)
    for role, cells in series.items():
        chosen = ours[cells.rows]
        at = np.searchsorted(order, places[cells.rows[chosen]])
        counts = np.bincount(at, minlength=len(order))
        with np.errstate(all="ignore"):  # infinite losses and empty places
            means = np.bincount(at, weights=cells.values[chosen], minlength=len(order)) / counts
        made[role] = means.astype(object)
        made[role][counts == 0] = None
        if role in _SERIES[:2]:
            logged |= counts > 0
    if not logged.any() or all(value is None for value in made["train_loss"]):
        raise log.error("the column of the training loss has no number")
    values: dict[str, Any] = {role: column[logged] for role, column in made.items()}
    inside = [log.inside.get(float(epoch)) for epoch in order[logged]] if log.inside else None
    return History(**values, internals=inside, epochs=order[logged])
