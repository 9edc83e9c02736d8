"""What people bring, read, beside what json.loads or csv.reader alone takes for the same text.

    python -m benchmarks.readers

Files of the largest size that is taken: curves of 2 MB, tables of 5 MB. The fastest of five each, in turn, in one
process. Aim: any of them in a second.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from time import perf_counter

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


def main() -> None:
    for name, (is_table, text, alone) in files().items():
        taken: list[tuple[float, float]] = []
        for _ in range(ROUNDS):
            begin = perf_counter()
            ours(is_table, text)
            middle = perf_counter()
            alone(text)
            taken.append((middle - begin, perf_counter() - middle))
        best, floor = (min(column) for column in zip(*taken, strict=True))
        print(
            f"{name:34} {len(text) / 1e6:4.1f} MB   {best * 1e3:6.0f} ms   its cells alone {floor * 1e3:6.0f} ms   "
            f"ratio {best / floor:4.1f}"
        )


if __name__ == "__main__":
    main()
