"""Loss surfaces as pictures: which number stands where, one scale, what lies in the plane."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from figures.drawing import Polygon, Text
from figures.stills import still_picture
from figures.surface import limits_of, scale_figure, surface_figure, ways_figure
from trainers.surfaces import Joint, Mark, Surface

GRID = np.array([[1.0, 10.0, 100.0], [2.0, 20.0, 200.0], [3.0, np.nan, 300.0]])
SURFACE = Surface(
    alphas=(-1.0, 0.0, 1.0),
    betas=(-2.0, 0.0, 2.0),
    values={"train_loss": GRID, "val_loss": 2 * GRID, "train_metric": np.full((3, 3), 0.5)},
    marks=(Mark(kind="run", label="<b>one</b>", alpha=0.0, beta=0.0),),
    metric="accuracy",
)
LINE = Joint(
    kind="line", shares=(0.0, 0.5, 1.0), train_loss=(0.1, 0.6, 0.2), val_loss=(0.2, 0.7, 0.3), at=((0, 0), (1, 0))
)
CURVE = replace(LINE, kind="curve", train_loss=(0.1, 0.05, 0.2), at=((0, 0), (0.5, 1), (1, 0)))
MATCHED = replace(LINE, kind="matched", at=())


def traces(figure: Any, kind: str) -> list[Any]:
    return [trace for trace in figure.data if trace.type == kind]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("view", ["map", "lines"])
def test_rows_of_the_lattice_are_beta_and_columns_alpha(view: str, dark: bool) -> None:
    figure: Any = surface_figure(SURFACE, "train_loss", view=view, dark=dark)
    (contour,) = traces(figure, "contour")
    assert list(contour.x) == [-1, 0, 1]
    assert list(contour.y) == [-2, 0, 2]
    assert np.array(contour.z) == pytest.approx(np.log10(GRID), nan_ok=True)
    assert (contour.zmin, contour.zmax) == pytest.approx((0, np.log10(300)))
    assert contour.contours.coloring == ("fill" if view == "map" else "lines")
    assert figure.layout.xaxis.title.text == "alpha"
    assert figure.layout.yaxis.title.text == "beta"
    assert contour.colorbar.title.text == "training loss"
    assert contour.colorbar.ticktext[0] == "1"


def test_a_scale_that_is_given_is_kept_and_metrics_have_no_logarithm() -> None:
    other = replace(SURFACE, values={"train_loss": np.full((3, 3), 5000.0)})
    limits = limits_of([SURFACE, other], "train_loss")
    assert limits == (1, 5000)
    figure: Any = surface_figure(SURFACE, "train_loss", limits=limits, log=False)
    (contour,) = traces(figure, "contour")
    assert (contour.zmin, contour.zmax) == limits
    (metric,) = traces(surface_figure(SURFACE, "train_metric"), "contour")
    assert metric.colorbar.title.text == "training accuracy"
    assert np.array(metric.z) == pytest.approx(np.full((3, 3), 0.5))
    assert metric.zmin < 0.5 < metric.zmax
    assert limits_of([], "train_loss") is None
    (without,) = traces(surface_figure(SURFACE, "train_loss", bar=False), "contour")
    assert not without.showscale
    (negative,) = traces(surface_figure(replace(SURFACE, values={"train_loss": -GRID}), "train_loss"), "contour")
    assert np.nanmin(np.array(negative.z)) == -300  # no logarithm of what has none


def test_the_strip_of_colors_is_that_of_the_surfaces() -> None:
    """Several surfaces have no bar of their own, which would make one of them narrower than the others."""
    limits = limits_of([SURFACE], "train_loss")
    assert limits is not None
    strip: Any = scale_figure(SURFACE, "train_loss", limits)
    (contour,) = traces(surface_figure(SURFACE, "train_loss", limits=limits), "contour")
    (colors,) = traces(strip, "heatmap")
    assert (colors.zmin, colors.zmax) == (contour.zmin, contour.zmax)
    assert colors.colorscale == contour.colorscale
    assert np.array(colors.z)[0] == pytest.approx(np.array(colors.x))
    assert strip.layout.xaxis.ticktext == contour.colorbar.ticktext
    assert strip.layout.xaxis.tickvals == contour.colorbar.tickvals
    assert strip.layout.xaxis.title.text == "training loss"
    linear: Any = scale_figure(SURFACE, "train_metric", (0.5, 1.0))
    assert linear.layout.xaxis.range == (0.5, 1.0)


def test_runs_path_and_ways_lie_in_the_plane() -> None:
    path = tuple(Mark(kind="path", label=f"epoch {k}", alpha=1.0 - k, beta=0.0, epoch=k) for k in range(2))
    figure: Any = surface_figure(replace(SURFACE, marks=path, joints=(LINE, CURVE, MATCHED)), "train_loss")
    named = {trace.name: trace for trace in traces(figure, "scatter")}
    assert list(named["path, from the start to the end"].x) == [1, 0]
    assert list(named["trained curve"].y) == [0, 1, 0]
    assert named["straight line"].line.dash != named["trained curve"].line.dash
    assert len(named) == 3
    hostile: Any = surface_figure(SURFACE, "train_loss", title="<i>x</i>")
    assert traces(hostile, "scatter")[0].text == ("&lt;b&gt;one&lt;/b&gt;",)
    assert hostile.layout.title.text == "&lt;i&gt;x&lt;/i&gt;"


def test_heights_in_space_and_the_mark_upon_them() -> None:
    figure: Any = surface_figure(SURFACE, "train_loss", view="height")
    (body,) = traces(figure, "surface")
    assert np.array(body.z) == pytest.approx(np.log10(GRID), nan_ok=True)
    (mark,) = traces(figure, "scatter3d")
    assert (mark.x[0], mark.y[0], mark.z[0]) == pytest.approx((0, 0, np.log10(20)))


@pytest.mark.parametrize("view", ["map", "height"])
def test_a_line_is_a_curve_of_both_parts(view: str) -> None:
    line = Surface(
        alphas=(0.0, 0.5, 1.0),
        betas=(0.0,),
        values={"train_loss": GRID[:1], "val_loss": 2 * GRID[:1]},
        marks=(Mark(kind="run", label="a", alpha=0.0, beta=0.0), Mark(kind="run", label="b", alpha=1.0, beta=0.0)),
    )
    figure: Any = surface_figure(line, "val_loss", view=view)
    assert [trace.name for trace in figure.data] == ["training", "validation"]
    assert list(figure.data[1].y) == [2, 20, 200]
    assert figure.layout.yaxis.type == "log"
    assert figure.layout.yaxis.title.text == "loss"  # of both
    assert [shape.x0 for shape in figure.layout.shapes] == [0, 1]


@pytest.mark.parametrize("dark", [False, True])
def test_ways_are_drawn_over_the_share_of_the_way(dark: bool) -> None:
    surface = replace(SURFACE, joints=(LINE, CURVE, MATCHED))
    figure: Any = ways_figure(surface, dark=dark)
    assert [trace.name for trace in figure.data] == ["straight line", "trained curve", "line, units matched"]
    assert list(figure.data[1].y) == [0.1, 0.05, 0.2]
    validation: Any = ways_figure(surface, "val")
    assert list(validation.data[0].y) == [0.2, 0.7, 0.3]
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 3
    # Plotly leaves out a number of the axis that does not fit on the paper: "100%" stands half beyond its end.
    assert figure.layout.margin.r >= 20


def test_the_path_is_drawn_or_left_out_and_the_rest_stays() -> None:
    marks = (*SURFACE.marks, *(Mark(kind="path", label=f"epoch {k}", alpha=k / 2, beta=0.0, epoch=k) for k in range(3)))
    surface = replace(SURFACE, marks=marks)
    drawn, left_out = (surface_figure(surface, "train_loss", path=path) for path in (True, False))
    assert len(traces(drawn, "scatter")) == 2
    (mark,) = traces(left_out, "scatter")
    assert list(mark.x) == [0.0]
    assert len(traces(left_out, "contour")) == 1


def test_heights_in_space_have_a_still_of_their_own() -> None:
    picture = still_picture(surface_figure(SURFACE, "train_loss", view="height"), width=600)
    shapes = [item for item in picture.outside if isinstance(item, Polygon)]
    known = np.isfinite(SURFACE.values["train_loss"])
    assert len(shapes) == (known[:-1, :-1] & known[:-1, 1:] & known[1:, 1:] & known[1:, :-1]).sum() == 2
    texts = {item.text for item in picture.outside if isinstance(item, Text)}
    assert {"alpha", "beta"} <= texts
