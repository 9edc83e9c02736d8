"""The numbers of a neuron, row by row, as CSV."""

from __future__ import annotations

from experiments.neuron import row_numbers
from experiments.race import RaceResult, check_step
from exports.csv_text import csv_text


def neuron_csv(result: RaceResult, step: int | None = None) -> str:
    """Every row at the weights of every optimizer at a step (None: the last), forward and backward.

    Raises:
        ValueError: a step that the race does not have.
    """
    landscape, at = result.race.landscape, check_step(result, step)
    rows = landscape.rows
    assert rows is not None
    two = len(rows.columns) == 3
    names = ("w1", "w2") if two else ("w", "b")
    lines: list[tuple[object, ...]] = []
    for lane in result.lanes:
        weights = (float(lane.trajectory.points[at][0]), float(lane.trajectory.points[at][1]))
        numbers = row_numbers(landscape, weights)
        if not two:
            del numbers["loss_by_bias"]  # the second weight is the bias
        if not lines:
            lines.append(("optimizer", "step", *names, "bias added", "row", *rows.meanings, *numbers))
        table = zip(rows.table.tolist(), *(column.tolist() for column in numbers.values()), strict=True)
        for number, (row, *cells) in enumerate(table, 1):
            lines.append((lane.label, at, *weights, landscape.parameters["offset"], number, *row, *cells))
    return csv_text(lines)
