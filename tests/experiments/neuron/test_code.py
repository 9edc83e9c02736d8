"""Every script of the parts on convexity and penalties runs, and prints the numbers of the page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from experiments.neuron.chord import chord_of
from experiments.neuron.code import convexity_code, penalties_code
from experiments.neuron.convexity import DECAYS
from experiments.neuron.growth import growth_of
from experiments.neuron.penalty import optimum_of
from experiments.neuron.scaling import races_of
from experiments.neuron.settings import declared
from settings import SettingsCodec

SHOWN: dict[str, dict[str, Any]] = {
    "chord": {"part": "convexity", "ax": -3.0},
    "chord_bias": {"part": "convexity", "weights": "one_feature", "classes": "xor"},
    "growth": {"part": "convexity", "sight": "growth", "decay": 0.1},
    "growth_bias": {"part": "convexity", "sight": "growth", "weights": "one_feature", "decay": 0.02},
    "scaling": {"part": "convexity", "sight": "scaling"},
    "scaling_classes": {"part": "convexity", "sight": "scaling", "measured": "blobs"},
    "lasso": {"part": "penalties"},
    "ridge": {"part": "penalties", "mix": 0.0},
    "net": {"part": "penalties", "mix": 0.5, "fitted": "iris"},
    "free": {"part": "penalties", "lambda": 0.0},
}


def settings(name: str) -> dict[str, Any]:
    codec = SettingsCodec(declared)
    start, problems = codec.read({})
    assert not problems
    return codec.changed(start, SHOWN[name])


def expected(values: dict[str, Any]) -> list[float]:
    """The numbers that the page shows, in the order of the script's."""
    if values["part"] == "penalties":
        here = optimum_of(values)
        return [*here.weights.tolist(), here.loss]
    if values["sight"] == "chord":
        return [number for along in chord_of(values) for number in (along.above, along.lowest)]
    if values["sight"] == "growth":
        growth, place = growth_of(values), DECAYS.index(values["decay"])
        numbers = []
        for lane in (0, place):
            weights = growth.weights[lane, -1].tolist()
            numbers += [DECAYS[lane], float(growth.length[lane, -1]), float(growth.loss[lane, -1]), *weights]
        return numbers
    numbers = []
    for raced in races_of(values):
        assert raced.needed is not None
        left = float(raced.surface.value(raced.path[raced.needed])) - raced.lowest
        height = float(raced.surface.value(raced.path[0])) - raced.lowest
        numbers += [raced.condition, float(raced.needed), left / height]
    return numbers


def test_every_script_runs_and_prints_the_numbers_of_the_page(tmp_path: Path) -> None:
    names = list(SHOWN)
    for name in names:
        values = settings(name)
        code = convexity_code(values) if values["part"] == "convexity" else penalties_code(values)
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    (tmp_path / "all.py").write_text(
        f"import runpy\nfor name in {names!r}:\n    print('#', name)\n    runpy.run_path(name + '.py')\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "all.py"], cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False
    )
    assert not done.returncode, done.stderr
    printed: dict[str, list[float]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("# "):
            printed[line[2:]] = []
            continue
        for word in line.split():
            try:
                printed[list(printed)[-1]].append(float(word))
            except ValueError:
                continue
    for name in names:
        assert printed[name] == pytest.approx(expected(settings(name)), rel=1e-6, abs=2e-6), name
