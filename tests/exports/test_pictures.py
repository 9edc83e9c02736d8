"""Numbers behind pictures as rows."""

from __future__ import annotations

import csv
import io

import numpy as np
import plotly.graph_objects as go

from exports import pictures_csv


def test_every_point_is_a_row_and_every_cell_of_a_map() -> None:
    lines = go.Figure([go.Scatter(x=[1, 2], y=[0.1, -0.2], name="=tanh")])
    field = go.Figure([go.Heatmap(x=[0.0, 1.0], y=[5.0], z=np.array([[7.0, 8.5]]))])
    rows = list(csv.reader(io.StringIO(pictures_csv({"curves": lines, "map": field}))))
    assert rows == [
        ["picture", "trace", "name", "x", "y", "z"],
        ["curves", "0", "'=tanh", "1", "0.1", ""],
        ["curves", "0", "'=tanh", "2", "-0.2", ""],
        ["map", "0", "", "0.0", "5.0", "7.0"],
        ["map", "0", "", "1.0", "5.0", "8.5"],
    ]
