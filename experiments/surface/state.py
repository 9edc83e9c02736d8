"""What the page of loss surfaces shows, as settings with a link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from experiments.surface.presets import PRESETS
from settings import Setting, SettingsCodec, Text, choice, number, switch, whole
from trainers.studies import SADDLE_DIMENSIONS, SADDLE_UNITS, STUDIES, weights_of
from trainers.surfaces import RUNS_OF

MOST_RUNS = 4
PLANE_NAMES: Mapping[str, str] = {
    "random": "random directions",
    "path": "plane of the path",
    "three": "three runs",
    "line": "line of two runs",
    "curve": "line and curve",
}
SHOWN_NAMES: Mapping[str, str] = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "train_metric": "training metric",
    "val_metric": "validation metric",
}
PARTS: Mapping[str, str] = {"runs": "Around runs", "saddles": "Saddles"}
SOURCES: Mapping[str, str] = {"matrices": "Random matrices", "functions": "Random functions", "networks": "Networks"}
MATRIX_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 32, 64, 128)
_DIMENSIONS: Mapping[str, tuple[int, ...]] = {
    "matrices": MATRIX_SIZES,
    "functions": SADDLE_DIMENSIONS,
    "networks": tuple(map(weights_of, SADDLE_UNITS)),
}
VIEW_NAMES: Mapping[str, str] = {"map": "Map", "lines": "Level lines", "height": "3-D"}
_RUNS = Text(
    name="runs",
    meaning="Ids of up to four runs, joined by hyphens; empty shows the preset.",
    pattern=rf"|[A-Za-z0-9]{{1,16}}(-[A-Za-z0-9]{{1,16}}){{0,{MOST_RUNS - 1}}}",
    allowed="up to four ids joined by hyphens, or nothing",
    max_length=70,
)
_SETTINGS: tuple[Setting, ...] = (
    choice("preset", tuple(PRESETS), "Small runs that show one phenomenon; shown where no run is named."),
    _RUNS,
    choice("plane", tuple(PLANE_NAMES), "Which part of the space of weights is drawn."),
    number("reach", 1.0, 0.1, 3.0, "How far: in lengths of the filters, or beyond the runs.", valid="[0.01, 100]"),
    choice("points", ("17", "33", "65", "129"), "Points along each side; coarse ones come first.", default="33"),
    whole("rows", 1000, 100, 5000, "At most so many rows of each part.", valid="[1, 100000]", log=True),
    whole("seed", 0, 0, 99, "Draws the random directions.", valid="[0, 999999]"),
    choice("shown", tuple(SHOWN_NAMES), "What is drawn."),
    switch("log", "Draw the logarithm of the loss.", default=True),
    choice("view", tuple(VIEW_NAMES), "How it is drawn."),
)
_PATH = switch("path", "Draw the way that the weights took.", default=True)
_PART = choice("part", tuple(PARTS), "What the page shows.")
_SOURCE = choice("source", tuple(SOURCES), "Where the eigenvalues are from.", default="functions")
_HEIGHT = number(
    "height",
    0.0,
    -2.5,
    2.5,
    "How high the critical point lies, in roots of the dimension: it moves all eigenvalues by as much.",
    stops=tuple(round(i / 10, 1) for i in range(-25, 26)),
)


def declared(values: Mapping[str, Any]) -> Iterator[tuple[str, Setting]]:
    """Every setting of the part that is shown."""
    yield "part", _PART
    if values["part"] == "saddles":
        yield "source", _SOURCE
        sizes = _DIMENSIONS[values["source"]]
        meaning = "In how many dimensions the spectrum is drawn."
        yield "n", number("n", sizes[-1], sizes[0], sizes[-1], meaning, symbol="n", stops=sizes)
        if values["source"] == "matrices":
            yield "height", _HEIGHT
        yield "seed", next(setting for setting in STUDIES["saddles"].settings if setting.name == "seed")
        return
    for setting in _SETTINGS:
        yield setting.name, setting
    if values["plane"] == "path":
        yield "path", _PATH


CODEC = SettingsCodec(declared)


def run_ids(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The runs that the link names, each once."""
    return tuple(dict.fromkeys(id for id in values["runs"].split("-") if id))


def asked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a request for a surface takes."""
    return {
        "plane": values["plane"],
        "reach": values["reach"],
        "resolution": int(values["points"]),
        "rows": values["rows"],
        "seed": values["seed"] if values["plane"] in ("random", "curve") else 0,
    }


def groups_of(values: Mapping[str, Any], ids: Sequence[str]) -> list[tuple[str, ...]]:
    """The runs of each picture: one picture a run, or one of the first two or three; none where there are too few."""
    count = RUNS_OF[values["plane"]]
    if count == 1:
        return [(id,) for id in ids[:MOST_RUNS]]
    return [tuple(ids[:count])] if len(ids) >= count else []
