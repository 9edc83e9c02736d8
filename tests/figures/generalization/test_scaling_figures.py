"""Scaling laws as pictures and sentences: points, spread of networks, the law, and what is not fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from experiments.generalization import CODEC, best_by_compute, scaling_of, scaling_request, scaling_sentences
from figures.generalization import scale_figure

VALUES = CODEC.read({"part": "scaling"})[0]


def made_up(values: dict[str, Any]) -> dict[str, Any]:
    """Cells that follow loss = 100 / parameters and loss = 20 / rows exactly."""
    cells = {}
    for name in scaling_request(values).cells:
        parts = name.split()
        parameters, rows = 100 * int(parts[0]), int(parts[3]) if len(parts) > 3 else None
        loss = 100 / parameters if rows is None else 20 / rows
        compute = [parameters * 1000 * 2**k for k in range(4)]
        cells[name] = {
            "parameters": parameters,
            "rows": rows,
            "losses": [0.8 * loss, loss / 0.8],
            "compute": compute,
            "curve": [max(loss, 5e5 / c) for c in compute],
        }
    return cells


@pytest.mark.parametrize("dark", [False, True])
def test_points_and_laws_stand_where_they_belong(dark: bool) -> None:
    scaling = scaling_of(VALUES, made_up(VALUES))
    parameters, rows, compute = scaling.scales
    for scale in (parameters, rows):
        assert scale.law is not None
        assert scale.law.exponent == pytest.approx(1, abs=1e-3)
    assert compute.law is not None
    figure: Any = scale_figure(scaling, parameters, dark=dark)
    points = next(trace for trace in figure.data if trace.name == "networks")
    np.testing.assert_allclose(points.y, 100 / np.array(points.x))
    np.testing.assert_allclose(points.error_y.array, points.y * 0.25)
    law = next(trace for trace in figure.data if trace.name == "power law")
    np.testing.assert_allclose(law.y, 100 / np.array(law.x), rtol=1e-3)
    by_rows: Any = scale_figure(scaling, rows, dark=dark)
    few = next(trace for trace in by_rows.data if trace.name == "networks")
    assert few.marker.symbol[0] == "circle-open"  # 20 / 24 is more than half of 1
    assert few.marker.symbol[1] == "circle"
    text = " ".join(scaling_sentences(scaling, VALUES))
    assert "**Training rows:** exponent 1" in text
    assert "4/d = 1" in text


def test_the_best_by_compute_only_falls_and_is_of_any_width() -> None:
    first = ("4 units", np.array([1e3, 1e4, 1e5]), np.array([0.5, 0.2, 0.19]))
    second = ("8 units", np.array([5e3, 5e4, 5e5]), np.array([0.6, 0.1, 0.05]))
    points = best_by_compute([first, second])
    assert [compute for compute, _ in points] == [1e3, 1e4, 5e4, 5e5]
    losses = [loss for _, (loss,) in points]
    assert losses == sorted(losses, reverse=True)


def test_before_there_are_points_there_is_no_law() -> None:
    some = dict(list(made_up(VALUES).items())[:3])
    scaling = scaling_of(VALUES, some)
    assert scaling.scales[0].law is None
    assert not len(scaling.scales[1].x)
    figure: Any = scale_figure(scaling, scaling.scales[0])
    assert figure.layout.annotations[0].text == "too few points for a law yet"
    assert scaling_of(VALUES, {}).curves == ()
