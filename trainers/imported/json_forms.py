"""JSON becomes a log: columns, records, lines of records, sides, epochs as keys, TensorBoard's triples, pandas' own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trainers.data import lines_of
from trainers.imported.log import MAX_ROWS, CurvesError, Log
from trainers.log_names import meaning_of

SERIES = ("Wall time", "Step", "Value")  # of TensorBoard, in this order
_WRAPPERS = ("history", "log_history", "logs", "metrics", "results", "data")
_EPOCH_KEY = re.compile(r"(?:epoch|ep|step)?[\s_\-]*(\d{1,12})", re.IGNORECASE)
_DEEPEST = 5
_WALL = 1e8  # seconds since 1970: no step is as large, and no loss


def read_json(text: str) -> Log:
    """The log in a JSON text, or in lines of JSON.

    Raises:
        CurvesError: as ``read_curves``.
    """
    check_size(text, "JSON")
    try:
        read = json.loads(text)
    except json.JSONDecodeError as error:
        if _has_lines(text):
            return _read_lines(text)
        raise CurvesError(f"this is not JSON: {error.msg}", error.lineno, form="JSON") from None
    except (RecursionError, ValueError):
        raise CurvesError("this JSON is nested too deeply, or has a number that is too long", form="JSON") from None
    return log_of(read, "JSON")


def check_size(text: str, form: str) -> None:
    """Refuse more objects and lists than rows could be, before they are made."""
    if text.count("{") > 2 * MAX_ROWS or text.count("[") > 2 * MAX_ROWS:
        raise CurvesError(f"there are more than {MAX_ROWS:,} rows; that many are allowed", form=form)


def _has_lines(text: str) -> bool:
    """Whether several lines are objects of their own; the last may be cut off."""
    begun = [line for _, (_, line) in zip(range(200), lines_of(text), strict=False) if line.lstrip().startswith("{")]
    return len(begun) > 1 and begun[0].rstrip().endswith("}")


def _read_lines(text: str) -> Log:
    """One record a line; what begins with no brace was printed between them."""
    form = "lines of JSON"

    def records() -> Iterator[tuple[int, Any]]:
        for number, line in lines_of(text):
            if not line.lstrip().startswith("{"):
                if line.strip():
                    passed.append(number)
                continue
            try:
                yield number, json.loads(line)
            except (json.JSONDecodeError, RecursionError, ValueError):
                if not line.endswith("\n") and not text[-1].isspace() and not line.rstrip().endswith("}"):
                    passed.append(number)  # the last line is being written
                    continue
                raise CurvesError("this is not JSON", number, form=form) from None

    passed: list[int] = []
    log = Log(form=form)
    put_records(log, records())
    if passed:
        log.notes.append(f"{len(passed):,} lines are no records and were passed over, the first is line {passed[0]}.")
    return log


def log_of(read: Any, form: str) -> Log:
    """The log in values as JSON has them."""
    log = Log(form=form)
    read = _unwrapped(read)
    if isinstance(read, Mapping):
        _put_mapping(log, read)
    elif isinstance(read, list) and read and all(isinstance(row, list) for row in read):
        _put_lists(log, read)
    elif isinstance(read, list):
        put_records(log, enumerate(read, 1))
    else:
        raise log.error("there is one value; allowed are lists of numbers by name, or a list of records")
    if not log.rows:
        raise log.error("there is a header but no row")
    return log


def _unwrapped(read: Any) -> Any:
    """What stands within ``history``, ``log_history`` and the like, which tools put around their numbers."""
    for _ in range(_DEEPEST):
        if not isinstance(read, Mapping):
            break
        inside = next((read[name] for name in _WRAPPERS if isinstance(read.get(name), dict | list)), None)
        columns = read.get("columns")
        if inside is None or (isinstance(columns, list) and isinstance(read.get("data"), list)):
            break
        if isinstance(inside, list) and not all(isinstance(one, dict | list) for one in inside):
            break
        read = inside
    return read


def _put_mapping(log: Log, read: Mapping[str, Any]) -> None:
    columns, data = read.get("columns"), read.get("data")
    if isinstance(columns, list) and isinstance(data, list):  # pandas' split
        _put_lists(log, [columns, *(row for row in data if isinstance(row, list))])
        return
    keys = [_EPOCH_KEY.fullmatch(str(key).strip()) for key in read]
    if read and all(keys) and all(isinstance(row, dict) for row in read.values()):
        epochs = [float(key[1]) for key in keys if key]
        records = [{"epoch": epoch} | row for epoch, row in zip(epochs, read.values(), strict=True)]
        put_records(log, enumerate(records, 1))
        return
    series = dict(_series(read))
    if not series:
        raise log.error(
            'there is no list in this JSON; allowed is {"loss": [..], "val_loss": [..]} or a list of records'
        )
    keyed = [values for values in series.values() if isinstance(values, Mapping)]
    if keyed and len(keyed) == len(series):
        _put_keyed(log, series)
    else:
        _put_columns(log, {name: _listed(values) for name, values in series.items()})


def _series(read: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(name, list or numbered object) for each; the names of objects around it stand before its own."""
    for key, value in read.items():
        name = f"{path}/{key}" if path else str(key)
        if isinstance(value, list):
            yield name, value
        elif isinstance(value, Mapping) and value:
            if all(str(inner).strip().isdigit() for inner in value):
                yield name, value
            elif depth < _DEEPEST:
                yield from _series(value, name, depth + 1)


