"""One optimum in every convention of lambda, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from experiments.neuron import Convention
from numerals import readable


def convention_table(conventions: Sequence[Convention]) -> str:
    """The number of one optimum in every convention of lambda, as Markdown."""
    rows = [("Written as", "What is minimized", "Number"), ("---",) * 3]
    rows += [(each.where, f"${each.formula}$", f"${each.symbol} =$ {readable(each.number)}") for each in conventions]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
