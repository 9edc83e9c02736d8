"""Which column of a log is which series: its meaning, how often it was logged, and what stands beside it.

A total comes before its parts, a series of many numbers before a closing record of one, and the two sides are the same
part of a loss. A metric that names no side, beside losses that do, is left to the reader's choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from trainers.imported.log import Log
from trainers.log_names import Meaning, meaning_of

AXES = ("epoch", "step")
ROLES = ("train_loss", "val_loss", "train_metric", "val_metric", "lr", "grad_norm", *AXES)
_ONE_OF = 40  # candidates of a role that are weighed against those of another
_OTHER_PART = 25
# Where a tool writes the parts of its loss alone, their sum is what it minimises.
_PARTS_OF_A_SUM = ({"box", "cls", "dfl"}, {"box", "obj", "cls"}, {"box", "cls", "dfl", "seg"})

Candidate = tuple[int, Meaning, int]  # column, its meaning, how much there is against it


def add_totals(log: Log) -> None:
    """YOLO logs only the parts of its loss: a column with their sum for each side."""
    meanings = {number: meaning_of(name) for number, name in enumerate(log.names)}
    losses = {number: meaning for number, meaning in meanings.items() if meaning is not None and meaning.kind == "loss"}
    if any(not meaning.part for meaning in losses.values()):
        return
    for side in ("train", "val"):
        parts = {number: meaning.part for number, meaning in losses.items() if meaning.side == side}
        if {word for part in parts.values() for word in part} not in _PARTS_OF_A_SUM:
            continue
        sums: dict[int, list[float]] = {}
        for number in parts:
            for row, value in zip(log.columns[number].rows, log.columns[number].values, strict=True):
                if isinstance(value, float):
                    sums.setdefault(row, []).append(value)
        whole = {row: sum(values) for row, values in sums.items() if len(values) == len(parts)}
        if whole:
            column = log.column(" + ".join(log.names[number] for number in parts)[:300])
            log.derived[column] = f"{side}_loss"
            for row in sorted(whole):
                log.put(row, column, whole[row])
            log.notes.append(f"The loss is the sum {log.names[column]}.")


def runs_of(log: Log) -> list[str]:
    """The names of the runs in an export of several."""
    meanings = [meaning for name in log.names if (meaning := meaning_of(name)) is not None]
    return list(dict.fromkeys(meaning.run for meaning in meanings if meaning.kind not in AXES))


def choose(log: Log) -> dict[str, int]:
    """The column of each role that is found; of several runs those of the first."""
    candidates: dict[str, list[Candidate]] = {}
    runs = [] if log.series else runs_of(log)
    for number, name in enumerate(log.names):
        if number in log.derived:
            candidates.setdefault(log.derived[number], []).append((number, Meaning(kind="loss"), 0))
            continue
        meaning = meaning_of(name)
        if meaning is not None and (meaning.kind in AXES or len(runs) < 2 or meaning.run == runs[0]):
            role = meaning.kind if meaning.kind in ("lr", "grad_norm", *AXES) else f"{meaning.side}_{meaning.kind}"
            candidates.setdefault(role, []).append((number, meaning, meaning.rank))
    if log.series:
        _name_files(log, candidates)
    trains = _weighed(log, [*candidates.get("train_loss", []), *candidates.get("_loss", [])])
    if not trains:
        trains = _weighed(log, [*candidates.get("train_error", []), *candidates.get("_error", [])])
    vals = _weighed(
        log, candidates.get("val_loss", []) or ([] if candidates.get("train_loss") else candidates.get("val_error", []))
    )
    chosen: dict[str, int | None] = dict(zip(("train_loss", "val_loss"), _pair(trains, vals), strict=True))
    loss = chosen["train_loss"]
    unsided = loss is not None and not _side(log, loss)
    taken = set(chosen.values())
    metrics = {side: _metrics(candidates, side, taken) for side in ("train", "val")}
    for number, meaning, rank in _metrics(candidates, "", taken):
        # accuracy beside val_accuracy, or beside a loss that names no side either, is that of training.
        if unsided or any(other.part == meaning.part and other.kind == meaning.kind for _, other, _ in metrics["val"]):
            metrics["train"].append((number, meaning, rank))
    pair = _pair(_weighed(log, metrics["train"]), _weighed(log, metrics["val"]), apart=7)
    chosen |= dict(zip(("train_metric", "val_metric"), pair, strict=True))
    for role in ("lr", "grad_norm", *AXES):
        best = _weighed(log, [one for one in candidates.get(role, []) if log.columns[one[0]].numbers])
        chosen[role] = min(best, key=lambda one: one[2])[0] if best else None
    return {role: number for role in ROLES if (number := chosen.get(role)) is not None}


def _metrics(found: Mapping[str, Sequence[Candidate]], side: str, taken: set[int | None]) -> list[Candidate]:
    """Metrics of a side, and errors, which are metrics turned round where something else is the loss."""
    errors = [(number, meaning, rank + 3) for number, meaning, rank in found.get(f"{side}_error", [])]
    return [one for one in [*found.get(f"{side}_metric", []), *errors] if one[0] not in taken]


def _side(log: Log, number: int) -> str:
    if number in log.derived:
        return log.derived[number].partition("_")[0]
    meaning = meaning_of(log.names[number])
    return meaning.side if meaning else "train"


def _weighed(log: Log, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The likeliest of these. A series goes before a record of one number, and numbers before none."""
    most = max((log.columns[number].numbers for number, _, _ in candidates), default=0)
    weighed = []
    for number, meaning, rank in candidates:
        numbers = log.columns[number].numbers
        by_epoch = "epoch" in log.names[number].lower()
        few = numbers < 2 <= most or (20 * numbers < most and not by_epoch)
        weighed.append((number, meaning, rank + 1000 * few))
    return sorted(weighed, key=lambda one: one[2])[:_ONE_OF]


def _pair(
    trains: Sequence[Candidate], vals: Sequence[Candidate], apart: int = _OTHER_PART
) -> tuple[int | None, int | None]:
    """The best of each, preferably the same part of a loss or the same metric."""
    if not trains or not vals:
        return (trains[0][0] if trains else None), (vals[0][0] if vals else None)

    def against(pair: tuple[Candidate, Candidate]) -> int:
        (_, train, much), (_, val, more) = pair
        return much + more + apart * ((train.kind, train.part) != (val.kind, val.part))

    train, val = min(product(trains, vals), key=against)
    return train[0], val[0]


def _name_files(log: Log, found: dict[str, list[Candidate]]) -> None:
    """Files whose names say nothing are losses: that of training, then that of validation."""
    named = {number for candidates in found.values() for number, _, _ in candidates}
    for number in range(len(log.names)):
        if number not in named:
            free = next((role for role in ("train_loss", "val_loss") if not found.get(role)), None)
            if free is not None:
                found[free] = [(number, Meaning(kind="loss"), 60)]
                what = "training" if free == "train_loss" else "validation"
                log.notes.append(f"{log.names[number][:60]} was taken for the {what} loss, by its place.")
