"""What the live curves can show, one declaration a panel, and its lines as columns of the blob."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from figures.frontend import Buffers
from figures.live.thin import own_rows, shared_rows

if TYPE_CHECKING:
    from trainers.lab import Feed

Array = NDArray[np.float64]

LONG = 2000  # entries from which a curve is thinned
KNOTS = 256
_BUCKETS = {"main": 256, "minor": 64}
_HIDDEN = re.compile(r"^hidden\.(\d+)\.linear$")
_INSIDE_NUMBERS = 4000  # of all layers and quantities together, while a run is active
_INSIDE_ENDED = 24_000
_LEAST, _MOST = 12, 256

Scale = Literal["auto", "linear", "log"]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One chart to choose. ``series``: columns of ``Feed.series``; ``layers``: a column of its layers, else None.

    aside: a column shown on request; ``aside_text`` and ``aside_help`` ask for it, ``aside_name`` is its line's name.
    guide: a value with a line of its own, guide_text says what it is. band: values shaded faintly. limits: beyond them
    a value leaves the chart instead of squeezing the others.
    """

    key: str
    text: str
    title: str
    series: tuple[str, ...] = ()
    layers: str | None = None
    scale: Scale = "linear"
    inside: bool = False
    guide: float | None = None
    guide_text: str = ""
    band: tuple[float, float] | None = None
    limits: tuple[float | None, float | None] = (None, None)
    aside: str = ""
    aside_text: str = ""
    aside_name: str = ""
    aside_help: str = ""


PANELS: tuple[Panel, ...] = (
    Panel(
        key="loss",
        text="Loss",
        title="loss",
        series=("train_loss", "val_loss"),
        scale="auto",
        aside="batch_loss",
        aside_text="as trained",
        aside_name="last mini-batch",
        aside_help="The loss that the optimizer sees: of the last mini-batch, with dropout and augmentation on",
    ),
    Panel(key="metric", text="Metric", title="metric", series=("train_metric", "val_metric"), limits=(-1.0, None)),
    Panel(
        key="rmse",
        text="RMSE",
        title="root mean squared error",
        series=("train_rmse", "val_rmse"),
        limits=(0.0, None),
    ),
    Panel(key="rate", text="Rate", title="learning rate", series=("lr",), scale="auto"),
    Panel(key="speed", text="Speed", title="samples a second", series=("samples_per_second",), limits=(0.0, None)),
    Panel(
        key="grad_norm",
        text="Gradient norm by layer",
        title="gradient norm",
        layers="grad_norm",
        scale="log",
        inside=True,
    ),
    Panel(
        key="update_ratio",
        text="Update / weight",
        title="length of update over weights",
        layers="update_ratio",
        scale="log",
        inside=True,
        band=(3e-4, 3e-3),
    ),
    Panel(
        key="activation_std",
        text="Activation spread",
        title="standard deviation of activations",
        layers="activation_std",
        scale="log",
        inside=True,
    ),
    Panel(
        key="dead_share",
        text="Dead share",
        title="share of dead units",
        layers="dead_share",
        inside=True,
        limits=(0.0, 1.0),
    ),
    Panel(
        key="saturated_share",
        text="Saturated share",
        title="share of saturated units",
        layers="saturated_share",
        inside=True,
        limits=(0.0, 1.0),
    ),
    Panel(
        key="zero_share",
        text="Share of zeros",
        title="share of weights that are zero",
        layers="zero_share",
        inside=True,
        limits=(0.0, 1.0),
    ),
    Panel(
        key="zero_outputs",
        text="Zeros among activations",
        title="share of activations that are zero",
        layers="zero_outputs",
        inside=True,
        limits=(0.0, 1.0),
    ),
    Panel(key="slope", text="Learned slope", title="slope of PReLU below zero", layers="slope", inside=True),
    Panel(
        key="row_length",
        text="Weight norm's lengths g",
        title="mean length g of the rows w = g v / |v|",
        layers="row_length",
        inside=True,
    ),
    Panel(
        key="direction_length",
        text="Weight norm's |v|",
        title="mean |v|, of which only the direction counts",
        layers="direction_length",
        inside=True,
    ),
    Panel(key="weight_norm", text="Length of weights", title="length of weights", layers="weight_norm", inside=True),
    Panel(
        key="distance",
        text="Distance from start",
        title="distance from start over first length",
        layers="distance",
        inside=True,
    ),
    Panel(
        key="whole_grad_norm",
        text="Gradient norm, whole",
        title="gradient norm",
        series=("grad_norm",),
        scale="log",
        inside=True,
    ),
    Panel(
        key="sharpness",
        text="Sharpness",
        title="rate times sharpness / 2",
        series=("stability",),
        scale="auto",
        inside=True,
        guide=1.0,
        guide_text="edge of stability",
    ),
    Panel(
        key="noise_scale",
        text="Noise scale",
        title="gradient noise scale, samples",
        series=("noise_scale",),
        scale="log",
        inside=True,
    ),
    Panel(
        key="cosine",
        text="Cosine",
        title="cosine of successive gradients",
        series=("cosine",),
        inside=True,
        guide=0.0,
        limits=(-1.0, 1.0),
    ),
)

