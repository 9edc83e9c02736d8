"""What people bring, read, beside what json.loads or csv.reader alone takes for the same text.

    python -m benchmarks.readers

Files of the largest size that is taken: curves of 2 MB, tables of 5 MB. The fastest of five each, in turn, in one
process, in its own time on the processor; and, in a process of its own, how much more memory there was at the peak
(Linux only: /proc tells it). Aim: any of them in a second and 100 MB.
"""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from time import process_time

from trainers.data import MAX_BYTES as TABLE_BYTES
from trainers.data import CsvError, read_csv
from trainers.imported import MAX_BYTES, CurvesError, read_curves

ROUNDS = 5


def filled(row: Callable[[int], str], head: str = "", end: str = "", size: int = MAX_BYTES, most: int = 10**9) -> str:
    """Rows until the file is full, or so many."""
    parts, taken = [head], len(head) + len(end)
    for number in range(most):
        text = row(number)
        taken += len(text)
        if taken > size:
            break
        parts.append(text)
    return "".join(parts) + end


def json_alone(text: str) -> None:
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        for line in text.splitlines():
            try:
                json.loads(line)
            except (json.JSONDecodeError, RecursionError):
                break


def csv_alone(text: str) -> None:
    for _ in csv.reader(text.splitlines(keepends=True)):
        pass


def files() -> dict[str, tuple[bool, str, Callable[[str], None]]]:
    """name -> (whether it is a table, its text, what else reads it)."""
    rng = random.Random(0)
    letters = [f"c{k}" for k in range(26)]
    wide = "loss," + ",".join(f"c{k}" for k in range(999)) + "\n"
    number = lambda _: f"{rng.random():.4f}"  # noqa: E731
    return {
        "curves, 12,000 columns and rows": (False, "a" + "," * 12_000 + "\n" + "1\n" * 12_000, csv_alone),
        "curves, 40,000 columns and rows": (False, "a" + "," * 40_000 + "\n" + "1\n" * 40_000, csv_alone),
        "curves, 40,000 JSON columns": (False, "{" + ",".join(f'"c{k}":[1]' for k in range(40_000)) + "}", json_alone),
        "curves, 40,000 JSON records": (
            False,
            "[" + ",".join(f'{{"c{k}":1}}' for k in range(40_000)) + "]",
            json_alone,
        ),
        "curves, 1,000 full columns": (False, filled(lambda _: ",".join("1" * 1000) + "\n", wide), csv_alone),
        "curves, as long as they may be": (
            False,
            filled(lambda k: f"{k},0.5,0.25\n", "epoch,loss,val_loss\n", most=100_000),
            csv_alone,
        ),
        "curves, lines of JSON": (False, filled(lambda k: f'{{"epoch":{k},"loss":0.5,"val_loss":0.25}}\n'), json_alone),
        "curves, a dict of Python's": (
            False,
            filled(lambda k: f"np.float64(0.{k}), ", "{'loss': [", "]}", most=99_000),
            json_alone,
        ),
        "curves, printed lines": (False, filled(lambda k: f"epoch {k}: train loss 0.5, val loss 0.25\n"), csv_alone),
        "curves, printed pairs": (False, filled(lambda _: "a=1 b=2 c=3 loss=0.5 lr=1e-3\n"), csv_alone),
        "curves, a header after each row": (False, filled(lambda _: "epoch,loss\n1,2\n"), csv_alone),
        "curves, a long table with phases": (
            False,
            filled(lambda k: f"{k // 2},{('val', 'train')[k % 2]},0.5\n", "epoch,phase,loss\n", most=99_999),
            csv_alone,
        ),
        "curves, epochs as keys": (
            False,
            "{" + ",".join(f'"{k}":{{"loss":1}}' for k in range(90_000)) + "}",
            json_alone,
        ),
        "curves, Python's dicts in dicts": (False, "{'a': " * 200_000, json_alone),
        "table, decimal commas": (
            True,
            filled(lambda _: "5,5;6,25;a\n", "a;b;y\n", size=TABLE_BYTES, most=199_999),
            csv_alone,
        ),
        "table, words that all differ": (
            True,
            filled(lambda k: f"w{k},v{k},{k % 2}\n", "a,b,y\n", size=TABLE_BYTES, most=199_999),
            csv_alone,
        ),
        "table, 500 columns of digits": (
            True,
            filled(
                lambda _: ",".join("1" * 500) + "\n", ",".join(f"c{k}" for k in range(500)) + "\n", size=TABLE_BYTES
            ),
            csv_alone,
        ),
        "table, 26 columns of numbers": (
            True,
            filled(lambda _: ",".join(map(number, letters)) + "\n", ",".join(letters) + "\n", size=TABLE_BYTES),
            csv_alone,
        ),
        "table, 26 columns of words": (
            True,
            filled(lambda _: ",".join(letters) + "\n", ",".join(letters) + "\n", size=TABLE_BYTES),
            csv_alone,
        ),
    }


def ours(is_table: bool, text: str) -> None:
    try:
        if is_table:
            read_csv(text.encode())
        else:
            read_curves([(text, "curves")])
    except (CsvError, CurvesError):
        pass  # refused, which is an answer


def peak_memory(is_table: bool, text: str) -> float:
    """MB that reading it takes at its peak beyond what there was."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
        before = _memory("VmRSS")
        ours(is_table, text)
        os.write(writing, str(_memory("VmHWM") - before).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    os.waitpid(child, 0)
    return float(answer)


def _memory(kind: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024


def main() -> None:
    brought = files()
    # First of all: what one file leaves to this process another would find there.
    peaks = {name: peak_memory(is_table, text) for name, (is_table, text, _) in brought.items()}
    for name, (is_table, text, alone) in brought.items():
        taken: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            begin = process_time()
            ours(is_table, text)
            middle = process_time()
            alone(text)
            taken.append((middle - begin, process_time() - middle))
        best, floor = (min(column) for column in zip(*taken, strict=True))
        print(
            f"{name:34} {len(text) / 1e6:4.1f} MB   {best * 1e3:6.0f} ms, {peaks[name]:3.0f} MB   "
            f"its cells alone {floor * 1e3:6.0f} ms   ratio {best / floor:4.1f}"
        )


if __name__ == "__main__":
    main()
