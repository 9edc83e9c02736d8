"""From curves to a verdict: files of curves at all ends of numbers, read, diagnosed, told in sentences, drawn, stored.

    python -m tests.fuzz.curves 3000 --seed 1

An input is the text of a file. Each that ever failed is in curves.txt.
"""

from __future__ import annotations

import math
import random
import re
import sys

from figures.live import live_payload
from tests.fuzz.campaign import campaign, check_refusal
from tests.fuzz.numbers import EXTREME, number_text
from trainers import diagnose
from trainers.imported import CurvesError, read_curves, reports_of, watched_of

_NAMES = ("epoch", "train_loss", "val_loss", "train_acc", "val_acc", "lr", "grad_norm", "loss", "val_accuracy", "time")


def curves_input(seed: int, number: int) -> str:
    """Input ``number`` of a seed: a table or JSON of curves, mostly well formed, with ends of numbers among them."""
    draw = random.Random(f"{seed}/{number}")
    count = draw.choice((1, 2, 3, 5, 12, 30, 120))
    names = ["epoch", "train_loss", *draw.sample(_NAMES[2:], draw.randint(0, 4))]
    scale = draw.choice((1.0, 1.0, 1e-300, 1e300, 5e-324, 1e-12, 1e150, 0.0, -1.0))
    wild = draw.choice((0.0, 0.0, 0.02, 0.3))
    columns = {name: _column(draw, name, count, scale, wild) for name in names}
    if draw.random() < 0.3:
        body = ", ".join(f'"{name}": [{", ".join(cells)}]' for name, cells in columns.items())
        text = f"{{{body}}}"
    else:
        rows = zip(*columns.values(), strict=True)
        text = "\n".join([",".join(names), *map(",".join, rows)])
    for _ in range(draw.choice((0, 0, 0, 1, 3))):
        at, end = sorted(draw.randint(0, len(text)) for _ in range(2))
        text = text[:at] + draw.choice((number_text(draw), ",", "\n", "}", '"', "\0", "nan")) + text[min(end, at + 9) :]
    return text


def _column(draw: random.Random, name: str, count: int, scale: float, wild: float) -> list[str]:
    if name == "epoch":
        return [str(epoch) for epoch in range(count)]
    kind, pace, start = (
        draw.choice(("falls", "rises", "stays", "swings", "turns")),
        draw.uniform(0.01, 1),
        draw.random(),
    )
    cells = []
    for epoch in range(count):
        at = pace * epoch
        shape = {
            "falls": math.exp(-at),
            "rises": 1 - math.exp(-at),
            "stays": 1.0,
            "swings": 1 + (-1) ** epoch,
            "turns": abs(at - 2),
        }[kind]
        cells.append(draw.choice(EXTREME[:36]) if draw.random() < wild else repr((start + shape) * scale))
    return [cell.strip() or "0" for cell in cells]


def run_chain(text: str) -> str:
    """Read, diagnose, tell, draw, and keep, twice with the same verdict.

    Raises:
        AssertionError: something is not as promised.
    """
    try:
        curves = read_curves([(text, "curves.csv")])
    except CurvesError as error:
        check_refusal(error)
        return "refused"
    findings = diagnose(curves.history)
    for finding in findings:
        assert 0.0 <= finding.confidence <= 1.0
        assert math.isfinite(finding.since)
        assert finding.evidence
        assert "nan" not in re.findall(r"[a-z]+", finding.evidence.lower())
    assert live_payload([watched_of(curves.history, findings, "curves.csv")], picture=False)
    assert len(reports_of(curves.history)) == len(curves.history)
    return "read"


def main(arguments: list[str]) -> int:
    return campaign(
        arguments, "Fuzz the chain from curves to a verdict.", curves_input, lambda text, number: run_chain(text), 3000
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
