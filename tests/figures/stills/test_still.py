"""Pictures of Plotly drawn without a browser: data lie where the axes say, and what is unknown is refused."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image as PillowImage

from figures.drawing import Disc, Image, Line, Picture, Polygon, Text
from figures.stills import picture_png, still_picture, still_png, still_svg

BARE = {"margin": {"l": 40, "r": 14, "t": 10, "b": 20, "pad": 0}, "showlegend": False, "height": 300}
PLAIN = {"automargin": False, "range": [0, 10], "showgrid": False, "zeroline": False}


def drawn(*traces: dict[str, Any], width: int = 460, **layout: Any) -> Picture:
    figure = go.Figure(list(traces), {"template": {}, "xaxis": PLAIN, "yaxis": PLAIN} | BARE | layout)
    return still_picture(figure, width=width)


def of(picture: Picture, kind: type) -> list[Any]:
    return [item for item in picture.outside if isinstance(item, kind)]


def lines(picture: Picture, color: str) -> list[np.ndarray]:
    return [item.points for item in of(picture, Line) if item.color == color]


def test_a_line_runs_between_the_pixels_of_its_values_and_breaks_where_a_number_is_none():
    """The frame reaches from 40 to 440 across (460 less 14 and the 6 that every picture has) and from 280 up to 10."""
    trace = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 5, 6, 10],
        "y": [0, 10, np.nan, 5],
        "line": {"color": "#112233"},
    }
    (piece,) = lines(drawn(trace), "#112233")
    assert piece == pytest.approx(np.array([[40, 280], [240, 10]]))


def test_logarithms_lie_on_logarithmic_axes():
    axis = {"automargin": False, "type": "log", "range": [0, 2]}
    picture = drawn(
        {"type": "scatter", "mode": "markers", "x": [5], "y": [10.0], "marker": {"color": "#112233"}}, yaxis=axis
    )
    (disc,) = of(picture, Disc)
    assert (disc.x, disc.y) == pytest.approx((240, 145))
    assert {"1", "10", "100"} <= {item.text for item in of(picture, Text)}


def test_what_lies_outside_of_the_axes_is_cut_off():
    trace = {"type": "scatter", "mode": "lines+markers", "x": [-5, 15], "y": [5, 5], "line": {"color": "#112233"}}
    picture = drawn(trace)
    (piece,) = lines(picture, "#112233")
    assert piece[:, 0] == pytest.approx([40, 440])
    assert not of(picture, Disc)
    (filled,) = of(drawn({**trace, "mode": "lines", "fill": "tozeroy", "fillcolor": "#445566"}), Polygon)
    assert filled.points.min(axis=0) == pytest.approx([40, 145])
    assert filled.points.max(axis=0) == pytest.approx([440, 280])


def test_bars_stand_on_their_base_and_beside_each_other():
    bars = [{"type": "bar", "x": [2, 4], "y": [5, 10], "marker": {"color": color}} for color in ("#112233", "#445566")]
    shapes = of(drawn(*bars, bargap=0.0), Polygon)
    assert [shape.fill for shape in shapes] == ["#112233"] * 2 + ["#445566"] * 2
    first, other = shapes[0].points, shapes[2].points
    assert (first[:, 0].min(), first[:, 0].max()) == pytest.approx((80, 120))  # 2 less 1, up to 2
    assert (other[:, 0].min(), other[:, 0].max()) == pytest.approx((120, 160))
    assert (first[:, 1].min(), first[:, 1].max()) == pytest.approx((145, 280))


def test_cells_have_the_colors_of_their_values_and_unknown_ones_none():
    scale = [[0.0, "#000000"], [1.0, "#FFFFFF"]]
    few = {
        "type": "heatmap",
        "z": [[0, 1], [np.nan, 0.5]],
        "colorscale": scale,
        "zmin": 0,
        "zmax": 1,
        "showscale": False,
    }
    shapes = of(drawn(few, xaxis={"automargin": False}, yaxis={"automargin": False}), Polygon)
    assert [shape.fill for shape in shapes] == ["#000000", "#FFFFFF", "#808080"]
    assert shapes[1].points[:, 0].min() == pytest.approx(240, abs=0.5)
    many = {**few, "z": np.linspace(0, 1, 10_000).reshape(100, 100)}
    (image,) = of(drawn(many, xaxis={"automargin": False}, yaxis={"automargin": False}), Image)
    assert image.pixels[-1, 0] == 0  # the first row lies below
    assert image.pixels[0, -1] == 255


def test_contours_follow_a_plane():
    z = np.tile(np.arange(11.0), (11, 1))
    trace = {
        "type": "contour",
        "z": z,
        "x": np.arange(11.0),
        "y": np.arange(11.0),
        "colorscale": [[0.0, "#000000"], [1.0, "#FFFFFF"]],
        "contours": {"start": 5.0, "end": 5.0, "size": 1.0},
        "line": {"color": "#112233", "width": 1},
        "showscale": False,
    }
    picture = drawn(trace)
    (line,) = lines(picture, "#112233")
    assert line[:, 0] == pytest.approx(np.full(len(line), 240.0))
    assert len(of(picture, Polygon)) == 2


def test_axes_of_one_scale_have_one():
    square = {"type": "scatter", "mode": "lines", "x": [0, 10], "y": [0, 10], "line": {"color": "#112233"}}
    (piece,) = lines(drawn(square, yaxis=PLAIN | {"scaleanchor": "x", "constrain": "domain"}), "#112233")
    across, up = np.abs(np.diff(piece, axis=0))[0]
    assert across == pytest.approx(up)


def test_a_legend_names_what_has_a_name_in_as_many_rows_as_it_takes():
    traces = [
        {"type": "scatter", "mode": "lines", "x": [1, 2], "y": [1, 2], "name": f"a long name {n}"} for n in range(6)
    ]
    legend = {"orientation": "h", "x": 0.0, "y": 1.0, "yanchor": "bottom", "xanchor": "left"}
    for width in (400, 1200):
        picture = drawn(
            *traces, {**traces[0], "name": "hidden", "showlegend": False}, width=width, showlegend=True, legend=legend
        )
        names = [item for item in of(picture, Text) if item.text.startswith("a long name")]
        assert len(names) == 6
        assert all(0 <= item.x <= width for item in names)
        assert len({item.y for item in names}) == (1 if width == 1200 else 3)
        assert not [item for item in of(picture, Text) if item.text == "hidden"]


def test_words_of_users_stay_words():
    title = {"text": "<b>a</b> & <script>alert(1)</script>"}
    figure = go.Figure([], {"template": {}, "xaxis": {"title": title}, "height": 300})
    text = still_svg(figure, width=400, about='"><script>')
    ElementTree.fromstring(text)
    assert "<script" not in text


@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_is_there_in_the_size_that_is_asked_for(dark: bool):
    figure = go.Figure([{"type": "scatter", "x": [1, 2], "y": [3, 4]}], {"template": {}})
    with PillowImage.open(io.BytesIO(still_png(figure, width=640, height=480, scale=1.5, dark=dark))) as image:
        assert image.size == (640, 480)
        pixel: Any = image.convert("RGB").getpixel((2, 2))
        assert (sum(pixel) < 200) == dark
    picture = still_picture(figure, width=300, dark=dark)
    with PillowImage.open(io.BytesIO(picture_png(picture, width=600, height=900))) as image:
        assert image.size == (600, 900)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="type 'pie'"):
        drawn({"type": "pie", "values": [1]})
    with pytest.raises(ValueError, match="240 to 4096"):
        still_picture(go.Figure(), width=100)


def scene(**settings: Any) -> Picture:
    """A slope that rises along x, with a mark on its upper edge."""
    x = np.linspace(0, 10, 21)
    rise = np.tile(x, (21, 1))
    scale = [[0.0, "#000000"], [1.0, "#FFFFFF"]]
    surface = {"type": "surface", "x": x, "y": x, "z": rise, "colorscale": scale, **settings}
    mark = {"type": "scatter3d", "x": [10], "y": [5], "z": [10], "marker": {"color": "#112233", "size": 4}}
    titles = {f"{letter}axis": {"title": {"text": f"the {letter}"}} for letter in "xyz"}
    figure = go.Figure([surface, mark], {"template": {}, "height": 300, "scene": titles})
    return still_picture(figure, width=460)


def test_a_surface_in_space_is_drawn_from_its_far_cells_to_its_near_ones():
    """Seen from where all coordinates are large, x runs to the lower left, y to the lower right and z up."""
    picture = scene()
    cells = of(picture, Polygon)
    assert len(cells) == 400
    middles = np.array([cell.points.mean(axis=0) for cell in cells])
    levels = np.array([int(cell.fill[1:3], 16) for cell in cells])
    assert levels[:20].mean() < levels[-20:].mean()  # what is high is near
    low, high = middles[levels < 60].mean(axis=0), middles[levels > 160].mean(axis=0)
    assert high[0] < low[0]
    (mark,) = of(picture, Disc)
    highest = middles[levels.argmax()]
    assert np.hypot(mark.x - middles[:, 0], mark.y - middles[:, 1]).min() < 20
    assert mark.x < low[0]
    assert abs(mark.y - highest[1]) < 120
    texts = {item.text for item in of(picture, Text)}
    assert {"the x", "the y", "the z", "0", "10"} <= texts
    for points in (cell.points for cell in cells):
        assert (points >= 0).all()
        assert (points <= (460, 300)).all()


def test_holes_of_a_surface_stay_and_a_large_one_has_fewer_cells():
    holed = np.tile(np.linspace(0, 10, 21), (21, 1))
    holed[10, 10] = np.nan
    assert len(of(scene(z=holed), Polygon)) == 396
    x = np.linspace(0, 10, 201)
    assert len(of(scene(x=x, y=x, z=np.tile(x, (201, 1))), Polygon)) == 1600
    figure = go.Figure([{"type": "surface", "x": x, "y": x, "z": np.zeros((201, 201))}, {"type": "mesh3d"}])
    with pytest.raises(ValueError, match="'mesh3d' in space was given"):
        still_picture(figure, width=460)
