"""Lines of a watched training become reports. Everything is untrusted: sizes, depth, types and names are bounded."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from trainers.report import Internals, Report
from trainers.watch import COLUMNS, NUMBERS, VERSION

MAX_BODY = 1_000_000
MAX_LINES = 2000
MAX_LAYERS = 1000
MAX_NAME = 200
MAX_STEP = 2**53
MAX_EPOCH = 1e15
ENDS = ("finished", "failed", "stopped")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_HEAD = ("watch", "run", "name", "began", "machine", "parameters", "layers", "sizes", "known")
_REPORT = ("epoch", "step", "seconds", "resumed", "inside", *NUMBERS)
_END = ("ended", "sentence")


class ToldError(ValueError):
    """What is wrong with what was told, with its line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(f"line {line}: {message}")


@dataclass(frozen=True, kw_only=True)
class Told:
    """run: its id. known: a lab has taken reports of it before. resumed: the first report goes on from an earlier one.

    ended: one of ``ENDS``, empty where it goes on; sentence: why.
    """

    run: str
    name: str
    machine: str
    parameters: int | None
    known: bool
    reports: tuple[Report, ...]
    resumed: bool
    ended: str
    sentence: str


def is_told(text: str) -> bool:
    """Whether a text is what a watched training writes."""
    return text.lstrip()[:10].replace(" ", "").startswith('{"watch":')


def read_told(text: str, *, most: int = MAX_LINES) -> Told:
    """The first line says which training it is; reports follow, and how it ended.

    A file that went on holds several such; a report that goes on from an earlier one drops what came after that. The
    last line may be cut off, as by a full disk or a kill.

    Raises:
        ToldError: anything that does not belong there.
    """
    lines = text.split("\n")
    if len(lines) > most + 2:
        raise ToldError(f"there are {len(lines):,} lines; at most {most:,} are taken at once", 1)
    head: dict[str, Any] = {}
    reports: list[Report] = []
    resumed, ended, sentence = False, "", ""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _record(line, number, last=number == len(lines) and bool(reports))
        if record is None:
            break
        if not head or "watch" in record:
            head = _head(record, number)
        elif "ended" in record:
            ended, sentence = _end(record, number)
        else:
            report = _report(record, head, number)
            goes_on = _flag(record, "resumed", number)
            if goes_on and reports:
                reports = [each for each in reports if each.step < report.step and each.epoch < report.epoch]
            elif reports and report.step == reports[-1].step:
                reports.pop()  # it was told again, with more
            elif reports and report.step < reports[-1].step:
                raise ToldError(f"step was given {report.step} after {reports[-1].step}; it only rises", number)
            resumed = resumed or (goes_on and not reports)
            ended = sentence = ""
            reports.append(report)
    if not head:
        raise ToldError("there is nothing", 1)
    del head["layers"], head["sizes"]  # they stand in the reports
    return Told(**head, reports=tuple(reports), resumed=resumed, ended=ended, sentence=sentence)


def _record(line: str, number: int, *, last: bool) -> dict[str, Any] | None:
    def refuse(word: str) -> NoReturn:
        raise ToldError(f"{word} is no number of JSON; allowed is the string", number)

    try:
        record = json.loads(line, parse_constant=refuse)
    except ToldError:
        raise
    except (ValueError, RecursionError):
        if last:
            return None
        raise ToldError("this is not JSON, or nested too deeply", number) from None
    if not isinstance(record, dict):
        raise ToldError(f"it was given {record!r:.40}; allowed is an object", number)
    return record


def _only(record: Mapping[str, Any], names: tuple[str, ...], number: int) -> None:
    unknown = next((name for name in record if name not in names), None)
    if unknown is not None:
        raise ToldError(f"{unknown!r:.40} is nothing here; allowed are {', '.join(names)}", number)


def _text(record: Mapping[str, Any], name: str, number: int, most: int = MAX_NAME) -> str:
    value = record.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise ToldError(f"{name} was given {value!r:.40}; allowed is text of up to {most} characters", number)
    return value


def _flag(record: Mapping[str, Any], name: str, number: int) -> bool:
    value = record.get(name, False)
    if not isinstance(value, bool):
        raise ToldError(f"{name} was given {value!r:.40}; allowed are true and false", number)
    return value


