"""Verdicts on the logs of a training, on a command line.

    python -m trainers.diagnose FILE... [--together] [--json]
    python -m trainers diagnose FILE... [--together] [--json]

A file is whatever ``trainers.imported`` reads: a table, JSON, a printed log, an event file; - is standard input. Each
is a training of its own (or several), unless ``--together`` says that they are the series of one, as TensorBoard
exports them.

Exit status: 0 where nothing is to be done, 1 where a verdict is an alarm, 2 where a file cannot be read.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from numerals import readable_epoch
from trainers.diagnosis import Finding, diagnose
from trainers.imported import MAX_BYTES, Curves, CurvesError, curves_of, read_log

CALM, ALARM, UNREAD = 0, 1, 2
_STDIN = "-"


def main(arguments: Sequence[str] | None = None, program: str | None = None) -> int:
    """Print what ails each training; the exit status. ``program``: the words that called it, order included."""
    asked = _parser(program).parse_args(arguments)
    groups = [asked.files] if asked.together else [[name] for name in asked.files]
    told = [each for group in groups for each in _diagnosed(group)]
    if asked.json:
        print(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print("\n\n".join(_in_words(each) for each in told))
    if any("error" in each for each in told):
        return UNREAD
    return ALARM if any(finding["alarm"] for each in told for finding in each["findings"]) else CALM


def _parser(program: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m trainers", description="Training on a command line.")
    orders = parser.add_subparsers(dest="order", metavar="ORDER", required=True)
    order = orders.add_parser(
        "diagnose",
        prog=program,
        help="what ails a training, from its log",
        description="What ails a training, from its log: verdicts with evidence and what to try.",
        epilog="Exit status: 0 where nothing is to be done, 1 where a verdict is an alarm, 2 where a file cannot be "
        "read.",
    )
    file = "a table, JSON, a printed log or an event file; - reads standard input"
    order.add_argument("files", nargs="+", metavar="FILE", help=file)
    order.add_argument("--together", action="store_true", help="the files are the series of one training")
    order.add_argument("--json", action="store_true", help="print JSON: a list with one entry a training")
    return parser


def _diagnosed(names: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One entry for each training in these files, or one that says why they cannot be read."""
    title = ", ".join("standard input" if name == _STDIN else name for name in names)
    try:
        log = read_log([(_content(name), Path(name).name) for name in names])
        curves = curves_of(log)
        several = len(curves.trainings) > 1
        every = [curves_of(log, training=training) for training in curves.trainings] if several else [curves]
    except (CurvesError, OSError) as error:
        yield {"file": title, "error": error.strerror or str(error) if isinstance(error, OSError) else str(error)}
        return
    for each in every:
        yield {"file": title, **({"training": each.training} if several else {}), **_entry(each)}


def _content(name: str) -> bytes:
    """The bytes of a file; of one that is too long, one more than is read, for the reader to refuse it."""
    if name == _STDIN:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    with Path(name).open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _entry(curves: Curves) -> dict[str, Any]:
    return {
        "form": curves.form,
        "columns": dict(curves.columns),
        "notes": list(curves.notes),
        "reports": len(curves.history),
        "findings": [_plain(finding) for finding in diagnose(curves.history)],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "name": finding.name,
        "alarm": finding.alarm,
        "since": finding.since if math.isfinite(finding.since) else None,
        "confidence": round(finding.confidence, 3),
        "follows": finding.secondary,
        "evidence": finding.evidence,
        "remedies": [remedy.label for remedy in finding.remedies],
    }


def _in_words(told: dict[str, Any]) -> str:
    head = told["file"] + (f", {told['training']}" if "training" in told else "")
    if "error" in told:
        return f"{head}: cannot be read: {told['error']}"
    columns = ", ".join(f"{role} from {column!r}" for role, column in told["columns"].items())
    lines = [f"{head}: {told['reports']} reports, {columns}"]
    lines += [f"  note: {note}" for note in told["notes"]]
    for finding in told["findings"]:
        since = (
            ""
            if finding["since"] is None or not finding["alarm"]
            else f" since epoch {readable_epoch(finding['since'])}"
        )
        mark = "!" if finding["alarm"] else "-"
        follows = ", which follows from the above" if finding["follows"] else ""
        lines.append(f"  {mark} {finding['name']}{since}{follows}: {finding['evidence']}")
        lines += [f"      try: {remedy}" for remedy in finding["remedies"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