NAMES = {"train": "training", "val": "validation"}


def column(watched: Feed, name: str) -> Array:
    """A series by name, ``(n,)``; also ``stability``: rate times sharpness over two, above 1 where descent bounces;
    ``train_rmse`` and ``val_rmse``: the root of a mean squared error in units of the target, NaN for other losses."""
    with np.errstate(all="ignore"):
        if name == "stability":
            return np.asarray(watched.series["lr"] * watched.series["sharpness"] / 2, dtype=np.float64)
        if name.endswith("_rmse"):
            return np.sqrt(np.asarray(watched.series[name.replace("rmse", "loss")])) * _of_target(watched)
        if name in watched.series:
            return np.asarray(watched.series[name], dtype=np.float64)
    return np.full(len(watched.epochs), np.nan)


def _of_target(watched: Feed) -> float:
    """How much of its unit 1 in the loss is; NaN where the loss is no squared error, or this is not known."""
    config, facts = watched.run.config, watched.run.facts
    if config is None or facts is None or facts.scale is None or config["loss.name"] != "mse":
        return np.nan
    return facts.scale


def layer_table(watched: Feed, name: str) -> tuple[tuple[str, ...], Array]:
    """What the layers that have this number are called, and the numbers ``(n, layers)``.

    A hidden layer of a perceptron is called what a verdict calls it: layer 1 for the module ``hidden.0.linear``.
    """
    if watched.layers is None or not len(watched.epochs):
        return (), np.empty((len(watched.epochs), 0))
    table = np.asarray(watched.layers[name], dtype=np.float64)[: len(watched.epochs)]
    known = ~np.isnan(table).all(0)
    names = [_HIDDEN.sub(lambda found: f"layer {int(found[1]) + 1}", name) for name in watched.layers.names]
    return tuple(np.array(names, dtype=object)[known].tolist()), table[:, known]


def panel_headers(
    runs: Sequence[Feed], buffers: Buffers, wanted: Sequence[str] | None, metric: str
) -> list[dict[str, Any]]:
    """The panels that have something to show, as the header tells them; the loss is always there."""
    tables: dict[tuple[int, str], tuple[tuple[str, ...], Array]] = {
        (i, panel.layers): layer_table(run, panel.layers)
        for panel in PANELS
        if panel.layers and (wanted is None or panel.key in wanted)
        for i, run in enumerate(runs)
    }
    each = _inside_buckets(runs, tables)
    made = []
    for panel in PANELS:
        if wanted is not None and panel.key not in wanted:
            continue
        lines: list[dict[str, Any]] = []
        for i, run in enumerate(runs):
            if panel.layers:
                lines += _layer_lines(i, *tables[i, panel.layers], buffers, each, len(runs) > 1)
            else:
                lines += _series_lines(i, run, panel, buffers, len(runs))
        if lines or panel.key == "loss":
            header = panel_header(panel, lines, metric)
            made.append(header if panel.key == "metric" else {**header, "title": unit_title(panel, runs)})
    return made


