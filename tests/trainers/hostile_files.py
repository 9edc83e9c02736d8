"""Files within the upload bound that would be blown up by a reader that fills gaps before it counts.

``python -m tests.trainers.hostile_files curves`` (or ``tables``) reads them all, and prints for each by how many
megabytes the most memory that the process ever had has grown, and what was said.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator

from trainers.data.csv_table import MAX_BYTES as TABLE_BYTES
from trainers.data.csv_table import CsvError, read_csv, table_from
from trainers.imported.log import MAX_BYTES, CurvesError

NAMES = "loss," + ",".join(f"c{k}" for k in range(999))


def filled(row: str, head: str = "", end: str = "", size: int = MAX_BYTES) -> str:
    """As many rows as fit."""
    return head + row * ((size - len(head) - len(end)) // len(row)) + end


# Each is made when it is read, so that none lies in memory meanwhile.
CURVES: dict[str, Callable[[], str]] = {
    "12,000 columns and as many rows": lambda: "a" + "," * 12_000 + "\n" + "1\n" * 12_000,
    "40,000 columns and as many rows": lambda: "a" + "," * 40_000 + "\n" + "1\n" * 40_000,
    "1,000 columns and 100,000 short rows": lambda: NAMES + "\n" + "1\n" * 100_000,
    "1,000 full columns": lambda: filled(",".join("1" * 1000) + "\n", NAMES + "\n"),
    "one row of commas": lambda: "," * MAX_BYTES,
    "a quote that is not closed": lambda: filled("1,", 'loss,b\n"'),
    "40,000 JSON columns": lambda: "{" + ",".join(f'"c{k}":[1]' for k in range(40_000)) + "}",
    "a long JSON column among short ones": lambda: (
        "{" + ",".join(f'"c{k}":[1]' for k in range(900)) + ',"loss":[' + ",".join("1" * 99_999) + "]}"
    ),
    "40,000 JSON records of other names": lambda: "[" + ",".join(f'{{"c{k}":1}}' for k in range(40_000)) + "]",
    "empty JSON records": lambda: filled("{},", "[", "{}]"),
    "empty JSON lists": lambda: filled("[],", "[", "[]]"),
    "JSON nested": lambda: '{"a":' * 400_000,
    "JSON words": lambda: filled('"ab",', "[", '"ab"]'),
    "lines of JSON": lambda: filled('{"loss":1}\n'),
    "quotes of Python's": lambda: filled("'\\", "{'loss':["),
    "brackets of Python's": lambda: filled("(", "{'loss':["),
    "words of Python's": lambda: filled("'ab',", "{'loss':[", "1]}"),
    "printed lines": lambda: filled("loss: 0.5\n"),
    "bars of Keras": lambda: filled("Epoch 1/2\n - loss: 0.5 - val_loss: 0.25\n"),
    "headers that change": lambda: "loss,b\n" + "".join(f"loss{k},loss\n1,2\n" for k in range(40_000)),
    "notes": lambda: filled("a,b\n", "loss,b\n1,2\n"),
    "epochs that fall": lambda: "epoch,loss\n" + "1,1\n2,1\n3,1\n4,1\n" * 24_000,
    "four-byte letters": lambda: filled("1,\N{GRINNING FACE}\n", "loss,b\n", size=MAX_BYTES // 2),
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
HEAD = ",".join(LETTERS) + "\n"
TABLES: dict[str, Callable[[], str]] = {
    "12,000 columns and as many rows": CURVES["12,000 columns and as many rows"],
    "one row of commas": lambda: "," * TABLE_BYTES,
    "lines": lambda: "\n" * TABLE_BYTES,
    "500 columns of digits": lambda: filled(
        ",".join("1" * 500) + "\n", ",".join(f"c{k}" for k in range(500)) + "\n", size=TABLE_BYTES
    ),
    "26 columns of words": lambda: filled(",".join(LETTERS) + "\n", HEAD, size=TABLE_BYTES),
    "words that are all different": lambda: (
        HEAD + "".join(",".join(f"{k:x}{letter}" for letter in LETTERS) + "\n" for k in range(30_000))
    ),
    "narrow rows": lambda: filled("1,2\n", "a,b\n", size=TABLE_BYTES),
    "word columns of 50 words": lambda: (
        HEAD + "".join(",".join(f"w{(k + j) % 50}" for j in range(26)) + "\n" for k in range(40_000))
    ),
}


def read_all(kind: str) -> Iterator[tuple[str, float, str]]:
    """(name, megabytes by which the peak has grown since the beginning, what was said)."""
    from trainers.imported.curves import read_curves

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, make in (CURVES if kind == "curves" else TABLES).items():
        said = "read"
        try:
            if kind == "curves":
                read_curves([(make().encode()[:MAX_BYTES], name)])
            else:
                table_from(read_csv(make().encode()[:TABLE_BYTES]))
        except (CurvesError, CsvError) as error:
            said = str(error)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        yield name, grown / 1024, said


if __name__ == "__main__":
    for line in read_all(sys.argv[1]):
        print(*line, sep="\t", flush=True)