def _listed(values: Any) -> Sequence[Any]:
    return list(values.values()) if isinstance(values, Mapping) else values


def _put_keyed(log: Log, series: Mapping[str, Mapping[str, Any]]) -> None:
    """Objects that number their values, as pandas writes columns: numbers of one key make a row."""
    rows: dict[float, int] = {}
    for key in sorted({float(key) for values in series.values() for key in values}):
        rows[key] = log.row(len(rows) + 1)
    named = [meaning_of(name) for name in series]
    if not any(meaning is not None and meaning.kind in ("epoch", "step") for meaning in named):
        axis = log.column("epoch")
        for key, row in rows.items():
            log.put(row, axis, key)
    for name, values in series.items():
        number = log.column(name)
        for key, value in values.items():
            log.put(rows[float(key)], number, value)


def _put_columns(log: Log, series: Mapping[str, Sequence[Any]]) -> None:
    """Lists by name. One that is shorter by a whole factor was logged every so many epochs."""
    longest = max(map(len, series.values()))
    for line in range(1, longest + 1):
        log.row(line)
    for name, values in series.items():
        number = log.column(name)
        every = 1
        if 1 < len(values) < longest and longest % len(values) == 0:
            every = longest // len(values)
            log.notes.append(
                f"{name[:60]} has {len(values):,} numbers where there are {longest:,} rows: one every {every}."
            )
        elif len(values) < longest:
            log.notes.append(f"{name[:60]} has {len(values):,} numbers where there are {longest:,} rows: the first.")
        for row, value in enumerate(values, 1):
            log.put(row * every - 1, number, value)


def put_records(log: Log, records: Iterator[tuple[int, Any]] | Any) -> None:
    """One row a record ``(line, object)``; objects inside give their names to what they hold."""
    bare = None
    for line, record in records:
        row = log.row(line)
        if isinstance(record, Mapping) and bare is not True:
            bare = False
            _put_record(log, row, line, record)
        elif (
            (record is None or isinstance(record, int | float | str))
            and not isinstance(record, bool)
            and bare is not False
        ):
            bare = True
            log.put(row, log.column("train_loss"), record)
        else:
            raise log.error(f"row {line} was given {record!r:.40}; allowed are objects with numbers by name", line)


def _put_record(log: Log, row: int, line: int, record: Mapping[str, Any], path: str = "", depth: int = 0) -> None:
    for key, value in record.items():
        name = f"{path}/{key}" if path else str(key)
        if isinstance(value, Mapping) and depth < _DEEPEST:
            _put_record(log, row, line, value, name, depth + 1)
        else:
            log.put(row, log.column(name, line), value)


def _put_lists(log: Log, rows: Sequence[Sequence[Any]]) -> None:
    """Lists of lists: TensorBoard's triples, or a header and rows."""
    first = rows[0]
    if first and all(isinstance(name, str) for name in first):
        names, rows = [str(name) for name in first], rows[1:]
    elif all(len(row) == 3 and isinstance(row[0], int | float) and row[0] > _WALL for row in rows):
        names = list(SERIES)
        log.form = f"{log.form} of TensorBoard"
    else:
        raise log.error(
            "the lists have no names; allowed are TensorBoard's [wall time, step, value], or names in the first list"
        )
    places = [log.column(name) for name in names]
    for line, values in enumerate(rows, 1):
        if len(values) > len(names):
            raise log.error(f"it has {len(values)} values; there are {len(names)} names", line)
        row = log.row(line)
        for place, value in zip(places, values, strict=False):
            log.put(row, place, value)