def unit_title(panel: Panel, runs: Sequence[Feed]) -> str:
    """The title of the vertical axis, with the unit of the targets where there is one and all runs share it."""
    units = {run.run.facts.unit for run in runs if run.run.facts is not None}
    unit = units.pop() if len(units) == 1 and panel.series[:1] == ("train_rmse",) else ""
    return f"{panel.title}, {unit}" if unit else panel.title


def panel_header(panel: Panel, lines: Sequence[Mapping[str, Any]], metric: str = "metric") -> dict[str, Any]:
    """A panel as the header tells it."""
    named = {"text": metric[:1].upper() + metric[1:], "title": metric} if panel.key == "metric" else {}
    return {
        "key": panel.key,
        "text": panel.text,
        "title": panel.title,
        "scale": panel.scale,
        "inside": panel.inside,
        "guide": panel.guide,
        "guideText": panel.guide_text,
        "band": panel.band,
        "limits": panel.limits,
        "aside": [panel.aside_text, panel.aside_help] if panel.aside else None,
        "lines": list(lines),
    } | named


def _series_lines(i: int, run: Feed, panel: Panel, buffers: Buffers, runs: int) -> list[dict[str, Any]]:
    columns = {name: column(run, name) for name in (*panel.series, *([panel.aside] if panel.aside else []))}
    columns = {name: values for name, values in columns.items() if len(values) and not np.isnan(values).all()}
    if not columns:
        return []
    count = len(run.epochs)
    rows = None
    main = panel.key in ("loss", "metric")
    if count > (LONG if main else LONG / 4):
        buckets = _BUCKETS["main" if main else "minor"] // (2 if panel.key == "metric" else 1)
        rows = shared_rows(list(columns.values()), max(_LEAST, buckets // max(1, runs // 2)))
    rows_drawn = None if rows is None else buffers.whole(rows)
    return [
        {
            "run": i,
            "part": "aside" if name == panel.aside else part_of(name),
            "name": panel.aside_name if name == panel.aside else NAMES.get(part_of(name), panel.title),
            "rows": rows_drawn,
            "y": buffers.numbers(values if rows is None else values[rows]),
        }
        for name, values in columns.items()
    ]


def part_of(name: str) -> str:
    """Of a series: train or val; only, where a panel has one line a run."""
    return name.partition("_")[0] if name.endswith(("_loss", "_metric", "_rmse")) else "only"


def _inside_buckets(runs: Sequence[Feed], tables: Mapping[Any, tuple[tuple[str, ...], Array]]) -> int:
    """Buckets each line inside the network may have, so that all of them together stay small."""
    lines = sum(len(names) for names, _ in tables.values())
    active = any(run.run.active for run in runs)
    budget = _INSIDE_NUMBERS if active else _INSIDE_ENDED
    return max(_LEAST, min(_MOST, budget // max(1, 4 * lines)))


def _layer_lines(
    i: int, names: Sequence[str], table: Array, buffers: Buffers, each: int, ends_only: bool
) -> list[dict[str, Any]]:
    """One line a layer; of several runs only the first and the last layer, which tell most."""
    if not names:
        return []
    depths = np.linspace(0, 1, len(names)) if len(names) > 1 else np.array([0.0])
    chosen = sorted({0, len(names) - 1}) if ends_only else range(len(names))
    rows = own_rows(table, each) if len(table) > 4 * each else None
    return [
        {
            "run": i,
            "part": ("train" if j == 0 and len(names) > 1 else "val") if ends_only else "layer",
            "depth": round(float(depths[j]), 3),
            "name": names[j],
            "rows": None if rows is None else buffers.whole(rows[j]),
            "y": buffers.numbers(table[:, j] if rows is None else table[rows[j], j]),
        }
        for j in chosen
    ]