def _whole(value: Any, name: str, number: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_STEP:
        raise ToldError(f"{name} was given {value!r:.40}; allowed is a whole number from 0", number)
    return value


def _number(value: Any, name: str, number: int) -> float | None:
    """None where it was not measured."""
    if value is None:
        return None
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ToldError(f"{name} was given {value!r:.40}; allowed is a number, or {', '.join(_SPECIAL)}", number)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _listed(record: Mapping[str, Any], name: str, number: int, each: Callable[[Any], Any]) -> list[Any]:
    values = record.get(name, [])
    if not isinstance(values, list) or len(values) > MAX_LAYERS:
        raise ToldError(f"{name} was given {values!r:.40}; allowed is a list of up to {MAX_LAYERS:,}", number)
    return [each(value) for value in values]


def _head(record: Mapping[str, Any], number: int) -> dict[str, Any]:
    if "watch" not in record:
        raise ToldError('it begins with {"watch": 1, "run": ...}, which says what training it is', number)
    if record["watch"] != VERSION or isinstance(record["watch"], bool):
        raise ToldError(f"watch was given {record['watch']!r:.40}; this lab takes {VERSION}", number)
    _only(record, _HEAD, number)
    run = _text(record, "run", number, 10)
    if len(run) != 10 or not run.isascii() or not run.isalnum():
        raise ToldError(f"run was given {run!r}; allowed are ten letters and digits", number)
    layers = _listed(record, "layers", number, lambda name: _text({"layers": name}, "layers", number))
    sizes = _listed(record, "sizes", number, lambda size: _whole(size, "sizes", number))
    if len(layers) != len(sizes):
        raise ToldError(f"there are {len(layers)} layers and {len(sizes)} sizes", number)
    _number(record.get("began"), "began", number)
    parameters = record.get("parameters")
    return {
        "run": run,
        "name": _text(record, "name", number),
        "machine": _text(record, "machine", number),
        "parameters": None if parameters is None else _whole(parameters, "parameters", number),
        "known": _flag(record, "known", number),
        "layers": tuple(layers),
        "sizes": tuple(sizes),
    }


def _end(record: Mapping[str, Any], number: int) -> tuple[str, str]:
    _only(record, _END, number)
    if record["ended"] not in ENDS:
        raise ToldError(f"ended was given {record['ended']!r:.40}; allowed are {', '.join(ENDS)}", number)
    return record["ended"], _text(record, "sentence", number, 500)


def _report(record: Mapping[str, Any], head: Mapping[str, Any], number: int) -> Report:
    _only(record, _REPORT, number)
    step = _whole(record.get("step"), "step", number)
    epoch = _number(record.get("epoch"), "epoch", number)
    if epoch is None or not 0 <= epoch <= MAX_EPOCH:
        raise ToldError(f"epoch was given {record.get('epoch')!r:.40}; allowed is a finite number from 0", number)
    seconds = _number(record.get("seconds", 0.0), "seconds", number)
    values = {name: _number(record.get(name), name, number) for name in NUMBERS}
    lr = values.pop("lr")
    grad_norm = values.pop("grad_norm")
    return Report(
        epoch=epoch,
        step=step,
        complete=True,
        seconds=seconds if seconds is not None and 0 <= seconds <= MAX_EPOCH else 0.0,
        samples_per_second=None,
        train_loss=_loss(values.pop("train_loss")),
        val_loss=_loss(values.pop("val_loss")),
        batch_loss=None,
        baseline_loss=math.nan,
        lr=math.nan if lr is None else lr,
        grad_norm=grad_norm,
        internals=_inside(record.get("inside"), head, number),
        train_metric=values["train_metric"],
        val_metric=values["val_metric"],
    )


def _loss(value: float | None) -> float:
    """As in imported curves: NaN says that it was not measured, so one that broke is infinite."""
    return math.nan if value is None else math.inf if math.isnan(value) else value


def _inside(given: Any, head: Mapping[str, Any], number: int) -> Internals | None:
    if given is None or not head["layers"]:
        return None
    if not isinstance(given, dict):
        raise ToldError(f"inside was given {given!r:.40}; allowed is an object of lists", number)
    _only(given, COLUMNS, number)
    count = len(head["layers"])
    columns: dict[str, Any] = dict.fromkeys(COLUMNS, (None,) * count)
    for name in given:
        values = _listed(given, name, number, lambda value, name=name: _number(value, name, number))
        if len(values) != count:
            raise ToldError(f"{name} has {len(values)} numbers where there are {count} layers", number)
        columns[name] = tuple(values)
    return Internals(layers=head["layers"], sizes=head["sizes"], **columns)
